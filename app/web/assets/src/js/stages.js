// Offline stages of a visit: its page embeds later stages as templates, and the unsent outbox entries decide which one is
// shown. The server's page replaces it once it is reachable.
import { draftKey } from "./drafts.js";
import { flush, mine, mustSignIn, takeBack } from "./outbox.js";
import { draftGet } from "./store.js";
import { showTruth } from "./truth.js";

const page = () => document.querySelector("[data-visit-page]");
const MINUTE_MS = 60000;

/** The stage after waiting: the one before it, or `accepted` where that was `en_route`. */
function beforeWaiting(stages) {
  const before = stages.filter((stage) => stage !== "waiting").pop();
  return before === "en_route" ? "accepted" : before;
}

function stageOf(entries, { stageNow, visitState }) {
  const stages = [stageNow === "waiting" ? visitState : stageNow];
  if (stageNow === "waiting") stages.push("waiting");
  for (const { leads } of entries) if (leads) stages.push(leads === "before_waiting" ? beforeWaiting(stages) : leads);
  return stages.pop();
}

function carry(entries) {
  const work = entries.filter((entry) => entry.step === "work").pop()?.values ?? {};
  for (const element of document.querySelectorAll("[data-shown]")) element.textContent = work[element.dataset.shown] ?? "";
  for (const part of document.querySelectorAll("[data-shown-part]")) part.hidden = !part.querySelector("[data-shown]").textContent;
  for (const field of document.querySelectorAll("[data-carries]")) field.value = work[field.dataset.carries] ?? "";
}

/** Suggested working time: whole minutes since arrival, as on the server. */
async function suggestMinutes(entries) {
  const field = document.querySelector("[data-minutes]");
  const begun = entries.filter((entry) => ["arrive", "connect"].includes(entry.step)).pop();
  if (!field || !begun || (await draftGet(draftKey(field.form)).catch(() => undefined))) return;
  field.value = Math.min(1440, Math.max(1, Math.floor((Date.now() - begun.at) / MINUTE_MS)));
}

async function restage() {
  const shown = page();
  if (!shown) return;
  const entries = (await mine()).filter((entry) => entry.visit === shown.dataset.visitPage && !entry.refused);
  const stage = stageOf(entries, shown.dataset);
  if (stage === (shown.dataset.stageShown ?? shown.dataset.stageNow)) return;
  const further = document.querySelector(`template[data-stage="${stage}"]`);
  if (!further) return location.reload(); // Back at the stage that the server rendered.
  shown.dataset.stageShown = stage;
  for (const part of further.content.cloneNode(true).children) {
    const place = document.querySelector(`[data-stage-part="${part.dataset.stagePart}"]`);
    place.replaceChildren(...part.childNodes);
    place.dispatchEvent(new CustomEvent("htmx:load", { bubbles: true }));
  }
  document.querySelectorAll("[data-once-accepted]").forEach((part) => (part.hidden = stage === "planned"));
  carry(entries);
  await suggestMinutes(entries);
  window.scrollTo(0, 0);
}

document.addEventListener("outbox", (event) => {
  if (event.detail.sent.length) showTruth();
  else restage();
});
document.addEventListener("htmx:load", (event) => event.target === document.body && restage());

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-take-back]");
  if (!button) return;
  const visit = page().dataset.visitPage;
  const [work] = (await mine()).filter((entry) => entry.visit === visit && entry.step === button.dataset.takeBack);
  if (work) await takeBack((entry) => entry.visit === visit && entry.at >= work.at);
});

window.addEventListener("online", async () => {
  await flush();
  if (!mustSignIn()) showTruth(); // Signed out meanwhile: a reload would lose the readable page.
});
