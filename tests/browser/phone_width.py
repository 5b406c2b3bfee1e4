"""Every page that a person can reach by links, opened as wide as a phone: no page scrolls sideways, no words are broken
one or two characters to a line."""

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Error, Page

from tests.browser.people import PHONE

_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|[A-Z]+-\d{8}-\d+|\d{4}-\d{2}-\d{2}")
_NO_PAGE = re.compile(
    r"/(api|live|static|health|sign-out|mailbox)(/|$)|\.(pdf|csv|xlsx|zip|ics|png|jpe?g)$"
    r"|/(files|photos|export|error-sheet|report|download|labels|log|service-reports)(/|$)"
)
_LINKS = "() => [...document.querySelectorAll('a[href]:not([download])')].map((link) => link.href)"
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
WIDER = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"


def kind_of(address: str) -> str:
    """The page that an address is one of: ids and days left out, and of the query all but the tab.

    The views of a list are drawn alike.
    """
    parts = urlsplit(address)
    return _ID.sub("*", parts.path) + "".join(f"?tab={tab}" for tab in parse_qs(parts.query).get("tab", [])[:1])


def pages_from(page: Page, start: str, seen: set[str]) -> Iterator[str]:
    """Open one page of each kind that links lead to from `start` on, and yield its address while it is open.

    Kinds in `seen` are left out; what is opened joins them, so that nobody walks where somebody else has been.
    """
    page.set_viewport_size(PHONE)
    page.goto(start)
    origin = urlsplit(page.url).netloc
    waiting = [page.url]
    seen.add(kind_of(page.url))
    while waiting:
        address = waiting.pop(0)
        try:
            answer = page.goto(address)
        except Error as error:
            if "Download is starting" in str(error):
                continue
            raise
        if answer is None or not answer.ok or "text/html" not in answer.headers.get("content-type", ""):
            continue
        yield address
        for link in page.evaluate(_LINKS):
            parts = urlsplit(link)
            if parts.netloc == origin and not _NO_PAGE.search(parts.path) and kind_of(link) not in seen:
                seen.add(kind_of(link))
                waiting.append(link.split("#")[0])


def faults_of(page: Page) -> list[Any]:
    """What is wrong with the page that is open: words in a column too narrow for them, or a page too wide."""
    wider = page.evaluate(WIDER)
    return [*page.evaluate(CRAMPED), *([f"{wider} px too wide"] if wider > 0 else [])]
