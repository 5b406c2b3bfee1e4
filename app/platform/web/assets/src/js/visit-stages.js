// Offline stages of a visit: its page embeds later stages as templates, and the unsent outbox entries decide which one is
// shown. The server's page replaces it once it is reachable.
import { draftKey } from "./drafts.js";
import { flush, ownEntries, mustSignIn, withdraw } from "./outbox.js";
import { draftGet } from "./phone-storage.js";
import { reloadOrNotify } from "./freshness.js";

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
  for (const { nextStage } of entries) if (nextStage) stages.push(nextStage === "before_waiting" ? beforeWaiting(stages) : nextStage);
  return stages.pop();
}

function fillFromWorkForm(entries) {
  const work = entries.filter((entry) => entry.step === "work").pop()?.values ?? {};
  for (const element of document.querySelectorAll("[data-work-output]")) element.textContent = work[element.dataset.workOutput] ?? "";
  for (const part of document.querySelectorAll("[data-work-section]")) part.hidden = !part.querySelector("[data-work-output]").textContent;
  for (const field of document.querySelectorAll("[data-work-input]")) field.value = work[field.dataset.workInput] ?? "";
}

/** Suggested working time: whole minutes since arrival, as on the server. */
async function suggestMinutes(entries) {
  const field = document.querySelector("[data-minutes]");
  const begun = entries.filter((entry) => ["arrive", "connect"].includes(entry.step)).pop();
  if (!field || !begun || (await draftGet(draftKey(field.form)).catch(() => undefined))) return;
  field.value = Math.min(1440, Math.max(1, Math.floor((Date.now() - begun.at) / MINUTE_MS)));
}

async function showStage() {
  const shown = page();
  if (!shown) return;
  const entries = (await ownEntries()).filter((entry) => entry.visit === shown.dataset.visitPage && !entry.refused);
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
  document.querySelectorAll("[data-after-accept]").forEach((part) => (part.hidden = stage === "planned"));
  fillFromWorkForm(entries);
  await suggestMinutes(entries);
  window.scrollTo(0, 0);
}

document.addEventListener("outbox", (event) => {
  if (event.detail.sent.length) reloadOrNotify();
  else showStage();
});
document.addEventListener("htmx:load", (event) => event.target === document.body && showStage());

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-withdraw]");
  if (!button) return;
  const visit = page().dataset.visitPage;
  const [work] = (await ownEntries()).filter((entry) => entry.visit === visit && entry.step === button.dataset.withdraw);
  if (work) await withdraw((entry) => entry.visit === visit && entry.at >= work.at && entry.nextStage);
});

window.addEventListener("online", async () => {
  await flush();
  if (!mustSignIn()) reloadOrNotify(); // Signed out meanwhile: a reload would lose the readable page.
});
