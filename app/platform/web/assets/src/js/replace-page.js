// Replaces the page by the HTML response to a form that a script sent. Not document.write(): that would leave the page
// without its scripts, because modules are never run twice.

/** Replaces title, request token and body, then lets every script initialise the new elements. */
export function replacePage(html) {
  const page = new DOMParser().parseFromString(html, "text/html");
  document.title = page.title;
  const token = page.querySelector('meta[name="csrf-token"]')?.content;
  if (token) document.querySelector('meta[name="csrf-token"]').content = token;
  document.body.replaceChildren(...[...page.body.childNodes].map((node) => document.importNode(node, true)));
  window.scrollTo(0, 0);
  document.body.dispatchEvent(new CustomEvent("page-replaced", { bubbles: true }));
  document.body.dispatchEvent(new CustomEvent("htmx:load", { bubbles: true }));
}
