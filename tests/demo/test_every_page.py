"""The demo can be filled today, and every page of every role opens, with the records that it leads to."""

from typing import Any, cast

import httpx
import pytest
from litestar import Litestar
from sqlalchemy import select

from app.demo.network import fill
from app.demo.onboarding import Partner
from app.demo.quoted_ticket import SUBJECT
from app.demo.sample_data import PARTNERS
from app.demo.simulation import Simulation
from app.desk.tickets.models import Ticket
from app.platform.kernel.actor import Actor
from app.platform.kernel.runtime import Runtime
from app.platform.kernel.time_source import SettableClock
from app.worker import all_consumers, all_sweeps
from billing.coverage.models import TicketCoverage
from billing.quotes.models import Quote
from billing.rating.models import Charge
from tests.demo.every_page import kind_of, opened, roles_of, sign_in

pytestmark = pytest.mark.any_day(on="dates")

DAYS = 2
"""Enough for every page to have something to show."""
OF_A_KIND = 12
"""Records opened of each kind."""


@pytest.fixture(scope="module")
async def filled(runtime: Runtime, machine_time: SettableClock) -> tuple[str, list[Partner]]:
    simulation = Simulation(runtime, machine_time, all_consumers(), all_sweeps())
    return await fill(simulation, machine_time.now(), PARTNERS[:1], DAYS, tickets=0)


@pytest.mark.slow(12, "every page of every role")
async def test_every_page_opens_for_its_people_in_a_network_filled_today(
    filled: tuple[str, list[Partner]], application: Litestar, machine_time: SettableClock
) -> None:
    administrator, (partner,) = filled
    transport = httpx.ASGITransport(cast("Any", application), raise_app_exceptions=False)
    broken: list[str] = []
    records = 0
    for role in roles_of(administrator, partner):
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000") as browser:
            await sign_in(browser, role)
            assert (await browser.get(role.portal)).status_code == 200, role
            async for address, answer in opened(browser, application, role, of_a_kind=OF_A_KIND):
                records += kind_of(address) != address
                if answer.status_code >= 500:
                    broken.append(f"{role.name} {address}: {answer.status_code}")
    assert records > OF_A_KIND, "the pages of a filled network lead to records"
    assert not broken, f"on {machine_time.now():%Y-%m-%d %H:%M} UTC:\n" + "\n".join(broken)


async def test_a_ticket_that_needs_a_quote_is_found_by_its_name_with_all_that_followed(
    filled: tuple[str, list[Partner]], runtime: Runtime
) -> None:
    _, (partner,) = filled
    async with runtime.units_of_work.begin(Actor.system(partner.id)) as work:
        found = select(Ticket).where(Ticket.subject == SUBJECT)
        ticket = (await work.session.scalars(found)).one()
        answer = await work.session.scalar(select(TicketCoverage.answer).where(TicketCoverage.ticket_id == ticket.id))
        quote = (await work.session.scalars(select(Quote.state).where(Quote.ticket_id == ticket.id))).all()
        charges = (await work.session.scalars(select(Charge.amount).where(Charge.ticket_id == ticket.id))).all()
    assert (answer, list(quote), ticket.state in {"confirmed", "closed"}) == ("needs_quote", ["approved"], True)
    assert sum(charges) > 0
