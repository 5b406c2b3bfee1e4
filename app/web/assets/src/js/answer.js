// A page that came as the answer to a form which a script sent, drawn in place of the present one. Not document.write():
// that would leave the page without its scripts, whose modules are never run twice.

/** Draws it; every script looks at its elements as at those of a new page. */
export function drawAnswer(html) {
  const page = new DOMParser().parseFromString(html, "text/html");
  document.title = page.title;
  const token = page.querySelector('meta[name="csrf-token"]')?.content;
  if (token) document.querySelector('meta[name="csrf-token"]').content = token;
  document.body.replaceChildren(...[...page.body.childNodes].map((node) => document.importNode(node, true)));
  window.scrollTo(0, 0);
  document.body.dispatchEvent(new CustomEvent("drawn", { bubbles: true }));
  document.body.dispatchEvent(new CustomEvent("htmx:load", { bubbles: true }));
}
