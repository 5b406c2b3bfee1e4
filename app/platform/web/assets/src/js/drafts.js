// Drafts of the engineer's forms: a form with data-draft="visit:0192…:report" is stored on the phone for its person while
// it is filled in, until the server has accepted it.
import { forEach } from "./page.js";
import { person } from "./signed-in-person.js";
import { draftGet, draftPut } from "./phone-storage.js";

const SAVE_AFTER_MS = 400;

export const draftKey = (form) => form.dataset.draft && `${person}:${form.dataset.draft}`;

export function fieldsOf(form) {
  return [...form.elements].filter(
    (field) => field.name && !["file", "password", "submit", "button"].includes(field.type) && field.name !== "_csrf_token",
  );
}

export function valuesOf(form) {
  const values = {};
  for (const field of fieldsOf(form)) {
    if (/^(checkbox|radio)$/.test(field.type)) (values[field.name] ??= []).push(...(field.checked ? [field.value] : []));
    else values[field.name] = field.value;
  }
  return values;
}

export function fill(form, values) {
  for (const field of fieldsOf(form)) {
    if (!(field.name in values)) continue;
    if (/^(checkbox|radio)$/.test(field.type)) field.checked = values[field.name].includes(field.value);
    else if (field.type !== "hidden") field.value = values[field.name];
  }
}

forEach("form[data-draft]", async (form) => {
  const key = draftKey(form);
  const kept = await draftGet(key).catch(() => undefined);
  if (kept) fill(form, kept);
  let timer;
  const keep = () => {
    clearTimeout(timer);
    const done = () => (form.dataset.draftKept = "true");
    return draftPut(key, valuesOf(form)).then(done, () => {});
  };
  form.addEventListener("input", () => {
    clearTimeout(timer);
    form.dataset.draftKept = "false";
    timer = setTimeout(keep, SAVE_AFTER_MS);
  });
  form.addEventListener("submit", () => {
    clearTimeout(timer);
    delete form.dataset.draftKept;
  });
  // The phone may be put away before the timer fires.
  document.addEventListener("visibilitychange", () => document.hidden && form.dataset.draftKept === "false" && keep());
});
