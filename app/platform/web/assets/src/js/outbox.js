// The outbox of forms with data-queue: sent now or once there is a network, oldest first, with identical bytes (photos too)
// at every retry. Each entry has an idempotency key and its person; another person on the same phone neither sees nor
// sends it.
import { replacePage } from "./replace-page.js";
import { draftKey, valuesOf } from "./drafts.js";
import { requestToken } from "./page.js";
import { isMine, person } from "./signed-in-person.js";
import { draftPut, draftRemove, outboxAll, outboxKeep, outboxPut, outboxRemove } from "./phone-storage.js";
import { text } from "./texts.js";
import { toast } from "./toast.js";

const RETRY_MS = 30000;
const LATE_STEPS = { photos: true, notes: true }; // A large photo never holds up the result of a visit.
const MOST_SERVER_ERRORS = 8; // Then it counts as refused, so that it does not block later entries.
const channel = "BroadcastChannel" in window ? new BroadcastChannel("outbox") : undefined;

/** Announces a change of the outbox to all tabs; `sent` are the ids of visits with delivered entries. */
function notifyChange(sent = []) {
  channel?.postMessage({ sent });
  document.dispatchEvent(new CustomEvent("outbox", { detail: { sent } }));
}
channel?.addEventListener("message", (event) => document.dispatchEvent(new CustomEvent("outbox", { detail: event.data })));

export const ownEntries = async () => (await outboxAll()).filter(isMine);

function newId() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16)); // Older browsers, and pages without https.
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** `follow`: fetch the redirect's target too, because the response will be shown. */
function post(entry, follow) {
  return fetch(entry.address, {
    method: "POST",
    body: entry.body,
    redirect: follow ? "follow" : "manual",
    headers: {
      "Content-Type": entry.type,
      "Idempotency-Key": entry.key,
      "X-CSRF-Token": requestToken(),
      ...(entry.person && { "X-Field-Person": entry.person }),
    },
  });
}

/** Cached pages may carry an outdated CSRF token: takes a new one from /field. */
async function renewToken() {
  const page = await (await fetch("/field", { headers: { Accept: "text/html" } })).text();
  const fresh = new DOMParser().parseFromString(page, "text/html").querySelector('meta[name="csrf-token"]')?.content;
  if (fresh) document.querySelector('meta[name="csrf-token"]').content = fresh;
}

const signedOut = (response) => response.status === 401 || (response.redirected && new URL(response.url).pathname === "/sign-in");

/** Sends one entry; outcome "sent", "later" (server busy), "error", "signedOut" or "refused", with the response. */
async function send(entry, follow) {
  let response = await post(entry, follow);
  if (response.status === 403) {
    await renewToken();
    response = await post(entry, follow);
  }
  if (signedOut(response)) return { outcome: "signedOut", response };
  if (response.type === "opaqueredirect") return { outcome: "sent", response };
  if (response.status >= 500) return { outcome: (entry.errors ?? 0) + 1 < MOST_SERVER_ERRORS ? "error" : "refused", response };
  if (response.status === 429) return { outcome: "later", response };
  return { outcome: response.ok ? "sent" : "refused", response };
}

/** The error texts of the page with which the server refused an entry. */
async function reasonIn(response) {
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  const words = [...page.querySelectorAll("[data-reason], .field__error:not([hidden])")].map((found) => found.textContent.trim());
  return [...new Set(words.filter(Boolean))].join(" ") || text("failed");
}

const SENT_AT = "outbox-sent-at";

/** Another tab may have sent an entry after the server had rendered this page and before the page could hear of it. */
function rememberSent() {
  try {
    localStorage.setItem(SENT_AT, Date.now());
  } catch {
    // Without storage there is no outbox to send from another tab.
  }
}

function sentSincePageWasAsked() {
  try {
    const at = Number(localStorage.getItem(SENT_AT));
    return at > performance.timeOrigin && at <= Date.now(); // A clock that was set back must not reload for ever.
  } catch {
    return false;
  }
}

async function settleEntry(entry, { outcome, response }, watched) {
  if (outcome === "error") return outboxPut({ ...entry, errors: (entry.errors ?? 0) + 1 });
  if (outcome === "sent") {
    rememberSent();
    await outboxRemove(entry.key);
    return entry.key === watched ? showResult(response) : undefined;
  }
  if (outcome !== "refused") return undefined;
  if (entry.draft) await draftPut(entry.draft, entry.values); // Back into the form as a draft.
  if (entry.key !== watched) return outboxPut({ ...entry, refused: response.status, reason: await reasonIn(response) });
  await outboxRemove(entry.key);
  return replacePage(await response.text());
}

