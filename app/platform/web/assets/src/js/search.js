// The search above every page answers while somebody types: a combobox with the search page's own answers below it.
// One request at a time, nothing in the history; up and down choose, Enter opens (or asks the page), Escape closes.
import "./input-method.js";

const PAUSE_MS = 200;
const box = document.querySelector("[data-search][aria-controls]");
const list = box && document.getElementById(box.getAttribute("aria-controls"));
const options = () => [...list.querySelectorAll("[role=option]")];
let waiting;
let asked;

function choose(option) {
  for (const each of options()) each.setAttribute("aria-selected", String(each === option));
  if (option) box.setAttribute("aria-activedescendant", option.id);
  else box.removeAttribute("aria-activedescendant");
  option?.scrollIntoView({ block: "nearest" });
}

function close() {
  clearTimeout(waiting);
  asked?.abort();
  list.hidden = true;
  list.replaceChildren();
  box.setAttribute("aria-expanded", "false");
  choose();
}

async function ask() {
  asked?.abort();
  asked = new AbortController();
  const { signal } = asked;
  const address = `${box.form.action}?${new URLSearchParams({ q: box.value })}`;
  try {
    const answer = await fetch(address, { headers: { "HX-Request": "true", "HX-Target": list.id }, signal });
    if (!answer.ok || answer.redirected) return close();
    const found = await answer.text();
    if (signal.aborted) return undefined;
    list.innerHTML = found;
    list.hidden = false;
    box.setAttribute("aria-expanded", "true");
    choose();
  } catch {
    if (!signal.aborted) close(); // Offline: Enter still asks the page, which says so.
  }
  return undefined;
}

function walk(step) {
  const all = options();
  if (!all.length) return;
  const at = all.findIndex((each) => each.id === box.getAttribute("aria-activedescendant"));
  choose(all[at < 0 ? (step > 0 ? 0 : all.length - 1) : (at + step + all.length) % all.length]);
}

function onKey(event) {
  if (event.isComposing || list.hidden) return;
  const chosen = document.getElementById(box.getAttribute("aria-activedescendant") ?? "");
  if (event.key === "ArrowDown") walk(1);
  else if (event.key === "ArrowUp") walk(-1);
  else if (event.key === "Escape") close();
  else if (event.key === "Enter" && chosen) chosen.click();
  else return;
  event.preventDefault();
}

if (list) {
  box.addEventListener("input", () => {
    clearTimeout(waiting);
    if (!box.value.trim()) return close();
    waiting = setTimeout(ask, PAUSE_MS);
    return undefined;
  });
  box.addEventListener("keydown", onKey);
  box.form.addEventListener("submit", close);
  box.addEventListener("blur", close);
  // A click would take the focus, and with it the list, before it is a click.
  list.addEventListener("mousedown", (event) => event.preventDefault());
}
