// The navigation: the numbers of what waits beside its entries, and on a phone the sheet that 更多 opens.
// <nav data-counts="/navigation/counts" data-live="tickets …"> asks after the page is painted and when /live says so;
// <a data-sheet="id" href="#id"> opens that element as a sheet. Without this script :target shows it.
import { signedInPerson as person } from "./signed-in-person.js";

const SHORTEST_PAUSE_MS = 5000;
const holder = document.querySelector("[data-counts]");
const KEY = `counts:${person}`;
let asked = 0;
let waiting;

function draw(counts) {
  for (const element of document.querySelectorAll("[data-count]")) {
    const number = counts[element.dataset.count] ?? 0;
    element.querySelector("[data-number]").textContent = number > 99 ? "99+" : number;
    element.hidden = !number;
  }
  for (const entry of document.querySelectorAll("[data-while-counted]")) {
    entry.hidden = counts[entry.dataset.whileCounted] === undefined;
  }
}

/** The numbers of the page before stand until the new ones are there, so that nothing flickers. */
function remembered() {
  try {
    return JSON.parse(sessionStorage.getItem(KEY)) ?? {};
  } catch {
    return {};
  }
}

async function ask() {
  waiting = undefined;
  asked = Date.now();
  try {
    const answer = await fetch(holder.dataset.counts, { headers: { Accept: "application/json" } });
    if (!answer.ok || answer.redirected) return;
    const counts = await answer.json();
    draw(counts);
    sessionStorage.setItem(KEY, JSON.stringify(counts));
  } catch {
    // No network or no storage: the next change asks again.
  }
}

if (holder) {
  draw(remembered());
  ask();
  document.addEventListener("live", (event) => {
    if (event.target === holder) waiting ??= setTimeout(ask, Math.max(0, asked + SHORTEST_PAUSE_MS - Date.now()));
  });
}

const opener = document.querySelector("[data-sheet]");
const sheet = opener && document.getElementById(opener.dataset.sheet);
const behind = () => document.querySelectorAll(".app__top, .app__main, .app__panel");

function show(open) {
  sheet.toggleAttribute("data-open", open);
  opener.setAttribute("aria-expanded", String(open));
  for (const each of behind()) each.inert = open;
  if (open) (sheet.querySelector("[aria-current]") ?? sheet.querySelector("a[data-shortcut], a[href]")).focus();
  else opener.focus();
}

if (sheet) {
  opener.addEventListener("click", (event) => {
    event.preventDefault();
    show(!sheet.hasAttribute("data-open"));
  });
  opener.addEventListener("keydown", (event) => event.key === " " && (event.preventDefault(), opener.click()));
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !sheet.hasAttribute("data-open")) return;
    event.preventDefault();
    show(false);
  });
  // The dimmed part around the sheet is its shadow and belongs to the page, which is inert.
  document.addEventListener("pointerdown", (event) => {
    if (sheet.hasAttribute("data-open") && !sheet.contains(event.target) && !opener.contains(event.target)) show(false);
  });
  window.matchMedia("(min-width: 64.001rem)").addEventListener("change", (wide) => {
    if (wide.matches && sheet.hasAttribute("data-open")) show(false);
  });
}
