// What is wider than its place. A table is scrolled by keyboard too: where nothing in it can take the focus, its frame
// does. Of tabs the chosen one is in view.
function mark() {
  for (const frame of document.querySelectorAll(".table-frame")) {
    const isWide = frame.scrollWidth > frame.clientWidth && !frame.querySelector("a[href], button, input, select, textarea");
    frame.toggleAttribute("tabindex", isWide);
    if (isWide) frame.tabIndex = 0;
  }
}

document.addEventListener("htmx:load", mark);
window.addEventListener("resize", mark);
mark();
document.querySelector(".tabs [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
