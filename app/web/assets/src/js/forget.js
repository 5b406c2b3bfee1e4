// What a phone keeps for reading without a network is the one's who is signed in: it goes with them, whichever page they
// leave from, and whoever sees the sign-in page finds nothing. What was not sent yet stays, bound to its person.
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
