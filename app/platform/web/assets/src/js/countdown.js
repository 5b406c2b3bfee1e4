// Keeps SLA clocks running between refreshes. The server says what remains and for how long it counts
// (a clock is paused outside service hours); the script only subtracts the time since the page was rendered.
import { forEach } from "./page.js";
import { duration, text } from "./texts.js";

const running = new Set(["calm", "attention", "urgent", "breached"]);
const clocks = new Set();

/** State and remaining seconds of a clock `elapsed` seconds after it was rendered. Pure. */
export function reading({ remaining, countsFor, attentionBelow, urgentBelow }, elapsed) {
  const left = remaining - Math.min(elapsed, countsFor);
  if (left < 0) return { state: "breached", left };
  if (left <= urgentBelow) return { state: "urgent", left };
  if (left <= attentionBelow) return { state: "attention", left };
  return { state: "calm", left };
}

function numberOr(value, otherwise) {
  return value === undefined || value === "" ? otherwise : Number(value);
}

/** Which text tells what remains: a head that says once that service hours count leaves only the exception to the row. */
function remainingText({ working, hoursInHead }) {
  if (hoursInHead === undefined) return working === "true" ? "remainingWorking" : "remaining";
  return working === "true" ? "remaining" : "remainingAllDay";
}

function draw(clock, now) {
  const { state, left } = reading(clock.terms, (now - clock.since) / 1000);
  const name = state === "breached" ? "overdue" : remainingText(clock.element.dataset);
  const words = text(name, { duration: duration(Math.abs(left)) });
  const place = clock.element.querySelector("[data-countdown-text]");
  if (place.textContent !== words) place.textContent = words;
  if (clock.element.dataset.state !== state) {
    clock.element.dataset.state = state;
    const word = clock.element.querySelector("[data-countdown-word]");
    if (word) word.textContent = text(`state_${state}`);
  }
}

function tick() {
  const now = Date.now();
  for (const clock of clocks) {
    if (clock.element.isConnected) draw(clock, now);
    else clocks.delete(clock);
  }
}

forEach("[data-countdown]", (element) => {
  if (!running.has(element.dataset.state)) return;
  clocks.add({
    element,
    since: Date.now(),
    terms: {
      remaining: Number(element.dataset.remaining),
      countsFor: numberOr(element.dataset.countsFor, Infinity),
      attentionBelow: numberOr(element.dataset.attentionBelow, 0),
      urgentBelow: numberOr(element.dataset.urgentBelow, 0),
    },
  });
});
setInterval(tick, 15000);
document.addEventListener("visibilitychange", () => document.hidden || tick());
