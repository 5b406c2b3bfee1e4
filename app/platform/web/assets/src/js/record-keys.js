// The actions of a record by one key each, on its page, in the panel and from a row of its list:
//   <details data-key="a" data-key-label="…">             opens, with the focus in its form
//   <button data-key="r" data-key-label="…">              in a form of words: the words to write, which Ctrl+Enter sends by it
//   <template data-row-keys='{"a": "…"}'></template>      keys of the rows on this page: the row's record is opened first
import { isTyping } from "./page.js";
import { text } from "./texts.js";
import { toast } from "./toast.js";

const RECORDS = ["#panel #record", "#content #record"];
let awaited; // the key whose record is being opened

const shownRecord = () => RECORDS.map((place) => document.querySelector(place)).find(Boolean);
const rowKeys = () => JSON.parse(document.querySelector("template[data-row-keys]")?.dataset.rowKeys ?? "{}");

/** Key → what it does here, for the help. */
export function recordKeys() {
  const keys = document.querySelector("[data-row] a[data-panel]") ? rowKeys() : {};
  for (const each of shownRecord()?.querySelectorAll("[data-key]") ?? []) keys[each.dataset.key] = each.dataset.keyLabel;
  return keys;
}

/** A form of words is sent by the button whose key was pressed: it is the first after the words, and Ctrl+Enter's. */
function choose(button) {
  for (const other of button.form.querySelectorAll("[data-key]")) other.classList.toggle("is-chosen", other === button);
  button.parentElement.prepend(button);
  const field = button.form.querySelector("textarea");
  field.placeholder = button.dataset.keyLabel;
  return field;
}

function fieldOf(details) {
  details.open = true;
  const radio = 'input[type="radio"]:not(:disabled)';
  return details.querySelector(`${radio}:checked`) ?? details.querySelector(radio) ?? details.querySelector("input:not([type=hidden]), select, textarea, button");
}

function act(element) {
  const field = element.matches("details") ? fieldOf(element) : choose(element);
  field.focus();
  element.scrollIntoView({ block: "nearest" });
}

function onKey(key) {
  const row = document.activeElement?.closest?.("[data-row]:not([aria-current])");
  const link = row && key in rowKeys() && row.querySelector("a[data-panel]");
  if (link) {
    awaited = key;
    link.click();
    return true;
  }
  const element = shownRecord()?.querySelector(`[data-key="${CSS.escape(key)}"]`);
  if (element) act(element);
  return Boolean(element);
}

document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && !event.isComposing) {
    const button = event.target.form?.querySelector("[data-key].is-chosen");
    if (!button) return;
    event.target.blur(); // Keys are keys again once the words are sent.
    button.click();
    return;
  }
  awaited = undefined;
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
  if (isTyping(event) || document.querySelector("dialog[open]")) return;
  if (onKey(event.key)) event.preventDefault();
});

document.addEventListener("htmx:load", (event) => {
  if (event.target.id !== "panel" || !awaited) return;
  const element = event.target.querySelector(`[data-key="${CSS.escape(awaited)}"]`);
  awaited = undefined;
  // The panel's own script sets the focus to the title when it has drawn the record.
  queueMicrotask(() => (element ? act(element) : toast({ text: text("notNow") })));
});
document.addEventListener("pointerdown", () => (awaited = undefined));
