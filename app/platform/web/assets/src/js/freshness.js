// Reloads the page when it is outdated: after outbox entries were sent, after a slow network, after a live change. With
// input or a dialog in progress it shows a notice with a reload button instead.
const RETRY_MS = 2000;
const touched = new Set();

document.addEventListener("input", (event) => event.target.form && touched.add(event.target.form));
document.addEventListener("reset", (event) => touched.delete(event.target)); // not "submit": it may come to nothing

function inUse() {
  if (document.querySelector("dialog[open]")) return true;
  return [...touched].some((form) => form.isConnected);
}

export function reloadOrNotify() {
  if (!inUse()) return location.reload();
  document.querySelectorAll("[data-stale-notice]").forEach((notice) => (notice.hidden = false));
  return undefined;
}

document.addEventListener("click", (event) => event.target.closest("[data-reload-now]") && location.reload());
document.addEventListener("live", (event) => event.target.closest("[data-live-reload]") && reloadOrNotify());

// The offline page reloads when the network is back; browsers report "online" too early, so it retries. A reload would
// take away the page that a person has just asked for.
if (document.querySelector("[data-reload-online]")) {
  let leaving = false;
  const reload = () => leaving || location.reload();
  window.addEventListener("beforeunload", () => (leaving = true));
  window.addEventListener("online", reload);
  setInterval(() => navigator.onLine && reload(), RETRY_MS);
}
