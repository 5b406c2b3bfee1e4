// HTMX configured for the content security policy, with the CSRF token, and toasts for failed requests.
import htmx from "htmx.org";
import "./input-method.js";
import { requestToken } from "./page.js";
import { text } from "./texts.js";
import { toast } from "./toast.js";

Object.assign(htmx.config, {
  includeIndicatorStyles: false,
  allowEval: false,
  allowScriptTags: false,
  selfRequestsOnly: true,
  historyCacheSize: 0,
  refreshOnHistoryMiss: true,
  scrollBehavior: "instant",
  // Not "style": carrying it over would set an inline style, which the security policy forbids.
  attributesToSettle: ["class", "width", "height"],
  // A form with errors comes back as 422 and replaces itself.
  responseHandling: [
    { code: "204", swap: false },
    { code: "[23]..", swap: true },
    { code: "422", swap: true },
    { code: "[45]..", swap: false, error: true },
  ],
});

document.addEventListener("htmx:configRequest", (event) => {
  if (event.detail.verb !== "get") event.detail.headers["X-CSRF-Token"] = requestToken();
});
// An error response with HX-Retarget (the toasts) is swapped there.
document.addEventListener("htmx:beforeSwap", (event) => {
  if (event.detail.xhr.getResponseHeader("HX-Retarget")) Object.assign(event.detail, { shouldSwap: true, isError: false });
});
// Words in the making are one place in the history, not one for each pause.
document.addEventListener("htmx:beforeHistoryUpdate", (event) => {
  const { history, requestConfig } = event.detail;
  if (requestConfig?.triggeringEvent?.target?.type === "search") history.type = "replace";
});
document.addEventListener("page-replaced", (event) => htmx.process(event.target));
document.addEventListener("htmx:sendError", (event) => {
  if (event.detail.elt.getAttribute("hx-trigger") === "load") return; // Not requested by the user.
  toast({ text: text("offline"), tone: "bad" });
});
document.addEventListener("htmx:responseError", async (event) => {
  const type = event.detail.xhr.getResponseHeader("Content-Type") ?? "";
  let words = text("failed");
  if (type.includes("problem+json")) words = JSON.parse(event.detail.xhr.responseText).title ?? words;
  toast({ text: words, tone: "bad" });
});
