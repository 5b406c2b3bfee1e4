// Deletes the cached offline pages on sign-out and on the sign-in page: they belong to the signed-in person. Unsent outbox
// entries stay, bound to their person.
const PAGES = "pages";
const PATIENCE_MS = 1000;

async function forget() {
  if (!("caches" in window)) return;
  const patience = new Promise((done) => setTimeout(done, PATIENCE_MS));
  await Promise.race([caches.delete(PAGES).catch(() => {}), patience]);
}

document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (!form.matches?.('[data-sign-out][action="/sign-out"]') || event.defaultPrevented || !("caches" in window)) return;
  event.preventDefault();
  await forget();
  form.submit();
});

if (document.querySelector("[data-door]")) forget();
