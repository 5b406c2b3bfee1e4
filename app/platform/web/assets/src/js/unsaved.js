// Protection of unsaved input in every form that changes something: leaving the page, closing the panel, going back or
// opening another record asks first; and input is kept in this tab for its person, so that a refresh, a replaced fragment,
// an ended session or a browser without the question restores it. With <form data-unsaved> choices count as well as text.
// The engineer's forms have drafts of their own (drafts.js).
import { forEach } from "./page.js";
import { signedInPerson as person } from "./signed-in-person.js";
import { text } from "./texts.js";
import { toast } from "./toast.js";

const KEY = "unsaved:";
const changed = new Set();

const isTracked = (form) =>
  form.matches("form:not([data-draft], [data-sign-in-form])") && (form.method === "post" || form.matches("[hx-post], [hx-put], [hx-patch]"));
const isSecret = (field) => field.type === "password" || /password|one-time-code/.test(field.autocomplete) || field.matches(".input--pin");
const isText = (field) => /^(text|email|tel|url|number|date|time|datetime-local|month|textarea)$/.test(field.type);
const isChoice = (field) => /^(checkbox|radio|select-one)$/.test(field.type);

function fieldsOf(form) {
  return [...form.elements].filter((field) => field.name && (isText(field) || isChoice(field)) && !isSecret(field) && !field.matches("[data-result-search], [data-row] *"));
}

/** The server-rendered value and the current one. */
function states(field) {
  if (isText(field)) return [field.defaultValue, field.value];
  if (field.type !== "select-one") return [field.defaultChecked, field.checked];
  const drawn = [...field.options].find((option) => option.defaultSelected) ?? field.options[0];
  return [drawn?.value, field.value];
}

const isChanged = (field) => (([drawn, now]) => drawn !== now)(states(field));
const counts = (form, field) => isText(field) || form.matches("[data-unsaved]");

// --- drafts of this tab ---

function keyOf(form) {
  const address = new URL(form.getAttribute("hx-post") ?? form.action, location.href).pathname;
  const alike = [...document.forms].filter((other) => other.action === form.action);
  return `${KEY}${person}:${address}:${form.id || alike.indexOf(form)}`;
}

/** Without session storage there are no drafts, only the question. */
function stored(act) {
  try {
    return act(sessionStorage);
  } catch {
    return undefined;
  }
}

const nameOf = (field) => (/^(checkbox|radio)$/.test(field.type) ? `${field.name}=${field.value}` : field.name);

function keepDraft(form) {
  const words = {};
  for (const field of fieldsOf(form).filter(isChanged)) words[nameOf(field)] = states(field);
  const isEmpty = !Object.keys(words).length;
  stored((store) => (isEmpty ? store.removeItem(keyOf(form)) : store.setItem(keyOf(form), JSON.stringify({ words }))));
}

const dropDraft = (form) => stored((store) => store.removeItem(keyOf(form)));

function markSent(key, sent) {
  stored((store) => {
    const draft = JSON.parse(store.getItem(key) ?? "null");
    if (draft) store.setItem(key, JSON.stringify({ ...draft, sent }));
  });
}

/** Restores the draft for each field whose server-rendered value is unchanged. */
function restore(form) {
  const draft = stored((store) => JSON.parse(store.getItem(keyOf(form)) ?? "null"));
  if (!draft || draft.sent) return;
  let words = false;
  for (const field of fieldsOf(form)) {
    const [drawn, now] = draft.words[nameOf(field)] ?? [];
    if (drawn === undefined || states(field)[0] !== drawn) continue;
    if (/^(checkbox|radio)$/.test(field.type)) field.checked = now;
    else field.value = now;
    words ||= isText(field) && Boolean(now);
  }
  form.dispatchEvent(new Event("input", { bubbles: true }));
  if (words) toast({ text: text("restored") });
}

/** Drops submitted drafts once another page has loaded, unless it is an error page, the sign-in page or a step back. */
function settleSent() {
  const failed =
    document.querySelector("[data-error-page], [data-sign-in-form]") || performance.getEntriesByType("navigation")[0]?.type === "back_forward";
  const keys = stored((store) => Object.keys(store).filter((key) => key.startsWith(KEY))) ?? [];
  for (const key of keys) {
    if (failed) markSent(key, false);
    else if (stored((store) => JSON.parse(store.getItem(key)).sent)) stored((store) => store.removeItem(key));
  }
}

settleSent();
forEach("form", (form) => isTracked(form) && restore(form));

// --- what happens on the page ---

document.addEventListener("input", (event) => {
  const form = event.target.form ?? event.target.closest?.("form");
  if (!form || !isTracked(form)) return;
  const isDirty = fieldsOf(form).some((field) => counts(form, field) && isChanged(field));
  if (isDirty) changed.add(form);
  else changed.delete(form);
  keepDraft(form);
});
document.addEventListener("reset", (event) => {
  changed.delete(event.target);
  if (isTracked(event.target)) dropDraft(event.target);
});
document.addEventListener("submit", (event) => {
  changed.delete(event.target);
  if (isTracked(event.target)) markSent(keyOf(event.target), true);
});
document.addEventListener("htmx:afterRequest", (event) => {
  const form = event.detail.elt;
  if (!form.matches?.("form") || !isTracked(form)) return;
  const { status } = event.detail.xhr;
  if (status >= 200 && (status < 400 || status === 422)) return dropDraft(form); // The server renders the input with its errors.
  markSent(keyOf(form), false);
  if (form.isConnected) form.dispatchEvent(new Event("input", { bubbles: true }));
});

/** True where `root` has no unsaved input, or the person agrees to discard it. */
export function mayLeave(root = document) {
  const waiting = [...changed].filter((form) => form.isConnected && root.contains(form));
  if (!waiting.length) return true;
  if (!window.confirm(text("unsaved"))) return false;
  for (const form of waiting) {
    changed.delete(form);
    dropDraft(form);
  }
  return true;
}

window.addEventListener("beforeunload", (event) => {
  if ([...changed].some((form) => form.isConnected)) event.preventDefault();
});
