"""What a browser is asked about the page that is open: whether it is wider than its screen, and which words are broken
one or two characters to a line."""

CRAMPED = """() => {
  const found = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const isHidden = (element) => {
    for (let each = element; each; each = each.parentElement) {
      const style = getComputedStyle(each);
      if (style.clipPath !== "none" || (each.clientWidth <= 1 && style.overflow === "hidden")) return true;
    }
    return !element.checkVisibility({ visibilityProperty: true, opacityProperty: true });
  };
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const text = node.textContent.trim();
    const element = node.parentElement;
    if (text.length <= 4 || element.closest("svg, script, style, noscript, select, textarea, option")) continue;
    if (isHidden(element)) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    const boxes = [...range.getClientRects()].filter((box) => box.width > 0.5);
    const lines = new Set(boxes.map((box) => Math.round(box.top))).size;
    const widest = Math.max(0, ...boxes.map((box) => box.width));
    if (lines >= 3 && widest < 3.95 * parseFloat(getComputedStyle(element).fontSize)) found.push(text.slice(0, 40));
  }
  return found;
}"""
"""The words that a column too narrow for them breaks."""
WIDER = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
"""By how many pixels the page is wider than its screen."""
