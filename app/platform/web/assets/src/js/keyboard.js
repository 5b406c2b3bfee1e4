// Keyboard shortcuts: / focuses the search, g and a letter follows a navigation entry, ? opens the help, arrows move in a
// list, Enter opens a row, x selects it for bulk actions, Escape closes the panel.
import { openHelp } from "./help.js";
import { isTyping } from "./page.js";

const SEQUENCE_MS = 1200;
let shortcutStarted = 0;

function rowsAround(row) {
  const rows = [...(row?.closest("[data-list]") ?? document.querySelector("[data-list]"))?.querySelectorAll("[data-row]") ?? []];
  return { rows, index: rows.indexOf(row) };
}

function walk(event, step) {
  const row = document.activeElement?.closest?.("[data-row]");
  const inList = row || document.activeElement === document.body;
  const { rows, index } = rowsAround(row);
  if (!inList || !rows.length) return false;
  const next = rows[Math.min(rows.length - 1, Math.max(0, index + step))];
  next.tabIndex = 0;
  if (row && row !== next) row.tabIndex = -1;
  next.focus();
  next.scrollIntoView({ block: "nearest" });
  return true;
}

function onRow(event) {
  const row = event.target.closest?.("[data-row]");
  if (!row || event.target !== row) return false;
  if (event.key === "Enter") row.querySelector("a[href]")?.click();
  else if (event.key === "x") row.querySelector('input[type="checkbox"]')?.click();
  else return false;
  return true;
}

/** In an input with results below: arrow down focuses the first result, Enter opens the only one. */
function onResultSearch(event) {
  const rows = document.querySelectorAll("[data-list] [data-row]");
  if (event.key === "ArrowDown" && rows.length) rows[0].focus();
  else if (event.key === "Enter" && rows.length === 1) rows[0].querySelector("a[href]")?.click();
  else return false;
  return true;
}

function onLetter(event) {
  if (event.key === "/") document.querySelector("[data-search]")?.focus();
  else if (event.key === "?") openHelp();
  else if (event.key === "g") shortcutStarted = event.timeStamp;
  else if (shortcutStarted && event.timeStamp - shortcutStarted < SEQUENCE_MS) {
    shortcutStarted = 0;
    document.querySelector(`a[data-shortcut="${CSS.escape(event.key)}"]`)?.click();
  } else return false;
  return true;
}

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return undefined;
  if (event.key === "Escape" && event.target.matches?.("[data-search]")) event.target.blur();
  if (event.target.matches?.("[data-result-search]") && onResultSearch(event)) return event.preventDefault();
  if (isTyping(event)) return undefined;
  const step = { ArrowDown: 1, ArrowUp: -1, j: 1, k: -1 }[event.key];
  const taken = (step && walk(event, step)) || onRow(event) || onLetter(event);
  if (taken) event.preventDefault();
  return undefined;
});

/** Updates the bulk bar of a list: the number of selected rows; hidden when none is. */
function countMarked(list) {
  const boxes = [...list.querySelectorAll("[data-row] input[type=checkbox]")];
  const marked = boxes.filter((box) => box.checked).length;
  boxes.forEach((box) => box.closest("[data-row]").setAttribute("aria-selected", String(box.checked)));
  const bar = list.querySelector("[data-bulk-bar]");
  if (!bar) return;
  bar.hidden = marked === 0;
  bar.querySelector("[data-bulk-count]").textContent = marked;
  const all = list.querySelector("[data-mark-all]");
  if (all) Object.assign(all, { checked: marked > 0 && marked === boxes.length, indeterminate: marked > 0 && marked < boxes.length });
}

document.addEventListener("change", (event) => {
  const list = event.target.closest("[data-list]");
  if (!list || event.target.type !== "checkbox") return;
  if (event.target.matches("[data-mark-all]")) {
    list.querySelectorAll("[data-row] input[type=checkbox]").forEach((box) => (box.checked = event.target.checked));
  }
  countMarked(list);
});