function showResult(response) {
  location.assign(response.redirected ? response.url : location.href);
}

let needsSignIn = false;
export const mustSignIn = () => needsSignIn;

async function sendWaiting(watched) {
  const sent = [];
  for (const entry of await ownEntries()) {
    if (entry.refused) continue;
    try {
      const answer = await send(entry, entry.key === watched);
      needsSignIn = answer.outcome === "signedOut";
      await settleEntry(entry, answer, watched);
      if (answer.outcome === "sent" && entry.key !== watched) sent.push(entry.visit ?? "");
      if (answer.outcome === "error" && entry.step in LATE_STEPS) continue;
      if (!["sent", "refused"].includes(answer.outcome)) break;
    } catch {
      if (entry.step in LATE_STEPS) continue;
      break; // No network: stop, to keep the order.
    }
  }
  if (sent.length) toast({ text: text("outboxSent") });
  notifyChange(sent);
}

/** Sends waiting entries, oldest first; one sender at a time over all tabs, where the Web Locks API exists. */
export function flush(watched) {
  if (navigator.locks) return navigator.locks.request("outbox", () => sendWaiting(watched));
  return sendWaiting(watched);
}

/** Removes matching unsent entries, back into drafts; waits for a running send, where the Web Locks API exists. */
export async function withdraw(match) {
  const remove = async () => {
    for (const entry of (await ownEntries()).filter(match)) {
      if (entry.draft) await draftPut(entry.draft, entry.values);
      await outboxRemove(entry.key);
    }
  };
  await (navigator.locks ? navigator.locks.request("outbox", remove) : remove());
  notifyChange();
}

/** The request body as bytes, identical at every retry because the server compares them. */
async function bytesOf(data) {
  const message = new Response(data);
  return { type: message.headers.get("Content-Type"), body: await message.arrayBuffer() };
}

const labelOf = (field) => field.labels?.[0]?.textContent.trim() || field.closest("fieldset")?.querySelector("legend")?.textContent.trim() || "";

/** Labels and values of a form, shown beside a refusal. */
function describeForm(form) {
  const words = [];
  for (const field of form.elements) {
    if (/^(text|tel|number|textarea|select-one)$/.test(field.type) && field.value) {
      words.push([labelOf(field), field.type === "select-one" ? field.selectedOptions[0].textContent : field.value]);
    } else if (/^(checkbox|radio)$/.test(field.type) && field.checked) words.push(["", labelOf(field)]);
    else if (field.type === "file" && field.files.length) words.push(["", text("photos", { count: field.files.length })]);
    else if (field.name === "signature" && field.value) words.push(["", text("signature")]);
  }
  return words;
}

/** Entries of a visit that may arrive after its result: photos, notes. */
const heldBack = async (visit) => (await ownEntries()).filter((entry) => entry.visit === visit && entry.step in LATE_STEPS);

/** Tells the server that what a dropped entry held will not come any more. */
async function tellLost(entry) {
  if (!entry.visit || !(entry.step in LATE_STEPS)) return;
  const address = entry.address.replace(/[^/]+$/, "lost");
  const told = { key: newId(), person, address, ...(await bytesOf(new URLSearchParams({ action: entry.key }))) };
  await outboxPut({ ...told, page: entry.page, at: Date.now(), visit: entry.visit, step: "lost", nextStage: "", values: {}, label: entry.label, words: [] });
  await flush();
}

async function queue(form, submitter) {
  const data = new FormData(form);
  if (submitter?.name) data.append(submitter.name, submitter.value);
  data.delete("_csrf_token");
  if ("tellsUnsent" in form.dataset) {
    for (const each of await heldBack(form.dataset.visit)) data.append("unsent", [each.key, each.step === "photos" ? "photos" : "other", each.pieces ?? 1].join(" "));
  }
  const entry = {
    key: newId(),
    person,
    draft: draftKey(form),
    address: form.action,
    ...(await bytesOf(data)),
    page: location.href,
    at: Date.now(),
    visit: form.dataset.visit,
    step: new URL(form.action).pathname.split("/").pop(),
    nextStage: form.dataset.nextStage ?? "",
    values: valuesOf(form),
    pieces: [...form.elements].reduce((count, field) => count + (field.files?.length ?? 0), 0) || 1,
    label: form.dataset.label ?? "",
    words: describeForm(form),
  };
  delete entry.values.signature;
  await outboxKeep(entry);
  await draftRemove(entry.draft); // The outbox entry now holds the input.
  navigator.storage?.persist?.().catch(() => {});
  return entry.key;
}

