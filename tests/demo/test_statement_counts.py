"""What a page asks of the database does not depend on how much there is: no page asks row by row.

Every page of every role, and every kind of record, is opened in a young company and again when it has grown.
"""

import random
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple, cast

import httpx
import pytest
from litestar import Litestar

from app.demo.onboarding import Onboarding, Partner
from app.demo.sample_data import PARTNERS
from app.demo.simulation import Simulation
from app.demo.ticket_simulation import TicketSimulation
from app.platform.kernel.actor import Actor
from app.platform.kernel.runtime import Runtime
from app.platform.kernel.time_source import SettableClock
from app.worker import all_consumers, all_sweeps
from tests.conftest import START
from tests.demo.every_page import Role, kind_of, opened, roles_of, sign_in
from tests.factories.network import Network, PartnerCompany
from tests.statements.statement_recorder import listen, stop_listening

MOST: Final = 12
"""Statements that a page may send without a line in `MORE`: who calls, the transaction with its context, what stands on
every page (the bell, the navigation's counts), and half a dozen questions of its own."""

MORE: Final = {
    "/portal": (
        15,
        "open matters with clocks, what waits for an answer, repeated faults, figures",
    ),
    "/portal/people": (14, "employees, contacts, sites and departments of the company"),
    "/workspace/clients/{id}": (20, "a client's people, places, open matters, figures, devices and service terms"),
    "/workspace/tickets/{id}": (15, "a ticket with its device's past, photos, reports and who could be sent"),
    "/field/visits/{id}": (
        19,
        "all that is needed in a dead zone: visit, device's past, photos, report, coverage, what waits for a quote",
    ),
}
"""Page → how many statements it may send, and what it shows that takes so many. Ask before you raise one: a tab that
is loaded by its own address, or a join, is often better."""

OF_A_KIND: Final = 3
"""Records opened of each kind."""


class Company(NamedTuple):
    """Headquarters and one partner at their beginning, and what makes them grow."""

    onboarding: Onboarding
    administrator: Actor
    email: str
    partner: Partner


async def found(onboarding: Onboarding) -> Company:
    """Headquarters, and a partner with one client."""
    administrator, email = await onboarding.headquarters()
    company = PARTNERS[0]
    partner = await onboarding.partner(company._replace(clients=company.clients[:1]), administrator)
    return Company(onboarding, administrator, email, partner)


async def work_on(company: Company, since: datetime, days: int, tickets: int) -> datetime:
    """Days of work; returns when they end."""
    until = since + timedelta(days=days)
    simulation = company.onboarding.simulation
    await TicketSimulation(simulation, [company.partner], company.onboarding.rng).run(
        since, until, tickets, lambda _: None
    )
    return until


async def grow(company: Company, network: Network, since: datetime) -> None:
    """More of everything: clients, devices, people, tickets, and another partner."""
    onboarding, partner = company.onboarding, company.partner
    employer = PartnerCompany(partner.id, partner.company.slug, partner.company.legal_name)
    for client in PARTNERS[0].clients[1:]:
        await onboarding.import_devices(partner, await onboarding.add_client(partner, client), client)
    await onboarding.partner(PARTNERS[1], company.administrator)
    await work_on(company, since, days=2, tickets=30)
    # The demo knows only its own engineers, so these come after its work.
    for number in range(4):
        await network.engineer(employer, f"新工程师{number}")
        await network.member(partner.id, f"新同事{number}", ["dispatcher"])


class StatementCount:
    """Counts what goes to the database."""

    def __init__(self) -> None:
        self.statements = 0
        """So far."""

    def __call__(self, _role: str, _text: str, _parameters: tuple[Any, ...]) -> None:
        self.statements += 1


async def counts(application: Litestar, roles: list[Role]) -> dict[tuple[str, str], int]:
    """Role and address → how many statements opening it takes; caches are warm."""
    found: dict[tuple[str, str], int] = {}
    transport = httpx.ASGITransport(cast("Any", application), raise_app_exceptions=False)
    for role in roles:
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000") as browser:
            await sign_in(browser, role)
            addresses = [address async for address, _ in opened(browser, application, role, of_a_kind=OF_A_KIND)]
            for address in addresses:
                count = StatementCount()
                listen(count)
                answer = await browser.get(address)
                stop_listening(count)
                assert answer.status_code < 500, address
                found[role.name, address] = count.statements
    return found


@pytest.mark.slow(60, "two demos of a few days, and every page of every role four times")
async def test_a_page_asks_a_few_questions_however_much_there_is(
    runtime: Runtime, application: Litestar, clock: SettableClock
) -> None:
    begun = START - timedelta(days=5)
    clock.set(begun - timedelta(days=3))
    company = await found(Onboarding(Simulation(runtime, clock, all_consumers(), all_sweeps()), random.Random(1)))
    since = await work_on(company, begun, days=1, tickets=6)
    roles = roles_of(company.email, company.partner)
    young = await counts(application, roles)
    await grow(company, Network(runtime), since)
    grown = await counts(application, roles)
    growing = [
        f"{role} {address}: {young[role, address]} statements, later {count}"
        for (role, address), count in grown.items()
        if count > young.get((role, address), count) and count > largest(young)[kind_of(address)]
    ]
    assert not growing, (
        "these pages ask more where there is more, which is slow where there is much: read the rows together "
        "(`column.in_(ids)`, a join, an aggregate) and not one by one in a loop or a template:\n" + "\n".join(growing)
    )
    many = [
        f"{kind}: {count} statements of {most(kind)}"
        for kind, count in (largest(young) | largest(grown)).items()
        if count > most(kind)
    ]
    assert not many, (
        "these pages ask more than they may: join, read together, or load a part by its own address; if all of it is "
        "needed at once, say what for in MORE:\n" + "\n".join(many)
    )


def largest(counted: dict[tuple[str, str], int]) -> dict[str, int]:
    """Kind of page → the most statements that any role's took."""
    found: dict[str, int] = {}
    for (_, address), count in counted.items():
        found[kind_of(address)] = max(count, found.get(kind_of(address), 0))
    return found


def most(kind: str) -> int:
    """How many statements the page may send."""
    return MORE[kind][0] if kind in MORE else MOST
