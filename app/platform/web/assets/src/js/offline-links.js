// Links outside the offline pages (PDFs, full pictures, the account) need a network: offline they show a toast instead of
// the browser's error page.
import { text } from "./texts.js";
import { toast } from "./toast.js";

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[href]");
  if (!link || navigator.onLine || link.origin !== location.origin || link.pathname.startsWith("/field")) return;
  event.preventDefault();
  toast({ text: text("offline"), tone: "bad" });
});
