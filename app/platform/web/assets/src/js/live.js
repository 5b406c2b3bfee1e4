// Live updates: /live sends changed topics; each element that shows one requests itself again.
//   <tr data-live="ticket:0192…" hx-get="…" hx-trigger="live" hx-swap="outerHTML">
// Event data: {"topics": ["ticket:0192…", "tickets"]}. After a gap everything shown is requested again.

const SOURCE = document.body.dataset.liveSource;
const DEBOUNCE_MS = 250;
const OFFLINE_AFTER_MS = 5000;
const LONGEST_WAIT_MS = 60000;

let source;
let wait = 1000;
let missed = false;
let offlineTimer;
const waiting = new Set();
let pressed;
let isRefreshPostponed = false;

function showOffline(offline) {
  document.querySelectorAll("[data-offline]").forEach((banner) => (banner.hidden = !offline));
}

// Input in progress is never replaced: an element with [data-changed] shows that notice instead. A form being sent is not
// replaced either: its response renders the element.
document.addEventListener("input", (event) => event.target.form?.setAttribute("data-touched", ""));

// Replacing a button between pointerdown and pointerup would lose the click.
let released;
document.addEventListener("pointerdown", press, true);
for (const name of ["pointerup", "pointercancel"]) document.addEventListener(name, release, true);

function press(event) {
  clearTimeout(released);
  pressed = event.target;
}

function release() {
  released = setTimeout(releasePointer, DEBOUNCE_MS);
}

function releasePointer() {
  pressed = undefined;
  if (isRefreshPostponed) refresh(true);
  isRefreshPostponed = false;
}

function inUse(element) {
  if (pressed && element.contains(pressed)) return (isRefreshPostponed = true);
  if (element.querySelector("form.htmx-request, button.htmx-request")) return true;
  // Rows do not move while somebody marks them; lists.js asks for the list when the last mark has gone.
  if (element.querySelector('[data-row] input[name="id"]:checked')) return (element.dataset.missed = "1");
  const notice = element.querySelector("[data-changed]");
  if (!notice || !element.querySelector("form[data-touched]")) return false;
  notice.hidden = false;
  return true;
}

function refresh(everything) {
  for (const element of document.querySelectorAll("[data-live]")) {
    const shown = element.dataset.live.split(" ");
    if (!everything && !shown.some((topic) => waiting.has(topic))) continue;
    if (!inUse(element)) element.dispatchEvent(new CustomEvent("live", { bubbles: true }));
  }
  waiting.clear();
}

const isRefresh = (event) => event.detail.requestConfig?.triggeringEvent?.type === "live";

// Somebody may have begun to type while the refresh was under way.
document.addEventListener("htmx:beforeSwap", (event) => {
  if (isRefresh(event) && inUse(event.detail.target)) event.detail.shouldSwap = false;
});

function receive(event) {
  const { topics } = JSON.parse(event.data);
  if (!waiting.size) setTimeout(refresh, DEBOUNCE_MS, false);
  topics.forEach((topic) => waiting.add(topic));
}

function connectionOpened() {
  clearTimeout(offlineTimer);
  offlineTimer = undefined;
  showOffline(false);
  wait = 1000;
  if (missed) refresh(true);
  missed = false;
}

function connectionLost() {
  missed = true;
  offlineTimer ??= setTimeout(showOffline, OFFLINE_AFTER_MS, true);
  if (source.readyState !== EventSource.CLOSED) return;
  // After an error response the browser does not reconnect; do so with a random delay.
  setTimeout(connect, wait * (0.75 + Math.random() / 2));
  wait = Math.min(wait * 2, LONGEST_WAIT_MS);
}

function connect() {
  source?.close();
  source = new EventSource(SOURCE);
  source.addEventListener("message", receive);
  source.addEventListener("open", connectionOpened);
  source.addEventListener("error", connectionLost);
}

if (SOURCE) {
  connect();
  window.addEventListener("offline", () => showOffline(true));
  window.addEventListener("online", connect);
  window.addEventListener("pagehide", () => source.close());
  window.addEventListener("pageshow", (event) => event.persisted && connect());
}

document.addEventListener("htmx:afterSwap", (event) => {
  if (isRefresh(event)) event.target.classList?.add("is-changed");
});
