// Never lose what an engineer typed. A form with data-draft="visit:0192…:report" is kept on the phone while it is typed;
// with data-queue it is also sent later where there is no network. Every submission carries an Idempotency-Key made once,
// so that a repeated sending is one change on the server.
import { forEach, requestToken } from "./page.js";
import { outboxAll, outboxPut, outboxRemove, draftGet, draftPut, draftRemove } from "./store.js";
import { text } from "./texts.js";
import { toast } from "./toast.js";

const SAVE_AFTER_MS = 400;
const AGAIN_AFTER_MS = 30000;

function fieldsOf(form) {
  return [...form.elements].filter(
    (field) => field.name && !["file", "password", "submit", "button"].includes(field.type) && field.name !== "_csrf_token",
  );
}

function valuesOf(form) {
  const values = {};
  for (const field of fieldsOf(form)) {
    if (/^(checkbox|radio)$/.test(field.type)) (values[field.name] ??= []).push(...(field.checked ? [field.value] : []));
    else values[field.name] = field.value;
  }
  return values;
}

function fill(form, values) {
  for (const field of fieldsOf(form)) {
    if (!(field.name in values)) continue;
    if (/^(checkbox|radio)$/.test(field.type)) field.checked = values[field.name].includes(field.value);
    else if (field.type !== "hidden") field.value = values[field.name];
  }
}

async function showWaiting() {
  const waiting = await outboxAll();
  for (const element of document.querySelectorAll("[data-outbox]")) {
    element.hidden = waiting.length === 0;
    const words = element.querySelector("[data-outbox-text]");
    const refused = waiting.find((entry) => entry.refused);
    words.textContent = refused ? text("outboxRefused") : text("outboxWaiting", { count: waiting.length });
    const open = element.querySelector("[data-outbox-open]");
    open.hidden = !refused;
    if (refused) open.href = refused.page;
  }
}

function post(entry) {
  return fetch(entry.address, {
    method: "POST",
    body: entry.body,
    headers: { "Content-Type": entry.type, "Idempotency-Key": entry.key, "X-CSRF-Token": requestToken() },
  });
}

/** A page read from the phone's memory may carry a request token from before the browser was closed. */
async function renewToken() {
  const page = await (await fetch(location.pathname, { headers: { Accept: "text/html" } })).text();
  const fresh = new DOMParser().parseFromString(page, "text/html").querySelector('meta[name="csrf-token"]')?.content;
  if (fresh) document.querySelector('meta[name="csrf-token"]').content = fresh;
}

/** Sends one entry. "sent", "later" (no answer, signed out, server busy) or "refused", with the answer itself. */
async function send(entry) {
  let response = await post(entry);
  if (response.status === 403) {
    await renewToken();
    response = await post(entry);
  }
  const signIn = document.querySelector('meta[name="sign-in"]')?.content;
  const signedOut = response.status === 401 || (response.redirected && new URL(response.url).pathname === signIn);
  if (signedOut || response.status >= 500 || response.status === 429) return { outcome: "later", response };
  return { outcome: response.ok ? "sent" : "refused", response };
}

/** Shows the server's answer as if the form had been submitted by the browser itself. */
async function follow(response) {
  if (response.redirected) return location.assign(response.url);
  const page = await response.text();
  document.open();
  document.write(page);
  return document.close();
}

async function settle(entry, { outcome, response }, watched) {
  if (outcome === "later") return;
  if (outcome === "sent") {
    await outboxRemove(entry.key);
    await draftRemove(entry.draft);
    if (entry.key === watched) await follow(response);
    else toast({ text: text("outboxSent") });
  } else if (entry.key === watched) {
    await outboxRemove(entry.key);
    await follow(response);
  } else {
    await outboxPut({ ...entry, refused: response.status });
  }
}

async function sendWaiting(watched) {
  for (const entry of await outboxAll()) {
    if (entry.refused) continue;
    try {
      const answer = await send(entry);
      await settle(entry, answer, watched);
      if (answer.outcome === "later") break;
    } catch {
      break; // No network: what happened first goes first, so nothing later overtakes it.
    }
  }
  await showWaiting();
}

/** Sends what waits, oldest first; one sender at a time, over all tabs where the browser can tell. */
export function flush(watched) {
  if (navigator.locks) return navigator.locks.request("outbox", () => sendWaiting(watched));
  return sendWaiting(watched);
}

/** The form as the bytes that are sent, now and at every repetition: the server compares them. */
async function bytesOf(data) {
  const message = new Response(data);
  return { type: message.headers.get("Content-Type"), body: await message.arrayBuffer() };
}

async function queue(form, submitter) {
  const data = new FormData(form);
  if (submitter?.name) data.append(submitter.name, submitter.value);
  data.delete("_csrf_token");
  const entry = {
    key: crypto.randomUUID(),
    draft: form.dataset.draft,
    address: form.action,
    ...(await bytesOf(data)),
    page: location.href,
    at: Date.now(),
  };
  await outboxPut(entry);
  return entry.key;
}

document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (!form.matches?.("form[data-queue]") || event.defaultPrevented) return;
  event.preventDefault();
  const buttons = [...form.elements].filter((field) => field.type === "submit"); // also those in the foot of the page
  buttons.forEach((button) => (button.disabled = true));
  let key;
  try {
    key = await queue(form, event.submitter);
  } catch {
    form.submit(); // A browser without storage sends it the plain way.
    return;
  }
  await flush(key);
  if ((await outboxAll()).some((entry) => entry.key === key)) toast({ text: text("outboxKept") });
});

forEach("form[data-draft]", async (form) => {
  const key = form.dataset.draft;
  const kept = await draftGet(key).catch(() => undefined);
  if (kept) fill(form, kept);
  let timer;
  form.addEventListener("input", () => {
    clearTimeout(timer);
    form.dataset.draftKept = "false";
    timer = setTimeout(() => {
      const kept = () => (form.dataset.draftKept = "true");
      draftPut(key, valuesOf(form)).then(kept, () => {});
    }, SAVE_AFTER_MS);
  });
});

window.addEventListener("online", () => flush());
document.addEventListener("visibilitychange", () => document.hidden || flush());
setInterval(() => navigator.onLine && flush(), AGAIN_AFTER_MS);
flush();
