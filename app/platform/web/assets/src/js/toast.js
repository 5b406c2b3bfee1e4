// Toast messages, with undo where the server offers it.
// From the server: response header HX-Trigger: {"toast": {"text": "…", "tone": "bad", "undo": "/path"}}.
import { forEach, requestToken } from "./page.js";
import { text } from "./texts.js";

const DURATION_MS = 6000;
const DURATION_WITH_UNDO_MS = 10000;

async function undo(address) {
  const response = await fetch(address, { method: "POST", headers: { "X-CSRF-Token": requestToken() } });
  if (response.ok) location.reload();
  else toast({ text: text("undoFailed"), tone: "bad" });
}

function pauseWhileHovered(element, duration) {
  let timer = setTimeout(() => element.remove(), duration);
  const hold = () => clearTimeout(timer);
  const go = () => (timer = setTimeout(() => element.remove(), 2000));
  element.addEventListener("pointerenter", hold);
  element.addEventListener("focusin", hold);
  element.addEventListener("pointerleave", go);
  element.addEventListener("focusout", go);
}

/** Shows one message; `undo` is the address to POST to for undoing the action. */
export function toast({ text: words, tone = "plain", undo: address = "" }) {
  const region = document.querySelector("[data-toasts]");
  if (!region) return;
  const element = document.createElement("div");
  element.className = "toast";
  element.dataset.tone = tone;
  element.append(words);
  if (address) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = text("undo");
    button.addEventListener("click", () => {
      element.remove();
      undo(address);
    });
    element.append(button);
  }
  region.append(element);
  pauseWhileHovered(element, address ? DURATION_WITH_UNDO_MS : DURATION_MS);
}

document.addEventListener("toast", (event) => toast(event.detail));
forEach("[data-toasts] .toast", (element) => pauseWhileHovered(element, DURATION_MS));
