// The service worker of the engineer's pages. Pages: network first, the cached copy offline; the pages of current visits
// are cached after sign-in. The cache belongs to one person and is cleared when another signs in. A page is cached only
// together with the build files that it needs. Only GET requests are handled.
const FILES = "files";
const PAGES = "pages";
const PERSON = "/field/person";
const OFFLINE = "/field/offline";
const VERSION = "x-cached-version";
const MOST_OTHER_PAGES = 20;
const NETWORK_TIMEOUT_MS = 4000;
const NOTICEABLE_AGE_MS = 30000;

async function precache() {
  const cache = await caches.open(FILES);
  await cache.addAll(PRECACHED_FILES);
  // Without cookies, so that the page holds no personal data.
  const offline = await fetch(OFFLINE, { credentials: "omit" });
  await cacheFilesOf(await offline.clone().text());
  await cache.put(OFFLINE, offline);
}

self.addEventListener("install", (event) => event.waitUntil(precache().then(() => self.skipWaiting())));
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
self.addEventListener("message", (event) => {
  if (event.data === "cache-pages") event.waitUntil(cachePages());
});

const clearPages = () => caches.delete(PAGES);
const cachedResponse = async (cache, request) => (await caches.open(cache)).match(request, { ignoreVary: true });

let turn = Promise.resolve();
/** Clears the cache unless it belongs to `person`. Calls run one after the other: of two that find an empty cache, the
 * second would delete what the first has just stored. */
function claimFor(person) {
  turn = turn.then(() => clearPagesOfOthers(person));
  return turn;
}

async function clearPagesOfOthers(person) {
  const before = await cachedResponse(PAGES, PERSON);
  if (before && (await before.text()) === person) return;
  await clearPages();
  await (await caches.open(PAGES)).put(PERSON, new Response(person));
}

const found = (text, pattern) => [...new Set([...text.matchAll(pattern)].map((match) => match[1]))];
const filesNamedIn = (text) => found(text, /(?:href|src)="(\/static\/build\/[^"]+)"/g);
const thumbnailsIn = (text) => found(text, /src="(\/files\/[^"]+\/thumbnail)"/g);

async function cacheIfMissing(name, address) {
  if (await cachedResponse(name, address)) return;
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(`${address}: ${answer.status}`);
  await (await caches.open(name)).put(address, answer);
}

const cacheFilesOf = (text) => Promise.all(filesNamedIn(text).map((address) => cacheIfMissing(FILES, address)));

async function cachePage(address, response, version) {
  const person = response.headers.get("x-field-person");
  if (!response.ok || response.redirected || !person) return;
  await claimFor(person);
  const text = await response.clone().text();
  await cacheFilesOf(text);
  await Promise.all(thumbnailsIn(text).map((picture) => cacheIfMissing(PAGES, picture).catch(() => {})));
  const headers = new Headers(response.headers);
  headers.set(VERSION, version ?? (await cachedResponse(PAGES, address))?.headers.get(VERSION) ?? "");
  await (await caches.open(PAGES)).put(address, new Response(text, { status: 200, headers }));
}

let caching;
let again = false;
/** Caches missing pages of current visits; one run at a time, and one more if requested meanwhile. */
function cachePages() {
  again = Boolean(caching);
  caching ??= cacheAllPages()
    .catch(() => {}) // No network: the next page view retries.
    .then(() => {
      caching = undefined;
      return again ? cachePages() : undefined;
    });
  return caching;
}

async function cacheAllPages() {
  const answer = await fetch("/field/offline-pages", { headers: { Accept: "application/json" } });
  if (answer.status === 401) return clearPages();
  if (!answer.ok || answer.redirected) return undefined;
  const { person, pages } = await answer.json();
  await claimFor(person);
  for (const { address, version } of pages) {
    const copy = await cachedResponse(PAGES, address);
    if (copy?.headers.get(VERSION) === version) continue;
    const response = await fetch(address, { headers: { Accept: "text/html" } });
    if (response.status === 401) return clearPages();
    await cachePage(address, response, version).catch(() => {});
  }
  return evict(new Set(pages.map((page) => page.address)));
}

/** Deletes pages of past visits and files that no cached page needs. */
async function evict(wantedPages) {
  const cache = await caches.open(PAGES);
  const cachedPages = (await cache.keys()).map((request) => new URL(request.url)).filter((url) => url.pathname.startsWith("/field"));
  const others = cachedPages.filter((url) => !wantedPages.has(url.pathname + url.search) && url.pathname !== PERSON);
  await Promise.all(others.slice(0, Math.max(0, others.length - MOST_OTHER_PAGES)).map((url) => cache.delete(url.href)));
  const wanted = new Set([...PRECACHED_FILES, ...filesNamedIn(await (await cachedResponse(FILES, OFFLINE)).text()), OFFLINE]);
  for (const url of cachedPages) filesNamedIn((await (await cachedResponse(PAGES, url.href))?.text()) ?? "").forEach((file) => wanted.add(file));
  const files = await caches.open(FILES);
  const names = await files.keys();
  await Promise.all(names.filter((name) => !wanted.has(new URL(name.url).pathname)).map((name) => files.delete(name)));
  const old = (await caches.keys()).filter((name) => name !== FILES && name !== PAGES);
  await Promise.all(old.map((name) => caches.delete(name)));
}

/** Whether the previous page was one of the member pages; from elsewhere (sign-in) it may be another person. */
function cameFromFieldPages(referrer) {
  if (!referrer) return true; // opened from the home screen, or typed
  const url = new URL(referrer);
  return url.origin === location.origin && /^\/(field|account|workspace|notifications)/.test(url.pathname);
}

async function page(event) {
  const { request } = event;
  if (!cameFromFieldPages(request.referrer)) await clearPages();
  const network = fetch(request).then(async (response) => {
    if (response.status === 401) await clearPages();
    return response;
  });
  const kept = network.then((response) => cachePage(request.url, response.clone())).catch(() => {});
  event.waitUntil(kept);
  const copy = await cachedResponse(PAGES, request.url);
  if (!copy) return network.catch(() => cachedResponse(FILES, OFFLINE));
  const timeout = new Promise((done) => setTimeout(done, NETWORK_TIMEOUT_MS, copy));
  const answer = await Promise.race([network.catch(() => copy), timeout]);
  if (answer === copy) event.waitUntil(notifyWhenUpdated(event, copy, network, kept));
  return answer;
}

/** After a slow response behind a cached copy: tells the page that a newer version is cached. */
async function notifyWhenUpdated(event, copy, network, kept) {
  const fresh = await network.catch(() => undefined);
  if (!fresh) return;
  await kept;
  const age = Date.parse(fresh.headers.get("date")) - Date.parse(copy.headers.get("date"));
  if (fresh.status === 401 || age > NOTICEABLE_AGE_MS) (await self.clients.get(event.resultingClientId))?.postMessage("page-updated");
}

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const address = new URL(request.url);
  if (request.method !== "GET" || address.origin !== location.origin) return;
  if (address.pathname.startsWith("/static/build/")) {
    event.respondWith(cachedResponse(FILES, request).then((copy) => copy ?? fetch(request)));
  } else if (/^\/files\/[^/]+\/thumbnail$/.test(address.pathname)) {
    event.respondWith(cachedResponse(PAGES, request).then((copy) => copy ?? fetch(request)));
  } else if (request.mode === "navigate" && address.pathname.startsWith("/field")) {
    event.respondWith(page(event));
  }
});
