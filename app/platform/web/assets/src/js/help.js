// The list of keys that ? opens: what works on this page, for this person, at this moment.
import { recordKeys } from "./record-keys.js";

export function openHelp() {
  const dialog = document.querySelector("dialog[data-help]");
  if (!dialog) return;
  for (const line of dialog.querySelectorAll("[data-works]")) line.hidden = !document.querySelector(line.dataset.works);
  const pattern = dialog.querySelector("template[data-key-line]");
  dialog.querySelectorAll("[data-record-key]").forEach((line) => line.remove());
  const lines = Object.entries(recordKeys()).map(([key, words]) => {
    const line = pattern.content.firstElementChild.cloneNode(true);
    line.querySelector("kbd").textContent = key;
    line.querySelector("dd").textContent = words;
    return line;
  });
  pattern.before(...lines);
  dialog.showModal();
}
