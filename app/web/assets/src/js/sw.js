// The service worker of the engineer's pages. Pages: network first, the cached copy offline; the pages of current visits
// are cached after sign-in. The cache belongs to one person and is cleared when another signs in. A page is cached only
// together with the build files that it needs. Only GET requests are handled.
const FILES = "files";
const PAGES = "pages";
const PERSON = "/field/person";
const OFFLINE = "/field/offline";
const VERSION = "x-held-version";
const OTHERS_KEPT = 20;
const PATIENCE_MS = 4000;
const OLDER_MS = 30000;

async function ready() {
  const cache = await caches.open(FILES);
  await cache.addAll(PRECACHED_FILES);
  // Without cookies, so that the page holds no personal data.
  const offline = await fetch(OFFLINE, { credentials: "omit" });
  await needs(await offline.clone().text());
  await cache.put(OFFLINE, offline);
}

self.addEventListener("install", (event) => event.waitUntil(ready().then(() => self.skipWaiting())));
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
self.addEventListener("message", (event) => {
  if (event.data === "hold") event.waitUntil(hold());
});

const forget = () => caches.delete(PAGES);
const copyOf = async (cache, request) => (await caches.open(cache)).match(request, { ignoreVary: true });

let turn = Promise.resolve();
/** Clears the cache unless it belongs to `person`. Calls run one after the other: of two that find an empty cache, the
 * second would delete what the first has just stored. */
function belongsTo(person) {
  turn = turn.then(() => makeRoomFor(person));
  return turn;
}

async function makeRoomFor(person) {
  const before = await copyOf(PAGES, PERSON);
  if (before && (await before.text()) === person) return;
  await forget();
  await (await caches.open(PAGES)).put(PERSON, new Response(person));
}

const found = (text, pattern) => [...new Set([...text.matchAll(pattern)].map((match) => match[1]))];
const filesIn = (text) => found(text, /(?:href|src)="(\/static\/build\/[^"]+)"/g);
const picturesIn = (text) => found(text, /src="(\/files\/[^"]+\/thumbnail)"/g);

async function hasOrFetches(name, address) {
  if (await copyOf(name, address)) return;
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(`${address}: ${answer.status}`);
  await (await caches.open(name)).put(address, answer);
}

const needs = (text) => Promise.all(filesIn(text).map((address) => hasOrFetches(FILES, address)));

async function keep(address, response, version) {
  const person = response.headers.get("x-field-person");
  if (!response.ok || response.redirected || !person) return;
  await belongsTo(person);
  const text = await response.clone().text();
  await needs(text);
  await Promise.all(picturesIn(text).map((picture) => hasOrFetches(PAGES, picture).catch(() => {})));
  const headers = new Headers(response.headers);
  headers.set(VERSION, version ?? (await copyOf(PAGES, address))?.headers.get(VERSION) ?? "");
  await (await caches.open(PAGES)).put(address, new Response(text, { status: 200, headers }));
}

let holding;
let again = false;
/** Caches missing pages of current visits; one run at a time, and one more if requested meanwhile. */
function hold() {
  again = Boolean(holding);
  holding ??= holdAll()
    .catch(() => {}) // No network: the next page view retries.
    .then(() => {
      holding = undefined;
      return again ? hold() : undefined;
    });
  return holding;
}

async function holdAll() {
  const answer = await fetch("/field/held", { headers: { Accept: "application/json" } });
  if (answer.status === 401) return forget();
  if (!answer.ok || answer.redirected) return undefined;
  const { person, pages } = await answer.json();
  await belongsTo(person);
  for (const { address, version } of pages) {
    const copy = await copyOf(PAGES, address);
    if (copy?.headers.get(VERSION) === version) continue;
    const response = await fetch(address, { headers: { Accept: "text/html" } });
    if (response.status === 401) return forget();
    await keep(address, response, version).catch(() => {});
  }
  return tidy(new Set(pages.map((page) => page.address)));
}

/** Deletes pages of past visits and files that no cached page needs. */
async function tidy(held) {
  const cache = await caches.open(PAGES);
  const visited = (await cache.keys()).map((request) => new URL(request.url)).filter((url) => url.pathname.startsWith("/field"));
  const others = visited.filter((url) => !held.has(url.pathname + url.search) && url.pathname !== PERSON);
  await Promise.all(others.slice(0, Math.max(0, others.length - OTHERS_KEPT)).map((url) => cache.delete(url.href)));
  const wanted = new Set([...PRECACHED_FILES, ...filesIn(await (await copyOf(FILES, OFFLINE)).text()), OFFLINE]);
  for (const url of visited) filesIn((await (await copyOf(PAGES, url.href))?.text()) ?? "").forEach((file) => wanted.add(file));
  const files = await caches.open(FILES);
  const names = await files.keys();
  await Promise.all(names.filter((name) => !wanted.has(new URL(name.url).pathname)).map((name) => files.delete(name)));
  const old = (await caches.keys()).filter((name) => name !== FILES && name !== PAGES);
  await Promise.all(old.map((name) => caches.delete(name)));
}

/** Whether the previous page was one of the member pages; from elsewhere (sign-in) it may be another person. */
function comesFromInside(referrer) {
  if (!referrer) return true; // opened from the home screen, or typed
  const url = new URL(referrer);
  return url.origin === location.origin && /^\/(field|account|workspace|notifications)/.test(url.pathname);
}

async function page(event) {
  const { request } = event;
  if (!comesFromInside(request.referrer)) await forget();
  const network = fetch(request).then(async (response) => {
    if (response.status === 401) await forget();
    return response;
  });
  const kept = network.then((response) => keep(request.url, response.clone())).catch(() => {});
  event.waitUntil(kept);
  const copy = await copyOf(PAGES, request.url);
  if (!copy) return network.catch(() => copyOf(FILES, OFFLINE));
  const patience = new Promise((done) => setTimeout(done, PATIENCE_MS, copy));
  const answer = await Promise.race([network.catch(() => copy), patience]);
  if (answer === copy) event.waitUntil(tellWhenFresher(event, copy, network, kept));
  return answer;
}

/** After a slow response behind a cached copy: tells the page that a newer version is cached. */
async function tellWhenFresher(event, copy, network, kept) {
  const fresh = await network.catch(() => undefined);
  if (!fresh) return;
  await kept;
  const age = Date.parse(fresh.headers.get("date")) - Date.parse(copy.headers.get("date"));
  if (fresh.status === 401 || age > OLDER_MS) (await self.clients.get(event.resultingClientId))?.postMessage("fresher");
}

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const address = new URL(request.url);
  if (request.method !== "GET" || address.origin !== location.origin) return;
  if (address.pathname.startsWith("/static/build/")) {
    event.respondWith(copyOf(FILES, request).then((copy) => copy ?? fetch(request)));
  } else if (/^\/files\/[^/]+\/thumbnail$/.test(address.pathname)) {
    event.respondWith(copyOf(PAGES, request).then((copy) => copy ?? fetch(request)));
  } else if (request.mode === "navigate" && address.pathname.startsWith("/field")) {
    event.respondWith(page(event));
  }
});
