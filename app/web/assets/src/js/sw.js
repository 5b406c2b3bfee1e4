// Keeps the engineer's pages readable without a network. Pages: the network first, the last copy where there is none.
// Files of the build never change under one name, so the copy is as good. Nothing but GET is touched.
const FILES = `files-${BUILD_VERSION}`;
const PAGES = "pages";
const MOST_PAGES = 40;
const PATIENCE_MS = 4000;

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(FILES).then((cache) => cache.addAll(HELD_FILES)).then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  const tidy = async () => {
    const names = await caches.keys();
    await Promise.all(names.filter((name) => name.startsWith("files-") && name !== FILES).map((name) => caches.delete(name)));
    await self.clients.claim();
  };
  event.waitUntil(tidy());
});

self.addEventListener("message", (event) => {
  if (event.data === "forget") event.waitUntil(caches.delete(PAGES));
});

async function keep(request, response) {
  const cache = await caches.open(PAGES);
  await cache.put(request, response);
  const kept = await cache.keys();
  await Promise.all(kept.slice(0, Math.max(0, kept.length - MOST_PAGES)).map((old) => cache.delete(old)));
}

async function page(event) {
  const network = fetch(event.request).then((response) => {
    if (response.ok && !response.redirected) event.waitUntil(keep(event.request, response.clone()));
    return response;
  });
  const copy = await caches.match(event.request);
  if (!copy) return network;
  const patience = new Promise((done) => setTimeout(done, PATIENCE_MS, copy));
  return Promise.race([network.catch(() => copy), patience]);
}

self.addEventListener("fetch", (event) => {
  const address = new URL(event.request.url);
  if (event.request.method !== "GET" || address.origin !== location.origin) return;
  if (address.pathname.startsWith("/static/build/")) {
    event.respondWith(caches.match(event.request).then((copy) => copy ?? fetch(event.request)));
  } else if (event.request.mode === "navigate" && address.pathname.startsWith("/field")) {
    event.respondWith(page(event));
  }
});
