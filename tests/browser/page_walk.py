"""Every page that somebody can open, at a desk and on a phone: what is wrong with it, and a picture of it.

Pages are found by the program's own addresses and by the links on pages, so a new area's pages are opened from their
first day. Of all records of a kind one is opened, of a list's views one. Pages are looked at by day and by night, in
Chinese and in English: which of these at which width goes around from page to page.
"""

import asyncio
import re
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import NamedTuple
from urllib.parse import parse_qs, urlsplit

from litestar import Litestar
from litestar.routes import HTTPRoute
from playwright.async_api import Browser, BrowserContext, Error, Page, Response

from tests.browser.accessibility import findings_of
from tests.browser.phone_width import CRAMPED, WIDER

ROOT = Path(__file__).parents[2]
PICTURES = ROOT / "build/screenshots/pages"
DESK, PHONE = 1280, 390
LOOKS = (("zh-CN", "light"), ("en", "dark"), ("zh-CN", "dark"), ("en", "light"))
"""Language and theme."""
_PARAMETERS = {"uuid": r"[0-9a-f]{8}-[0-9a-f-]{27}", "int": r"\d+", "date": r"\d{4}-\d{2}-\d{2}"}
_NO_PAGE = re.compile(
    r"/(api|live|static|health|metrics|sign-out|gallery|mailbox)(/|$)|\.(pdf|csv|xlsx|zip|ics|png|jpe?g|webmanifest|js)$"
    r"|/(files|photos|export|error-sheet|report|download|labels|log|service-reports|offline|events)(/|$)"
)
_LINKS = "() => [...document.querySelectorAll('a[href]:not([download])')].map((link) => link.href)"
_UNFIXED = "document.querySelectorAll('.app__bar, .phone__foot').forEach((bar) => (bar.style.position = 'static'))"
"""What stands at the bottom of the screen covers something wherever one scrolls to."""
_SETTLED = "() => !document.querySelector('.htmx-request') && document.fonts.status === 'loaded'"


class Kinds:
    """Which addresses are the same page of different records, or different views of the same list."""

    def __init__(self, application: Litestar) -> None:
        routes = [each.path for each in application.routes if isinstance(each, HTTPRoute) and "GET" in each.methods]
        self._patterns = [(_pattern(path), path) for path in sorted(routes, key=lambda path: path.count("{"))]
        self.without_record = [path for path in routes if "{" not in path]
        """The addresses that name no record."""

    def of(self, address: str) -> str:
        """The route's path, and of the query the tab."""
        parts = urlsplit(address)
        route = next((path for pattern, path in self._patterns if pattern.fullmatch(parts.path)), parts.path)
        return route + "".join(f"?tab={tab}" for tab in parse_qs(parts.query).get("tab", [])[:1])

    def below(self, face: str) -> list[str]:
        """The addresses below a face's that name no record."""
        return sorted(path for path in self.without_record if f"{path}/".startswith(f"{face}/"))


def _pattern(path: str) -> re.Pattern[str]:
    parts = re.split(r"\{\w+:(\w+)\}", path)
    return re.compile(
        "".join(_PARAMETERS.get(part, "[^/]+") if n % 2 else re.escape(part) for n, part in enumerate(parts))
    )


class Fault(NamedTuple):
    """Something wrong with a page, and how it was shown."""

    address: str
    shown: str
    what: str

    def __str__(self) -> str:
        return f"{self.address} ({self.shown}): {self.what}"


