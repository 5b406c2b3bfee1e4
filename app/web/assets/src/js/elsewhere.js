// What lies beside the pages that a phone keeps (a PDF, a full picture, the account) needs a network: a word instead of the
// browser's error page.
import { text } from "./texts.js";
import { toast } from "./toast.js";

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[href]");
  if (!link || navigator.onLine || link.origin !== location.origin || link.pathname.startsWith("/field")) return;
  event.preventDefault();
  toast({ text: text("offline"), tone: "bad" });
});
