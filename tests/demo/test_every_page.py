"""The demo can be filled today, and every page of every role opens, with the records that it leads to."""

import re
from collections import Counter
from typing import Any, cast

import httpx
import pytest
from litestar import Litestar
from litestar.routes import HTTPRoute

from app.demo.network import fill
from app.demo.onboarding import Partner
from app.demo.sample_data import PARTNERS, PASSWORD
from app.demo.simulation import Simulation
from app.platform.kernel.runtime import Runtime
from app.platform.kernel.time_source import SettableClock
from app.worker import all_consumers, all_sweeps

pytestmark = pytest.mark.any_day

DAYS = 2
"""Enough for every page to have something to show."""
NO_PAGE = ("/live", "/export")
"""Streams and files."""
OF_A_KIND = 12
"""Records opened of each kind."""
_LINK = re.compile(r'href="(/[^"#?]*)"')
_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@pytest.fixture(scope="module")
async def filled(runtime: Runtime, machine_time: SettableClock) -> tuple[str, list[Partner]]:
    simulation = Simulation(runtime, machine_time, all_consumers(), all_sweeps())
    return await fill(simulation, machine_time.now(), PARTNERS[:1], DAYS, tickets=0)


def pages(application: Litestar, portal: str) -> list[str]:
    """Every page of a face that can be opened without knowing a record."""
    return sorted(
        route.path
        for route in application.routes
        if isinstance(route, HTTPRoute)
        and "GET" in route.methods
        and route.path.startswith(portal)
        and "{" not in route.path
        and not route.path.endswith(NO_PAGE)
    )


def records_of(portal: str, links: list[str]) -> list[str]:
    """The records of a portal that some page leads to, some of each kind."""
    kinds: Counter[str] = Counter()
    chosen = []
    for link in dict.fromkeys(links):
        kind = _ID.sub("{id}", link)
        if kind == link or not link.startswith(portal) or link.endswith((*NO_PAGE, ".pdf")):
            continue
        kinds[kind] += 1
        if kinds[kind] <= OF_A_KIND:
            chosen.append(link)
    return chosen


async def test_every_page_opens_for_its_people_in_a_network_filled_today(
    filled: tuple[str, list[Partner]], application: Litestar, machine_time: SettableClock
) -> None:
    administrator, (partner,) = filled
    people = {
        "/hq": administrator,
        "/workspace": partner.emails["owner"],
        "/field": partner.emails["engineer1"],
        "/portal": partner.clients[0].contact_email,
    }
    transport = httpx.ASGITransport(cast("Any", application), raise_app_exceptions=False)
    broken: list[str] = []
    records = 0
    for portal, person in people.items():
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000") as browser:
            opened = await browser.post("/api/v1/sessions", json={"name": person, "password": PASSWORD})
            browser.headers["authorization"] = f"Bearer {opened.json()['token']}"
            assert (await browser.get(portal)).status_code == 200, portal
            found: list[str] = []
            for page in pages(application, portal):
                answer = await browser.get(page)
                found += _LINK.findall(answer.text)
                if answer.status_code >= 500:
                    broken.append(f"{page}: {answer.status_code}")
            for record in records_of(portal, found):
                records += 1
                answer = await browser.get(record)
                if answer.status_code >= 500:
                    broken.append(f"{record}: {answer.status_code}")
    assert records > OF_A_KIND, "the pages of a filled network lead to records"
    assert not broken, f"on {machine_time.now():%Y-%m-%d %H:%M} UTC:\n" + "\n".join(broken)
