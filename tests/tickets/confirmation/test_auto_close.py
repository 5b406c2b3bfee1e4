"""Nobody answers: two reminders on working days, then the ticket closes; never while nobody could have answered."""

from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select, update

from app.desk.tickets import (
    Assignment,
    Channel,
    DispatchService,
    Resolution,
    TicketCreate,
    TicketCreation,
    VisitService,
)
from app.desk.tickets.models import Ticket, TicketEvent
from app.platform.kernel.actor import HQ_TENANT_ID, Actor
from app.platform.kernel.outbox import DueEntry, DueKind
from app.platform.kernel.runtime import Runtime
from app.platform.kernel.time_source import SettableClock
from tenants.models import Tenant
from tests.conftest import START
from tests.factories.background import run_due_work
from tests.factories.network import Network, PartnerCompany

SHANGHAI = ZoneInfo("Asia/Shanghai")
RESOLVED = datetime(2026, 11, 19, 16, 0, tzinfo=SHANGHAI)
"""A Thursday afternoon; the weekend is no working time of an office calendar."""


@pytest.fixture
async def resolved(runtime: Runtime, clock: SettableClock, network: Network, partner: PartnerCompany) -> UUID:
    """A ticket that was resolved on Thursday at four."""
    clock.set(START)
    client = await network.client(partner)
    device_id, reporter = await network.device(client)
    engineer = await network.engineer(partner)
    assert engineer.membership_id
    async with runtime.units_of_work.begin(reporter) as work:
        fault = TicketCreate(subject="开不了机", device_id=device_id)
        ticket_id = (await TicketCreation(work).create(fault, Channel.EMPLOYEE)).id
    clock.set(RESOLVED - timedelta(hours=1))
    async with runtime.units_of_work.begin(partner.dispatcher) as work:
        planned = Assignment(engineer.membership_id, RESOLVED - timedelta(hours=1), RESOLVED)
        visit_id = await DispatchService(work).assign(ticket_id, planned)
    async with runtime.units_of_work.begin(engineer) as work:
        visits = VisitService(work)
        await visits.accept(visit_id)
        await visits.arrive(visit_id)
        clock.set(RESOLVED)
    async with runtime.units_of_work.begin(engineer) as work:
        await VisitService(work).resolve(visit_id, Resolution("更换内存条", "接触不良", 20))
    await run_due_work(runtime)
    return ticket_id


async def stands(runtime: Runtime, partner: PartnerCompany, ticket_id: UUID) -> tuple[str, str, int]:
    """State, by whom it was confirmed, and how many reminders went out."""
    async with runtime.units_of_work.begin(partner.system) as work:
        ticket = await work.session.get_one(Ticket, (partner.id, ticket_id))
        reminders = await work.session.scalar(
            select(func.count(TicketEvent.id)).where(TicketEvent.ticket_id == ticket_id, TicketEvent.kind == "reminder")
        )
        return ticket.state, ticket.confirmed_by, reminders or 0


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


async def set_tenant(runtime: Runtime, partner: PartnerCompany, state: str, reopened_at: datetime | None) -> None:
    async with runtime.units_of_work.begin(Actor.system(HQ_TENANT_ID)) as work:
        await work.session.execute(
            update(Tenant).where(Tenant.id == partner.id).values(state=state, reopened_at=reopened_at)
        )


async def test_reminded_on_two_working_days_and_closed_on_the_third(
    runtime: Runtime, clock: SettableClock, partner: PartnerCompany, resolved: UUID
) -> None:
    for moment, expected in (
        ("2026-11-20 15:59", ("resolved", "", 0)),
        ("2026-11-20 16:00", ("resolved", "", 1)),
        ("2026-11-22 16:00", ("resolved", "", 1)),  # Sunday: nobody is at work
        ("2026-11-23 16:00", ("resolved", "", 2)),
        ("2026-11-24 15:59", ("resolved", "", 2)),
        ("2026-11-24 16:00", ("closed", "silence", 2)),
    ):
        clock.set(local(moment))
        await run_due_work(runtime)
        assert await stands(runtime, partner, resolved) == expected, moment


async def test_nothing_is_closed_before_a_working_day_has_passed_since_a_suspension(
    runtime: Runtime, clock: SettableClock, partner: PartnerCompany, resolved: UUID
) -> None:
    for moment in ("2026-11-20 16:00", "2026-11-23 16:00"):
        clock.set(local(moment))
        await run_due_work(runtime)
    clock.set(local("2026-11-24 10:00"))
    await set_tenant(runtime, partner, "suspended", None)

    clock.set(local("2026-11-27 11:00"))
    await run_due_work(runtime)
    assert await stands(runtime, partner, resolved) == ("resolved", "", 2), "nobody could answer"

    await set_tenant(runtime, partner, "active", clock.now())
    await run_due_work(runtime)
    assert await stands(runtime, partner, resolved) == ("resolved", "", 2), "nobody has had the time to"
    async with runtime.units_of_work.begin(partner.system) as work:
        turn = await work.session.scalar(
            select(DueEntry.due_at).where(
                DueEntry.kind == DueKind.CONFIRMATION_REMINDER, DueEntry.subject_id == resolved
            )
        )
    assert turn == local("2026-11-30 11:00"), "the working day after Friday is Monday"

    clock.set(local("2026-11-30 10:59"))
    await run_due_work(runtime)
    assert (await stands(runtime, partner, resolved))[0] == "resolved"
    clock.set(local("2026-11-30 11:00"))
    await run_due_work(runtime)
    assert await stands(runtime, partner, resolved) == ("closed", "silence", 2)
