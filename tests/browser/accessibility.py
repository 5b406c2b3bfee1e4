"""What stands in the way of people who use a screen reader, a keyboard or large print: axe's findings."""

from pathlib import Path
from typing import Any, NamedTuple

from playwright.async_api import Page

import app.platform.web

AXE = (Path(app.platform.web.__file__).parent / "assets/node_modules/axe-core/axe.min.js").read_text()
_RUN = """async () => {
  await Promise.all(document.getAnimations().map((each) => each.finished.catch(() => {})));
  const run = await axe.run(document, {
    runOnly: %s,
    resultTypes: ["violations"],
    selectors: false,
    preload: {assets: ["media"]},
  });
  return run.violations.flatMap((each) => each.nodes.map((node) => [each.id, node.html, node.failureSummary]));
}""" % ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"]

"""Selectors are not told, and style sheets are read for experimental rules only: without both it takes less."""


class Finding(NamedTuple):
    """One element that breaks a rule of axe's."""

    rule: str
    element: str
    why: str

    def __str__(self) -> str:
        return f"{self.rule}: {self.element[:200]} {' '.join(self.why.split())[:300]}"


async def findings_of(page: Page) -> list[Finding]:
    """Everything that axe has against the page as it is open."""
    if not await page.evaluate("typeof axe !== 'undefined'"):
        await page.evaluate(AXE)
    found: list[Any] = await page.evaluate(_RUN)
    return [Finding(*each) for each in found]