document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (!form.matches?.("form[data-queue]") || event.defaultPrevented) return;
  event.preventDefault();
  const buttons = [...form.elements].filter((field) => field.type === "submit"); // also those in the foot of the page
  const able = (yes) => buttons.forEach((button) => (button.disabled = !yes));
  able(false);
  let key;
  try {
    key = await queue(form, event.submitter);
  } catch {
    // Without storage the form is submitted directly; offline the input stays on the page.
    if (navigator.onLine) return form.submit();
    able(true);
    return toast({ text: text("outboxNoStorage"), tone: "bad" });
  }
  await flush(key);
  if (!(await outboxAll()).some((entry) => entry.key === key)) return undefined;
  if (form.dataset.fallbackPage) {
    await outboxRemove(key); // The request can be dropped: its target page is readable from the cache.
    return location.assign(form.dataset.fallbackPage);
  }
  able(true);
  form.closest("dialog")?.close();
  if (!form.dataset.nextStage) form.reset();
  notifyChange();
  return toast({ text: text("outboxKept") });
});

// --- waiting and refused entries ---

function showWaiting(entries, others) {
  const waiting = entries.filter((entry) => !entry.refused);
  const refused = entries.length - waiting.length;
  const name = needsSignIn ? "outboxSignIn" : "outboxWaiting";
  const words = [
    refused && text("outboxRefused", { count: refused }),
    waiting.length && text(name, { count: waiting.length }),
    others && text("outboxOthers", { count: others }),
  ];
  for (const element of document.querySelectorAll("[data-outbox]")) {
    element.hidden = !entries.length && !others;
    element.querySelector("[data-outbox-text]").textContent = words.filter(Boolean).join(" · ");
    element.querySelector("[data-outbox-send]").hidden = !waiting.length || needsSignIn;
    const signInLink = element.querySelector("[data-outbox-sign-in]");
    signInLink.hidden = !needsSignIn || !waiting.length;
    signInLink.href = `/sign-in?next=${encodeURIComponent(location.pathname)}`;
  }
}

function refusedCard(entry) {
  const card = document.querySelector("template[data-refused-entry]").content.cloneNode(true).firstElementChild;
  card.querySelector("[data-entry-label]").textContent = entry.label || entry.step || "";
  card.querySelector("[data-entry-time]").textContent = new Date(entry.at).toLocaleString(document.documentElement.lang);
  card.querySelector("[data-entry-reason]").textContent = entry.reason ?? "";
  for (const [term, value] of entry.words ?? []) {
    const row = document.createElement("div");
    row.append(Object.assign(document.createElement("dt"), { textContent: term }), Object.assign(document.createElement("dd"), { textContent: value }));
    card.querySelector("[data-entry-words]").append(row);
  }
  card.querySelector("[data-entry-page]").href = entry.page;
  card.querySelector("[data-entry-again]").addEventListener("click", async () => {
    await outboxPut({ ...entry, refused: undefined, reason: undefined, errors: 0 });
    await flush();
  });
  card.querySelector("[data-entry-drop]").addEventListener("click", async () => {
    if (!window.confirm(text("outboxDrop"))) return;
    await outboxRemove(entry.key);
    await draftRemove(entry.draft);
    await tellLost(entry);
    notifyChange();
  });
  return card;
}

async function show() {
  const all = await outboxAll();
  const entries = all.filter(isMine);
  showWaiting(entries, all.length - entries.length);
  for (const section of document.querySelectorAll("[data-refused]")) {
    const refused = entries.filter((entry) => entry.refused);
    section.replaceChildren(...refused.map(refusedCard));
    section.hidden = !refused.length;
  }
  const unsent = new Set(entries.map((entry) => entry.visit));
  for (const card of document.querySelectorAll("[data-visit-card]")) {
    card.querySelector("[data-unsent-mark]").hidden = !unsent.has(card.dataset.visitCard);
  }
}

document.addEventListener("outbox", show);
document.addEventListener("htmx:load", show);
document.addEventListener("click", (event) => event.target.closest("[data-outbox-send]") && flush());
document.addEventListener("visibilitychange", () => document.hidden || flush());
setInterval(() => navigator.onLine && flush(), RETRY_MS);
flush().then(() => sentSincePageWasAsked() && document.dispatchEvent(new CustomEvent("outbox", { detail: { sent: [""] } })));
