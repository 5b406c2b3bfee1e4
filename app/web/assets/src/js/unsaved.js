// <form data-unsaved>: asks before typed words are lost by leaving the page or closing the panel.
import { text } from "./texts.js";

const changed = new Set();

function formOf(event) {
  return event.target.closest?.("form[data-unsaved]");
}

document.addEventListener("input", (event) => {
  const form = formOf(event);
  if (form) changed.add(form);
});
for (const kind of ["submit", "reset"]) {
  document.addEventListener(kind, (event) => changed.delete(formOf(event)));
}

/** True where nothing typed would be lost inside `root`, or the person agrees to lose it. */
export function mayLeave(root = document) {
  const waiting = [...changed].filter((form) => form.isConnected && root.contains(form));
  if (!waiting.length) return true;
  if (!window.confirm(text("unsaved"))) return false;
  waiting.forEach((form) => changed.delete(form));
  return true;
}

window.addEventListener("beforeunload", (event) => {
  if ([...changed].some((form) => form.isConnected)) event.preventDefault();
});
