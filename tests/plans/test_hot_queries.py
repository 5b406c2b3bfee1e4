"""What everybody waits for costs what it shows, not what there is: an index finds it, and little more is read.

The questions are asked through the application's own services, as its own roles, in each ring; each statement that
leaves is then explained where it ran.
"""

import contextlib
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from app.assets.devices.schemas import DeviceFilter
from app.assets.devices.services.devices import DeviceService
from app.assets.devices.web_interface import page_of
from app.desk.tickets import TicketState
from app.desk.tickets.queries.device_history import DeviceHistoryService
from app.desk.tickets.queries.search import SearchService
from app.desk.tickets.queries.tickets import TicketQueries
from app.desk.tickets.schemas import TicketFilter
from app.desk.tickets.visits.queries import VisitQueries
from app.people.identity.authentication import SessionAuthenticator
from app.platform.background.due import due_tenants
from app.platform.background.event_queue import take_due
from app.platform.background.sweeps import Sweeper, Sweeps
from app.platform.http.pagination import encode_position
from app.platform.kernel.actor import Actor
from app.platform.kernel.ids import new_id
from app.platform.kernel.outbox import DueEntry, DueKind
from app.platform.kernel.runtime import Runtime
from app.platform.kernel.unit_of_work import UnitOfWork
from app.platform.lists.paging import ListPosition
from app.platform.notifications.service import NotificationService
from app.portals.desk.queries import caller_of_device
from tenants.partner_metrics.period import Grain, Period
from tenants.partner_metrics.repository import NetworkRepository
from tenants.partner_metrics.rollups import record_ticket
from tests.factories.network import Network
from tests.factories.ticket_archive import ObservedPartner, Volume, fill
from tests.plans.query_plans import ALLOWANCE, FACTOR, SMALL, Plan, explained, sent_statements

Ask = Callable[[UnitOfWork], Awaitable[Any]]


@dataclass
class Scene:
    """A filled database, and somebody of each ring."""

    runtime: Runtime
    observed: ObservedPartner
    network: Network
    people: dict[str, Actor]
    large: set[str]
    tickets: dict[str, UUID]
    sizes: dict[str, float]
    """Rows of each large table."""


OF_A_SMALL_PARTNER = 600
"""Tickets of each other partner; they have fewer devices and people."""


@pytest.fixture(scope="module")
async def scene(runtime: Runtime, network: Network, admin_dsn: str, database: str) -> Scene:
    partner = await network.partner()
    client = await network.client(partner)
    device_id, reporter = await network.device(client)
    engineer = await network.engineer(partner)
    await network.service_level(partner)
    assert engineer.membership_id
    assert reporter.reporter_id
    observed = ObservedPartner(partner.id, engineer.membership_id, client.id, device_id, reporter.reporter_id)
    address = re.sub(r"/[^/]*$", f"/{database}", admin_dsn)
    await fill(address, observed, runtime.clock.now(), Volume(12_000), others=15, others_tickets=OF_A_SMALL_PARTNER)
    admin: Any = await asyncpg.connect(address)
    rows = await admin.fetch("SELECT relname, reltuples FROM pg_class WHERE relkind = 'r' AND reltuples > $1", SMALL)
    own = await admin.fetch(
        "SELECT id FROM ticket WHERE tenant_id = $1 AND reporter_id = $2 ORDER BY reported_at DESC LIMIT 1",
        observed.tenant_id,
        observed.reporter_id,
    )
    neighbour = await admin.fetchval("SELECT tenant_id FROM ticket WHERE tenant_id <> $1 LIMIT 1", observed.tenant_id)
    await admin.close()
    people = {
        "dispatcher": partner.dispatcher,
        "engineer": engineer,
        "client": client.contact,
        "reporter": reporter,
        "system": partner.system,
        "small partner": replace(partner.dispatcher, tenant_id=neighbour),
    }
    sizes = {row["relname"]: row["reltuples"] for row in rows}
    return Scene(runtime, observed, network, people, set(sizes), {"own": own[0]["id"]}, sizes)


