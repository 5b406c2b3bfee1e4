// Lists of records: Shift marks a range, Enter in the bar of actions presses the action whose field one is in, columns
// are moved without asking the server, and the way back to a list leads to the place where it was left.

const PLACES = "list:";

/** Without session storage no place is kept. */
function stored(act) {
  try {
    return act(sessionStorage);
  } catch {
    return undefined;
  }
}

// --- marking a range ---

let lastBox;

document.addEventListener("click", (event) => {
  const box = event.target.closest?.('[data-row] input[type="checkbox"][name="id"]');
  if (!box) return;
  const boxes = [...box.closest("[data-list]").querySelectorAll('[data-row] input[type="checkbox"][name="id"]')];
  if (event.shiftKey && boxes.includes(lastBox)) {
    const [from, to] = [boxes.indexOf(lastBox), boxes.indexOf(box)].sort((a, b) => a - b);
    for (const each of boxes.slice(from, to + 1)) each.checked = box.checked;
  }
  lastBox = box;
});

document.addEventListener("change", (event) => {
  const list = event.target.closest?.("[data-list][data-place]");
  const waiting = list?.querySelector("[data-live][data-missed]");
  if (waiting && !list.querySelector('[data-row] input[name="id"]:checked')) waiting.dispatchEvent(new CustomEvent("live", { bubbles: true }));
});

// --- fields of actions on many ---

document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.isComposing || !event.target.matches?.("[data-bulk-bar] .menu__form input")) return;
  event.preventDefault();
  event.target.closest(".menu__form").querySelector("button[formaction]")?.click();
});

// --- the order of columns ---

document.addEventListener("click", (event) => {
  const button = event.target.closest?.('[data-columns] button[name="up"], [data-columns] button[name="down"]');
  if (!button) return;
  const item = button.closest("li");
  const other = button.name === "up" ? item.previousElementSibling : item.nextElementSibling;
  event.preventDefault();
  if (!other) return;
  if (button.name === "up") other.before(item);
  else other.after(item);
  button.focus();
});

// --- the place in a list ---

function keepPlace() {
  const list = document.querySelector("[data-list][data-place]");
  if (!list || list.dataset.place !== location.pathname) return;
  const row = document.activeElement?.closest?.("[data-row]") ?? list.querySelector('[data-row][aria-current="true"]');
  stored((store) => store.setItem(PLACES + list.dataset.place, JSON.stringify({ search: location.search, row: row?.id ?? "" })));
}

function placeOf(path) {
  const text = stored((store) => store.getItem(PLACES + path));
  return text ? JSON.parse(text) : undefined;
}

window.addEventListener("pagehide", keepPlace);
document.addEventListener("click", (event) => {
  const row = event.target.closest?.("[data-list][data-place] [data-row]");
  if (row && event.target.closest("a[href]")) keepPlace();
  const back = event.target.closest?.(".breadcrumbs a[href]");
  const place = back && !back.search && placeOf(back.pathname);
  if (place?.search) back.href = back.pathname + place.search + (place.row ? `#${place.row}` : "");
});

const opened = location.hash.startsWith("#row-") && document.getElementById(location.hash.slice(1));
if (opened) {
  document.querySelectorAll("[data-row]").forEach((row) => (row.tabIndex = row === opened ? 0 : -1));
  opened.focus();
}
