"""Every page of every role in a filled demo: who opens it, and the records that pages lead to."""

import re
from collections import Counter
from collections.abc import AsyncIterator, Iterable
from typing import NamedTuple

import httpx
from litestar import Litestar
from litestar.routes import HTTPRoute

from app.demo.onboarding import Partner
from app.demo.sample_data import PASSWORD, PIN

NO_PAGE = ("/live", "/export")
"""Streams and files."""
_LINK = re.compile(r'href="(/[^"#?]*)"')
_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class Role(NamedTuple):
    """Somebody of the demo: the portal that is theirs, and how the API signs them in."""

    name: str
    portal: str
    session: str
    signing_in: dict[str, str]


def roles_of(administrator: str, partner: Partner) -> list[Role]:
    """Everybody who signs in. `administrator` is headquarters', by e-mail address."""
    client = partner.clients[0]
    staff = {
        ("headquarters", "/hq"): administrator,
        ("owner", "/workspace"): partner.emails["owner"],
        ("dispatcher", "/workspace"): partner.emails["dispatcher"],
        ("engineer", "/field"): partner.emails["engineer1"],
        ("client", "/portal"): client.contact_email,
    }
    employee = {
        "tenant": partner.company.slug,
        "client": client.company.code,
        "device_number": client.demo_device_number,
        "pin": PIN,
    }
    return [
        *(Role(*who, "/api/v1/sessions", {"name": email, "password": PASSWORD}) for who, email in staff.items()),
        Role("employee", "/r", "/api/v1/reporter-sessions", employee),
    ]


def pages_of(application: Litestar, portal: str) -> list[str]:
    """Every page of a portal that can be opened without knowing a record."""
    return sorted(
        route.path
        for route in application.routes
        if isinstance(route, HTTPRoute)
        and "GET" in route.methods
        and f"{route.path}/".startswith(f"{portal}/")
        and "{" not in route.path
        and not route.path.endswith(NO_PAGE)
    )


def kind_of(address: str) -> str:
    """The address without the ids in it: all records of a kind are one page."""
    return _ID.sub("{id}", address)


def records_of(portal: str, links: Iterable[str], of_a_kind: int) -> list[str]:
    """The records of a portal that some page leads to, some of each kind."""
    kinds: Counter[str] = Counter()
    chosen = []
    for link in dict.fromkeys(links):
        kind = kind_of(link)
        if kind == link or not link.startswith(f"{portal}/") or link.endswith((*NO_PAGE, ".pdf")):
            continue
        kinds[kind] += 1
        if kinds[kind] <= of_a_kind:
            chosen.append(link)
    return chosen


async def sign_in(browser: httpx.AsyncClient, role: Role) -> str:
    """Give the browser the role's token; returns it."""
    answer = await browser.post(role.session, json=role.signing_in)
    token: str = answer.json()["token"]
    browser.headers["authorization"] = f"Bearer {token}"
    return token


async def opened(
    browser: httpx.AsyncClient, application: Litestar, role: Role, *, of_a_kind: int
) -> AsyncIterator[tuple[str, httpx.Response]]:
    """The role's pages, then the records that they lead to, with the answers."""
    links: list[str] = []
    for page in pages_of(application, role.portal):
        answer = await browser.get(page)
        links += _LINK.findall(answer.text)
        yield page, answer
    for record in records_of(role.portal, links, of_a_kind):
        yield record, await browser.get(record)