async def plans(scene: Scene, who: str, ask: Ask) -> list[Plan]:
    """Ask as somebody, and explain everything that was sent, in the same transaction; nothing of it is kept."""
    found: list[Plan] = []
    with contextlib.suppress(Undone):
        async with scene.runtime.units_of_work.begin(scene.people[who]) as work:
            async with sent_statements() as sent:
                await ask(work)
            raw = await (await work.session.connection()).get_raw_connection()
            found += [await explained(raw.driver_connection, statement) for statement in sent]
            raise Undone
    return found


class Undone(Exception):
    """Rolls the transaction back."""


def judge(found: list[Plan], large: set[str], factor: float = FACTOR) -> None:
    assert found, "nothing was asked"
    bad = [f"{'; '.join(words)}\n    {plan.text}" for plan in found if (words := plan.complaints(large, factor))]
    assert not bad, "\n".join(bad)


def newest(**wanted: Any) -> Ask:
    return lambda work: TicketQueries(work).newest(TicketFilter(**wanted), limit=51)


def most_urgent(**wanted: Any) -> Ask:
    return lambda work: TicketQueries(work).most_urgent(TicketFilter(**wanted), limit=51)


LISTS: dict[str, Callable[[Scene], Ask]] = {
    "everything": lambda scene: newest(),
    "open": lambda scene: newest(open_only=True),
    "one state": lambda scene: newest(states=(TicketState.RESOLVED,)),
    "several states": lambda scene: newest(states=(TicketState.NEW, TicketState.WAITING)),
    "closed": lambda scene: newest(states=(TicketState.CLOSED,)),
    "one client": lambda scene: newest(client_id=scene.observed.client_id),
    "one client, open": lambda scene: newest(client_id=scene.observed.client_id, open_only=True),
    "one device": lambda scene: newest(device_id=scene.observed.device_id),
    "a priority, open": lambda scene: newest(priorities=("P1", "P2"), open_only=True),
    "a month": lambda scene: newest(
        reported_from=scene.runtime.clock.now() - timedelta(days=200),
        reported_to=scene.runtime.clock.now() - timedelta(days=190),
    ),
    "a number": lambda scene: newest(number="20261101"),
    "urgent, open": lambda scene: most_urgent(open_only=True),
    "due today": lambda scene: most_urgent(open_only=True, due_before=scene.runtime.clock.now() + timedelta(hours=9)),
}


@pytest.mark.parametrize("question", LISTS)
@pytest.mark.parametrize("who", ["dispatcher", "client", "reporter"])
async def test_a_list_reads_what_it_shows(scene: Scene, who: str, question: str) -> None:
    judge(await plans(scene, who, LISTS[question](scene)), scene.large)


async def test_a_priority_is_one_of_four_and_reads_four_times_as_much(scene: Scene) -> None:
    """Priorities are filtered, not found: another index would cost every new ticket more than it saves a rare list."""
    judge(await plans(scene, "dispatcher", newest(priorities=("P1",))), scene.large, factor=5)


@pytest.mark.parametrize("order", ["newest", "most_urgent"])
@pytest.mark.parametrize("who", ["dispatcher", "client"])
async def test_the_next_page_costs_no_more_than_the_first(scene: Scene, who: str, order: str) -> None:
    async def turn(work: UnitOfWork) -> None:
        reading = TicketQueries(work)
        if order == "newest":
            page = await reading.newest(TicketFilter(), limit=50)
            await reading.newest(TicketFilter(), after=(page[-1].reported_at, page[-1].id), limit=50)
        else:
            wanted = TicketFilter(open_only=True)
            queue = await reading.most_urgent(wanted, limit=50)
            await reading.most_urgent(wanted, after=(queue[-1].due_at, queue[-1].id), limit=50)

    judge(await plans(scene, who, turn), scene.large)


