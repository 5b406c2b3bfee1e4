// The command palette: Ctrl K (⌘K) opens one box over actions, places and records. Places and actions are asked for
// once, when it opens first, and narrowed here; records are the search page's own answers. Up and down choose, Enter
// goes, Escape closes.
const PAUSE_MS = 200;
const dialog = document.querySelector("dialog[data-palette]");
const box = dialog?.querySelector("input");
const choices = dialog?.querySelector("[role=listbox]");
const records = dialog?.querySelector("[data-palette-records]");
let loaded;
let waiting;
let asked;

const isShown = (element) => !element.closest("[hidden]");
const options = () => [...choices.querySelectorAll("[role=option]")].filter(isShown);

function choose(option) {
  for (const each of choices.querySelectorAll("[aria-selected=true]")) each.setAttribute("aria-selected", "false");
  option?.setAttribute("aria-selected", "true");
  if (option) box.setAttribute("aria-activedescendant", option.id);
  else box.removeAttribute("aria-activedescendant");
  option?.scrollIntoView({ block: "nearest" });
}

async function load() {
  const answer = await fetch("/navigation/palette", { headers: { "HX-Request": "true" } });
  if (!answer.ok || answer.redirected) throw new Error("not loaded");
  choices.insertAdjacentHTML("afterbegin", await answer.text());
}

/** Every word that was typed stands in the choice's words: label, pinyin initials, key. */
function narrow() {
  const words = box.value.trim().toLowerCase().split(/\s+/).filter(Boolean);
  for (const group of choices.querySelectorAll("[data-palette-group]")) {
    const all = [...group.querySelectorAll("[role=option]")];
    for (const each of all) each.hidden = !words.every((word) => each.dataset.words.includes(word));
    group.hidden = all.every((each) => each.hidden);
  }
  settle();
}

function settle() {
  const [first] = options();
  choose(first);
  dialog.querySelector("[data-palette-nothing]").hidden = Boolean(first) || Boolean(waiting);
}

function showRecords(markup) {
  const found = records.querySelector("[data-palette-found]");
  found.innerHTML = markup;
  // The search's own list box would be one inside another.
  const list = found.querySelector("[role=listbox]");
  if (list) list.replaceWith(...list.childNodes);
  for (const each of found.querySelectorAll("[id]")) each.id = `palette-${each.id}`;
  records.hidden = !found.querySelector("[role=option]");
}

async function search() {
  asked = new AbortController();
  const { signal } = asked;
  const { form } = document.querySelector("[data-search]");
  const address = `${form.action}?${new URLSearchParams({ q: box.value })}`;
  try {
    const answer = await fetch(address, { headers: { "HX-Request": "true", "HX-Target": "search-suggestions" }, signal });
    if (answer.ok && !answer.redirected) showRecords(await answer.text());
  } catch {
    if (signal.aborted) return; // Something newer is being asked for.
  }
  waiting = undefined;
  const chosen = document.getElementById(box.getAttribute("aria-activedescendant") ?? "");
  if (!chosen || !isShown(chosen)) settle();
}

function onInput() {
  clearTimeout(waiting);
  asked?.abort();
  waiting = undefined;
  if (records) {
    const isLongEnough = /[^ -~]|../.test(box.value.trim()); // one Chinese character, or two letters
    if (isLongEnough) waiting = setTimeout(search, PAUSE_MS);
    else records.hidden = true;
  }
  narrow();
}

function walk(step) {
  const all = options();
  if (!all.length) return;
  const at = all.findIndex((each) => each.id === box.getAttribute("aria-activedescendant"));
  choose(all[(Math.max(at, step > 0 ? -1 : 0) + step + all.length) % all.length]);
}

async function open() {
  if (dialog.open || document.querySelector("dialog[open]")) return;
  dialog.showModal();
  box.value = "";
  box.focus();
  try {
    await (loaded ??= load());
  } catch {
    loaded = undefined; // No network: the next time asks again; records may still be found.
  }
  onInput();
}

if (dialog) {
  document.addEventListener("keydown", (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey || event.key.toLowerCase() !== "k") return;
    event.preventDefault();
    if (dialog.open) dialog.close();
    else open();
  });
  document.addEventListener("click", (event) => event.target.closest("[data-palette-open]") && open());
  box.addEventListener("input", onInput);
  box.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    const chosen = document.getElementById(box.getAttribute("aria-activedescendant") ?? "");
    if (event.key === "ArrowDown") walk(1);
    else if (event.key === "ArrowUp") walk(-1);
    else if (event.key === "Enter") chosen?.click();
    else return;
    event.preventDefault();
  });
  choices.addEventListener("click", (event) => event.target.closest("[role=option]") && dialog.close());
}
