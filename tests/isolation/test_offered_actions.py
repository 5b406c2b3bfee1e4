"""No page offers what its reader may not do: every page, as every role, with every form, button and link on it followed
to the handler behind it. A new page is walked from its first day."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

import httpx
import pytest
from litestar import Litestar
from litestar.handlers import HTTPRouteHandler
from litestar.routes import HTTPRoute

from app.platform.kernel.actor import HQ_TENANT_ID, Actor, ActorKind
from rbac import Access, Permission, permissions_of, roles_of
from rbac.guards import PORTALS
from tests.conftest import ClientFor
from tests.factories.network import Network
from tests.isolation.scenery import Scenery
from tests.isolation.test_routes import NO_RECORDS, filled, records_of

ROLES = [(kind, role) for kind in (ActorKind.HQ, ActorKind.PROVIDER, ActorKind.CLIENT) for role in roles_of(kind)]
LEFT_OUT = re.compile(r"^/(static|live|health|metrics|api|schema|gallery|r/live)\b|/export$|/events$|^/field/offline$")
"""What is no page: streams, files, the program's own state, and what an engineer's phone keeps for itself."""
_UUID = "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_VERBS = ("get", "post", "put", "patch", "delete")


class Offers(HTMLParser):
    """(method, address) of everything that can be pressed or followed, in the order of the page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self._page, self._form = page, ("GET", page)
        self.found: set[tuple[str, str]] = set()

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attributes}
        if "disabled" in given:
            return
        if tag == "form":
            # Of the form around a list's rows the buttons say where it goes.
            method = given.get("method", "get").upper()
            self._form = (method, urljoin(self._page, given.get("action") or self._page))
            if "list__rows" not in given.get("class", "").split():
                self.found.add(self._form)
        elif tag == "a" and given.get("href"):
            self.found.add(("GET", urljoin(self._page, given["href"])))
        elif "formaction" in given:
            # Lists of records are one form whose buttons say where they go.
            self.found.add((given.get("formmethod", "post").upper(), urljoin(self._page, given["formaction"])))
        for verb in _VERBS:
            if given.get(f"hx-{verb}"):
                self.found.add((verb.upper(), urljoin(self._page, given[f"hx-{verb}"])))


def _parameter(found: re.Match[str]) -> str:
    """What stands for a part of a path: an id is no word, so `/engineers/{engineer_id}` is not `/engineers/columns`."""
    return _UUID if found[1].endswith(":uuid") else "[^/]+"


def behind(application: Litestar) -> dict[tuple[str, re.Pattern[str]], HTTPRouteHandler]:
    """(method, pattern of the path) → handler."""
    found: dict[tuple[str, re.Pattern[str]], HTTPRouteHandler] = {}
    for route in application.routes:
        if isinstance(route, HTTPRoute):
            pattern = re.compile("^" + re.sub(r"\\\{([^}]*)\\\}", _parameter, re.escape(route.path)) + "/?$")
            for handler in route.route_handlers:
                for method in handler.http_methods:
                    found[str(method), pattern] = handler
    return found


def pages(application: Litestar, scenery: Scenery) -> Iterator[str]:
    """The address of every page that can be opened with the scenery's records."""
    for route in application.routes:
        if not isinstance(route, HTTPRoute) or "GET" not in route.methods or LEFT_OUT.search(route.path):
            continue
        names = records_of(route.path)
        if set(re.findall(r"\{(\w+):", route.path)) & NO_RECORDS.keys() or not scenery.ids.keys() >= set(names):
            continue
        yield filled(route.path, scenery.ids)


async def reader(kind: ActorKind, role: str, network: Network, scenery: Scenery) -> Actor:
    if kind is ActorKind.HQ:
        return await network.member(HQ_TENANT_ID, "总部人员", [role])
    client_id = scenery.ids["client_id"] if kind is ActorKind.CLIENT else None
    return await network.member(scenery.owner.id, "某人", [role], client_id)


def refusal(kind: ActorKind, role: str, handler: HTTPRouteHandler, path: str) -> str:
    """Why the guard would refuse; empty where it would not."""
    needed = handler.opt.get("permission")
    portal = PORTALS.get(path.split("/", 2)[1])
    if needed is Access.PUBLIC:
        return ""
    if portal is not None and portal is not kind:
        return f"the face of {portal}"
    if isinstance(needed, Permission) and needed not in permissions_of(kind, (role,)):
        return f"needs {needed}"
    return ""


async def opened(caller: httpx.AsyncClient, address: str) -> str | None:
    """The page, if there is one for this reader."""
    answer = await caller.get(address)
    if answer.status_code != 200 or "text/html" not in answer.headers.get("content-type", ""):
        return None
    return answer.text


@pytest.mark.parametrize(("kind", "role"), ROLES)
@pytest.mark.slow(5, "every page of one role, and what it offers")
async def test_every_offer_can_be_taken_up(
    kind: ActorKind, role: str, application: Litestar, scenery: Scenery, network: Network, http: ClientFor
) -> None:
    caller, handlers = await http(await reader(kind, role, network, scenery)), behind(application)
    faults, seen = set(), 0
    for address in pages(application, scenery):
        html = await opened(caller, address)
        if html is None:
            continue
        seen += 1
        offers = Offers(address)
        offers.feed(html)
        for method, target in offers.found:
            path = urlsplit(target).path
            if urlsplit(target).scheme or urlsplit(target).netloc or LEFT_OUT.search(path):
                continue
            handler = next((each for (verb, way), each in handlers.items() if verb == method and way.match(path)), None)
            if handler is None:
                faults.add(f"{address}: nobody answers {method} {path}")
            elif why := refusal(kind, role, handler, path):
                faults.add(f"{address}: offers {method} {path}, which {why}")
    assert seen > 3, "the role sees pages"
    assert not faults, "\n".join(sorted(faults))