@pytest.mark.parametrize("question", ["newest", "open", "most_urgent"])
async def test_an_engineers_own_work_is_found_among_everybodys(scene: Scene, question: str) -> None:
    asked = {"newest": newest(), "open": newest(open_only=True), "most_urgent": most_urgent(open_only=True)}
    judge(await plans(scene, "engineer", asked[question]), scene.large)


@pytest.mark.parametrize("who", ["dispatcher", "client", "reporter"])
async def test_counting_reads_what_it_counts(scene: Scene, who: str) -> None:
    async def count(work: UnitOfWork) -> None:
        await TicketQueries(work).count_by_state(TicketFilter(open_only=True))

    judge(await plans(scene, who, count), scene.large)


@pytest.mark.parametrize("who", ["dispatcher", "client", "reporter"])
async def test_one_ticket_with_its_timeline_clocks_and_visits(scene: Scene, who: str) -> None:
    async def read(work: UnitOfWork) -> None:
        await TicketQueries(work).ticket(scene.tickets["own"])

    judge(await plans(scene, who, read), scene.large)


async def test_the_promises_of_a_page(scene: Scene) -> None:
    async def read(work: UnitOfWork) -> None:
        page = await TicketQueries(work).most_urgent(TicketFilter(open_only=True), limit=50)
        await TicketQueries(work).next_promises([line.id for line in page])

    judge(await plans(scene, "dispatcher", read), scene.large)


async def test_an_engineers_day(scene: Scene) -> None:
    judge(await plans(scene, "engineer", lambda work: VisitQueries(work).day()), scene.large)


async def test_what_an_engineer_has_finished(scene: Scene) -> None:
    judge(await plans(scene, "engineer", lambda work: VisitQueries(work).finished()), scene.large)


@pytest.mark.parametrize("who", ["dispatcher", "client", "reporter"])
@pytest.mark.parametrize("wanted", [{}, {"state": "in_use"}])
async def test_a_list_of_devices(scene: Scene, who: str, wanted: dict[str, Any]) -> None:
    async def page(work: UnitOfWork) -> None:
        await page_of(work, DeviceFilter(**wanted), None)

    judge(await plans(scene, who, page), scene.large)


async def test_a_page_of_devices_behind_a_number(scene: Scene) -> None:
    async def page(work: UnitOfWork) -> None:
        place = ListPosition("number", "NB-000900", scene.observed.device_id)
        await page_of(work, DeviceFilter(), encode_position(place))

    judge(await plans(scene, "dispatcher", page), scene.large)


@pytest.mark.parametrize("who", ["dispatcher", "client"])
async def test_a_devices_whole_life(scene: Scene, who: str) -> None:
    async def read(work: UnitOfWork) -> None:
        await DeviceHistoryService(work, DeviceService(work, scene.network.signin)).of(scene.observed.device_id)

    judge(await plans(scene, who, read), scene.large)


async def search(scene: Scene, who: str, typed: str) -> list[Plan]:
    async def ask(work: UnitOfWork) -> None:
        await SearchService(work).search(typed)
        await TicketQueries(work).most_urgent(TicketFilter(text=typed), limit=51)
        await TicketQueries(work).count_by_state(TicketFilter(text=typed))
        await page_of(work, DeviceFilter(text=typed), None)

    found = await plans(scene, who, ask)
    assert found, "nothing was asked"
    return found


@pytest.mark.parametrize(
    "typed", ["NB-000400", "777", "13800000777", "员工77", "客户7", "障 工", "没有这个词", "客户 -故障"]
)
async def test_a_search_reads_no_record_twice(scene: Scene, typed: str) -> None:
    """Words inside a text are found by reading, so each record is read once: never again for every other one."""
    for plan in await search(scene, "dispatcher", typed):
        most = 1 + len(typed.split())
        for table in plan.read.keys() & scene.large:
            assert plan.read[table] <= most * scene.sizes[table] + ALLOWANCE, f"{table}: {plan.text}"


