"""The large demo network at a hundredth of its size."""

from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from app.agreements.sla.models import ClockRecord
from app.assets.devices.models import Device
from app.demo.large.network import NetworkSize, fill
from app.demo.large.report_times import is_workday
from app.demo.onboarding import Partner
from app.demo.simulation import Simulation
from app.desk.tickets import OPEN_STATES
from app.desk.tickets.models import Ticket
from app.platform.kernel.actor import Actor
from app.platform.kernel.outbox import DueEntry
from app.platform.kernel.runtime import Runtime
from app.platform.kernel.time_source import PLATFORM_ZONE, SettableClock
from app.worker import all_consumers, all_sweeps
from tenants.partner_metrics.models import QualityRollup
from tests.conftest import START

SIZE = NetworkSize(partners=2, clients=5, devices=150, tickets=400)


@pytest.fixture(scope="module")
async def partners(runtime: Runtime, clock: SettableClock) -> list[Partner]:
    simulation = Simulation(runtime, clock, all_consumers(), all_sweeps())
    _, made = await fill(simulation, START, SIZE, lambda _: None)
    return made


async def test_tickets_live_at_every_stage_and_nothing_of_the_past_is_still_due(
    runtime: Runtime, partners: list[Partner]
) -> None:
    states: set[str] = set()
    tickets = 0
    for partner in partners:
        async with runtime.units_of_work.begin(Actor.system(partner.id)) as work:
            states |= set(await work.session.scalars(select(Ticket.state)))
            tickets += await work.session.scalar(select(func.count(Ticket.id))) or 0
            assert not await work.session.scalar(select(func.count(DueEntry.id)).where(DueEntry.due_at <= START))
    assert SIZE.tickets <= tickets <= SIZE.tickets + 12
    assert states & OPEN_STATES
    assert {"closed", "cancelled"} <= states


def _age(bought: date | None) -> float:
    assert bought is not None
    return (START.date() - bought) / timedelta(days=1)


async def test_people_report_on_workdays_and_old_machines_more(runtime: Runtime, partners: list[Partner]) -> None:
    ages: list[float] = []
    all_ages: list[float] = []
    workdays = 0
    for partner in partners:
        async with runtime.units_of_work.begin(Actor.system(partner.id)) as work:
            rows = await work.session.execute(
                select(Ticket.reported_at, Device.purchased_on).join(
                    Device, (Device.tenant_id == Ticket.tenant_id) & (Device.id == Ticket.device_id)
                )
            )
            for reported_at, bought in rows:
                workdays += is_workday(reported_at.astimezone(PLATFORM_ZONE).date())
                ages.append(_age(bought))
            all_ages += [_age(bought) for bought in await work.session.scalars(select(Device.purchased_on))]
    assert workdays > 0.8 * len(ages)
    assert sum(ages) / len(ages) > sum(all_ages) / len(all_ages)


async def test_headquarters_finds_two_years_and_promises_broken_and_kept(
    runtime: Runtime, partners: list[Partner]
) -> None:
    for partner in partners:
        async with runtime.units_of_work.begin(Actor.system(partner.id)) as work:
            months = await work.session.scalar(select(func.count(QualityRollup.id)))
            counted = await work.session.scalar(select(func.sum(QualityRollup.tickets)))
            states = set(await work.session.scalars(select(ClockRecord.state).distinct()))
            assert (months or 0) >= 20
            assert counted == await work.session.scalar(select(func.count(Ticket.id)))
            assert {"met", "breached"} <= states
