// Registers the service worker where the page asks for one, and empties its memory on signing out.
const address = document.body.dataset.serviceWorker;
if (address && "serviceWorker" in navigator) navigator.serviceWorker.register(address, { scope: "/field" }).catch(() => {});

document.addEventListener("submit", (event) => {
  if (event.target.matches?.("[data-sign-out]")) navigator.serviceWorker?.controller?.postMessage("forget");
});