@pytest.mark.parametrize("typed", ["777", "没有这个词"])
async def test_a_small_partner_searches_its_own_records_only(scene: Scene, typed: str) -> None:
    for plan in await search(scene, "small partner", typed):
        assert not plan.whole & scene.large, plan.text
        for table in plan.read.keys() & scene.large:
            assert plan.read[table] <= FACTOR * OF_A_SMALL_PARTNER + ALLOWANCE, f"{table}: {plan.text}"


async def test_who_is_calling(scene: Scene) -> None:
    judge(
        await plans(scene, "dispatcher", lambda work: caller_of_device(work.session, scene.observed.device_id)),
        scene.large,
    )


@pytest.mark.parametrize("who", ["dispatcher", "client"])
async def test_the_bell(scene: Scene, who: str) -> None:
    judge(await plans(scene, who, lambda work: NotificationService(work).bell()), scene.large)


# --- in the background, and before anybody is known -----------------------------------------------


async def outside(scene: Scene, role: Any, ask: Callable[[], Awaitable[Any]]) -> list[Plan]:
    async with sent_statements() as sent:
        await ask()
    async with scene.runtime.engine(role).connect() as connection:
        raw = await connection.get_raw_connection()
        return [await explained(raw.driver_connection, statement) for statement in sent]


async def test_asking_who_has_something_due_reads_what_is_due(scene: Scene) -> None:
    async with scene.runtime.units_of_work.begin(scene.people["system"]) as work:
        for _ in range(5):
            work.schedule(DueKind.SLA_THRESHOLD, new_id(), work.now)
    asked = await outside(scene, "sweeper", lambda: due_tenants(scene.runtime, list(DueKind)))
    judge(asked, scene.large)


async def test_claiming_from_the_outbox_reads_what_is_due(scene: Scene) -> None:
    async def claim(work: UnitOfWork) -> None:
        for _ in range(5):
            work.session.add(DueEntry(**_due(work, DueKind.OUTBOX)))
        await work.session.flush()
        await take_due(work, DueKind.OUTBOX, 200)

    judge(await plans(scene, "system", claim), scene.large)


async def test_claiming_for_a_sweep_reads_what_is_due(scene: Scene) -> None:
    async with scene.runtime.units_of_work.begin(scene.people["system"]) as work:
        for _ in range(5):
            work.schedule(DueKind.DELIVERY_RETRY, new_id(), work.now)
    sweeper = Sweeper(scene.runtime, Sweeps())
    async with sent_statements() as sent:
        await sweeper._claim(scene.observed.tenant_id, DueKind.DELIVERY_RETRY)
    async with scene.runtime.units_of_work.begin(scene.people["system"]) as work:
        raw = await (await work.session.connection()).get_raw_connection()
        judge([await explained(raw.driver_connection, each) for each in sent], scene.large)


async def test_recording_one_ticket_in_the_figures_reads_one_ticket(scene: Scene) -> None:
    judge(await plans(scene, "system", lambda work: record_ticket(work, scene.tickets["own"])), scene.large)


async def test_a_session_is_looked_up_by_its_token(scene: Scene) -> None:
    token = await scene.network.token(scene.people["dispatcher"])
    known = SessionAuthenticator(scene.runtime.caller_lookups, scene.runtime.clock)
    judge(await outside(scene, "signin", lambda: known.authenticate(token, "zh-CN")), scene.large)


async def test_headquarters_page_reads_the_months_that_it_shows(scene: Scene) -> None:
    today = scene.runtime.clock.now().date().replace(day=1)
    months = Period(Grain.MONTH, (today - timedelta(days=150)).replace(day=1), today)

    async def read() -> None:
        async with NetworkRepository.open(scene.runtime.engine("network")) as repository:
            await repository.by_partner(months)
            await repository.by_step(months)
            await repository.partners()

    judge(await outside(scene, "network", read), scene.large)


def _due(work: UnitOfWork, kind: DueKind) -> dict[str, Any]:
    return {
        "tenant_id": work.tenant_id,
        "id": work.new_id(),
        "kind": kind,
        "subject_id": work.new_id(),
        "due_at": work.now,
    }
