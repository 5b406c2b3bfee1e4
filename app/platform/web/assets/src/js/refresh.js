// Live updates of the employee portal without HTMX, to keep its pages small:
//   <div data-live="ticket:0192…" data-live-page="/r/tickets/0192…">, and every <div id="…" data-live-part> is replaced.
// A part with input in progress is not replaced.
let asking = false;
let again = false;

function inUse(part) {
  return part.contains(document.activeElement) || [...part.querySelectorAll("textarea")].some((field) => field.value);
}

async function refresh(address) {
  const response = await fetch(address);
  if (response.redirected) return location.reload();
  if (!response.ok) return;
  const fresh = new DOMParser().parseFromString(await response.text(), "text/html");
  for (const part of document.querySelectorAll("[data-live-part]")) {
    const next = fresh.getElementById(part.id);
    if (!next || next.innerHTML === part.innerHTML || inUse(part)) continue;
    const drawn = document.importNode(next, true);
    part.replaceWith(drawn);
    drawn.dispatchEvent(new CustomEvent("htmx:load", { bubbles: true }));
  }
}

document.addEventListener("live", async (event) => {
  const address = event.target.dataset.livePage;
  if (!address) return;
  again = asking;
  if (asking) return;
  asking = true;
  try {
    await refresh(address);
  } catch {
    // No network: the next change or reconnection retries.
  } finally {
    asking = false;
  }
  if (again) event.target.dispatchEvent(new CustomEvent("live", { bubbles: true }));
});
