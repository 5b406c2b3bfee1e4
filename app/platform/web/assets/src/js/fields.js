// Validation messages beside the fields, in the page's language: forms are `novalidate`, because browsers use their own
// language. Without scripts the server shows the same messages.
import { text } from "./texts.js";

const REASONS = [
  ["badInput", (field) => text(field.type === "number" ? "fieldNumber" : "fieldUnusable")],
  ["valueMissing", (field) => text(/^(radio|checkbox|select-one|select-multiple|file)$/.test(field.type) ? "fieldChoose" : "fieldMissing")],
  ["typeMismatch", (field) => text(field.type === "email" ? "fieldEmail" : field.type === "url" ? "fieldAddress" : "fieldUnusable")],
  ["tooLong", (field) => text("fieldLong", { count: field.maxLength })],
  ["tooShort", (field) => text("fieldShort", { count: field.minLength })],
  ["rangeUnderflow", (field) => text("fieldLeast", { count: field.min })],
  ["rangeOverflow", (field) => text("fieldMost", { count: field.max })],
  ["stepMismatch", () => text("fieldNumber")],
];

function reasonFor(field) {
  const found = REASONS.find(([name]) => field.validity[name]);
  return found ? found[1](field) : text("fieldUnusable");
}

/** Text of spaces only counts as missing, as on the server. */
function isBlank(field) {
  return field.required && /^(text|search|tel|textarea)$/.test(field.type) && field.value !== "" && !field.value.trim();
}

const boxOf = (field) => field.closest(".field") ?? field.closest("fieldset, label") ?? field.parentElement;

function showError(field, words) {
  const box = boxOf(field);
  let error = box.querySelector(":scope > .field__error, :scope > .upload > .field__error:not([data-upload-failed])");
  if (!error) {
    error = Object.assign(document.createElement("span"), { className: "field__error", id: `error-${field.name}` });
    const legend = box.querySelector(":scope > legend");
    if (legend) legend.after(error);
    else box.append(error);
  }
  error.textContent = words;
  error.dataset.clientError = "";
  field.setAttribute("aria-invalid", "true");
  const ids = new Set((field.getAttribute("aria-describedby") ?? "").split(" ").filter(Boolean));
  field.setAttribute("aria-describedby", [...ids.add(error.id)].join(" "));
}

function clearError(field) {
  const error = boxOf(field).querySelector(":scope > .field__error[data-client-error]");
  if (!error) return;
  error.remove();
  for (const each of field.form?.elements ?? []) {
    if (each.name !== field.name) continue;
    each.removeAttribute("aria-invalid");
    const ids = (each.getAttribute("aria-describedby") ?? "").split(" ").filter((id) => id !== error.id);
    if (ids.join("")) each.setAttribute("aria-describedby", ids.join(" "));
    else each.removeAttribute("aria-describedby");
  }
}

/** Scrolls a field into the middle of the page, where no sticky bar covers it, and focuses it. */
function focusField(field) {
  for (let around = field.closest("details:not([open])"); around; around = around.parentElement.closest("details:not([open])")) {
    around.open = true;
  }
  boxOf(field).scrollIntoView({ block: "center" });
  field.focus({ preventScroll: true });
}

/** Whether the form is valid; otherwise shows the messages and focuses the first invalid field. */
export function reportMissing(form) {
  const seen = new Set();
  const wrong = [...form.elements].filter((field) => {
    if (!field.willValidate || (field.checkValidity() && !isBlank(field)) || seen.has(field.name)) return false;
    if (field.name) seen.add(field.name);
    return true;
  });
  for (const field of wrong) showError(field, isBlank(field) ? text("fieldMissing") : reasonFor(field));
  if (wrong.length) focusField(wrong[0]);
  return !wrong.length;
}

window.addEventListener(
  "submit",
  (event) => {
    if (event.target.method !== "post" || event.submitter?.formNoValidate || reportMissing(event.target)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
  },
  { capture: true },
);
// A button with hx-post sends its form without a submit.
document.addEventListener("htmx:configRequest", (event) => {
  const form = event.detail.elt.closest("form");
  if (event.detail.verb !== "get" && form && !event.detail.elt.formNoValidate && !reportMissing(form)) event.preventDefault();
});
for (const kind of ["input", "change"]) {
  document.addEventListener(kind, (event) => {
    const field = event.target;
    if (field.form && field.willValidate && field.checkValidity() && !isBlank(field)) clearError(field);
  });
}

// A form that the server rendered again focuses its first error.
function focusFirstError(root) {
  const field = root.querySelector('form [aria-invalid="true"]') ?? root.querySelector("form .field__error:not([hidden])")?.closest(".field")?.querySelector("input, select, textarea");
  if (field) focusField(field);
}
focusFirstError(document);
document.addEventListener("htmx:afterSettle", (event) => focusFirstError(event.target));
document.addEventListener("page-replaced", (event) => focusFirstError(event.target));
