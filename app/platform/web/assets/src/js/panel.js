// A record opens beside its list: <a href="/tickets/FW-…" data-panel>. The address becomes the record's own, for
// sharing; back closes the panel without moving the list. The server answers HX-Target: panel with the panel alone.
import htmx from "htmx.org";
import { mayLeave } from "./unsaved.js";
import { toast } from "./toast.js";
import { text } from "./texts.js";

const panel = () => document.getElementById("panel");
let openedFrom;
let shown; // the panel's history entry, restored when leaving is declined

function markRow(address) {
  for (const link of document.querySelectorAll("a[data-panel]")) {
    const row = link.closest("[data-row]");
    const current = Boolean(address) && link.pathname === new URL(address, location.href).pathname;
    if (current) row?.setAttribute("aria-current", "true");
    else row?.removeAttribute("aria-current");
  }
}

async function show(address) {
  const response = await fetch(address, { headers: { "HX-Request": "true", "HX-Target": "panel" } });
  if (response.redirected || !response.ok) return location.assign(address);
  panel().innerHTML = await response.text();
  htmx.process(panel());
  panel().dispatchEvent(new CustomEvent("htmx:load", { bubbles: true }));
  panel().scrollTop = 0;
  markRow(address);
  panel().querySelector("[data-panel-title]")?.focus();
  return undefined;
}

function hide() {
  shown = undefined;
  panel().replaceChildren();
  markRow("");
  openedFrom?.focus();
  openedFrom = undefined;
}

async function open(link) {
  openedFrom ??= link.closest("[data-row]") ?? link;
  const place = history.state?.panel ? history.state.place : location.href;
  try {
    await show(link.href);
  } catch {
    return toast({ text: text("offline"), tone: "bad" });
  }
  if (history.state?.panel) history.replaceState({ panel: link.href, place }, "", link.href);
  else {
    history.replaceState({ place }, "", place);
    history.pushState({ panel: link.href, place }, "", link.href);
  }
  shown = history.state;
  return undefined;
}

function close() {
  if (!panel()?.hasChildNodes() || !mayLeave(panel())) return;
  if (history.state?.panel) history.back();
  else hide();
}

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-panel-close]") && history.state?.panel) {
    event.preventDefault();
    return close();
  }
  const link = event.target.closest("a[data-panel]");
  if (!link || !panel() || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return undefined;
  event.preventDefault();
  return mayLeave(panel()) ? open(link) : undefined;
});

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && !event.defaultPrevented && !document.querySelector("dialog[open], details.menu[open]")) close();
});

window.addEventListener("popstate", (event) => {
  if (panel()?.hasChildNodes() && shown && !mayLeave(panel())) return history.pushState(shown, "", shown.panel);
  shown = event.state?.panel ? event.state : undefined;
  if (event.state?.panel) show(event.state.panel);
  else if (panel()?.hasChildNodes()) hide();
  return undefined;
});
