// Deletes the cached offline pages on sign-out and on the sign-in page: they belong to the signed-in person. Unsent outbox
// entries stay, bound to their person.
const PAGES = "pages";
const TIMEOUT_MS = 1000;

async function clearCachedPages() {
  if (!("caches" in window)) return;
  const timeout = new Promise((done) => setTimeout(done, TIMEOUT_MS));
  await Promise.race([caches.delete(PAGES).catch(() => {}), timeout]);
}

document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (!form.matches?.('[data-sign-out][action="/sign-out"]') || event.defaultPrevented || !("caches" in window)) return;
  event.preventDefault();
  await clearCachedPages();
  form.submit();
});

if (document.querySelector("[data-sign-in-form]")) clearCachedPages();