@dataclass
class Walker:
    """Somebody with a desk and a phone, signed in on both, who opens what nobody has opened before."""

    person: str
    site: str
    desk: Page
    phone: Page
    kinds: Kinds
    seen: set[str]
    """The kinds of pages that were opened, by this person and those before."""
    faults: list[Fault] = field(default_factory=list)
    opened: int = 0
    _tried: set[str] = field(default_factory=set)

    async def walk(self, *starts: str) -> None:
        """Open `starts` and what they lead to."""
        waiting, turns = list(self._untried(starts)), count()
        while waiting:
            address, turn = waiting.pop(0), next(turns)
            looks = [LOOKS[(turn + place) % len(LOOKS)] for place in (0, 1)]
            answers = await asyncio.gather(
                *(self._open(page, address, *look) for page, look in zip((self.desk, self.phone), looks, strict=True))
            )
            kind = self.kinds.of(self.desk.url)
            if None in answers or kind in self.seen:
                continue
            self.seen |= {kind, self.kinds.of(address)}
            self.opened += 1
            await asyncio.gather(self._look_at(self.desk, *looks[0]), self._look_at(self.phone, *looks[1]))
            waiting += self._untried(await self.desk.evaluate(_LINKS))

    def _untried(self, addresses: Iterable[str]) -> Iterator[str]:
        for link in addresses:
            address, parts = link.split("#")[0], urlsplit(link)
            elsewhere = parts.scheme and f"{parts.scheme}://{parts.netloc}" != self.site
            kind = self.kinds.of(address)
            if elsewhere or _NO_PAGE.search(parts.path) or kind in self._tried or kind in self.seen:
                continue
            self._tried.add(kind)
            yield address

    async def _open(self, page: Page, address: str, language: str, theme: str) -> Response | None:
        """The answer, if it is a page, not a part of one, and this person may read it."""
        await set_cookies(page.context, self.site, {"language": language, "theme": theme})
        try:
            answer = await page.goto(address)
        except Error as error:
            if "Download is starting" in str(error):
                return None
            raise
        assert answer is not None
        assert answer.status < 500, f"{address}: {answer.status}"
        if not answer.ok or "text/html" not in answer.headers.get("content-type", ""):
            return None
        is_whole = (await answer.text()).lstrip()[:9].lower() == "<!doctype"
        return answer if is_whole else None

    async def _look_at(self, page: Page, language: str, theme: str) -> None:
        """Keep a picture of the page that is open, and note what is wrong with it."""
        width = PHONE if page is self.phone else DESK
        kind, shown = self.kinds.of(page.url), f"{width}-{language[:2]}-{theme}"
        await page.wait_for_function(_SETTLED)
        await page.evaluate(_UNFIXED)
        name = re.sub(r"[^\w-]+", "-", re.sub(r"\{(\w+):\w+\}", r"\1", kind)).strip("-") or "home"
        file = PICTURES / self.person / f"{name}-{shown}.jpg"
        await page.screenshot(path=file, full_page=True, animations="disabled", type="jpeg", quality=75)
        wrong = [str(each) for each in await findings_of(page)]
        if (wider := await page.evaluate(WIDER)) > 0:
            wrong.append(f"{wider} px too wide")
        if page is self.phone:
            wrong += [f"broken into a narrow column: {words}" for words in await page.evaluate(CRAMPED)]
        self.faults += [Fault(kind, shown, what) for what in wrong]
        with (PICTURES / "faults.txt").open("a") as kept:
            kept.writelines(f"{self.person} {Fault(kind, shown, what)}\n" for what in wrong)


@asynccontextmanager
async def walker(
    browser: Browser, site: str, person: str, cookies: Mapping[str, str], kinds: Kinds, seen: set[str]
) -> AsyncIterator[Walker]:
    """Open the browsers of a desk and a phone, with `cookies` in both."""
    (PICTURES / person).mkdir(parents=True, exist_ok=True)
    desk, phone = await _page(browser, site, cookies, DESK), await _page(browser, site, cookies, PHONE)
    yield Walker(person, site, desk, phone, kinds, seen)
    for page in (desk, phone):
        await page.context.close()


async def _page(browser: Browser, site: str, cookies: Mapping[str, str], width: int) -> Page:
    context = await browser.new_context(
        base_url=site,
        viewport={"width": width, "height": 860},
        has_touch=width == PHONE,
        is_mobile=width == PHONE,
        reduced_motion="reduce",
        service_workers="block",
        timezone_id="Asia/Shanghai",
    )
    context.set_default_timeout(15_000)
    await set_cookies(context, site, cookies)
    return await context.new_page()


async def set_cookies(context: BrowserContext, site: str, cookies: Mapping[str, str]) -> None:
    """Set the site's cookies."""
    await context.add_cookies([{"name": name, "value": value, "url": site} for name, value in cookies.items()])
