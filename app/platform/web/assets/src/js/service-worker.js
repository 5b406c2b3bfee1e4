// Registers the service worker where the page names one, and lets it cache the pages of current visits.
import { signedInPerson } from "./signed-in-person.js";
import { reloadOrNotify } from "./freshness.js";

const address = document.body.dataset.serviceWorker;

async function requestCaching() {
  const registration = await navigator.serviceWorker.ready;
  registration.active.postMessage("cache-pages");
}

if (address && "serviceWorker" in navigator) {
  navigator.serviceWorker.register(address, { scope: "/field" }).catch(() => {});
  if (signedInPerson) {
    requestCaching();
    window.addEventListener("online", requestCaching);
    document.addEventListener("live", requestCaching);
    document.addEventListener("visibilitychange", () => document.hidden || requestCaching());
  }
  navigator.serviceWorker.addEventListener("message", (event) => event.data === "page-updated" && reloadOrNotify());
}

