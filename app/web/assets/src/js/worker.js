// Registers the service worker where the page names one, and lets it cache the pages of current visits.
import { shown } from "./person.js";
import { showTruth } from "./truth.js";

const address = document.body.dataset.serviceWorker;

async function hold() {
  const registration = await navigator.serviceWorker.ready;
  registration.active.postMessage("hold");
}

if (address && "serviceWorker" in navigator) {
  navigator.serviceWorker.register(address, { scope: "/field" }).catch(() => {});
  if (shown) {
    hold();
    window.addEventListener("online", hold);
    document.addEventListener("live", hold);
    document.addEventListener("visibilitychange", () => document.hidden || hold());
  }
  navigator.serviceWorker.addEventListener("message", (event) => event.data === "fresher" && showTruth());
}

