"""What happens when a contract's days come."""

from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import UUID

import pytest
from sqlalchemy import select

from app.agreements.sla import AssignmentService
from app.agreements.sla.models import ServiceCalendarRecord, SlaPolicy
from app.platform.kernel.runtime import Runtime
from app.platform.kernel.time_source import SettableClock
from app.platform.notifications.models import Notification
from billing.contracts import ContractEnd
from billing.contracts.dates import DateKind
from billing.contracts.states import ContractState
from tests.contracts.contracts import Contracts, care, terms_of
from tests.factories.background import run_due_work
from tests.factories.network import Network

pytestmark = pytest.mark.usefixtures("monday_morning")
FIRST, AFTER = date(2026, 11, 1), date(2027, 11, 1)


async def morning_of(clock: SettableClock, runtime: Runtime, day: date) -> None:
    """Nine in the morning there, and everything that is due is done."""
    clock.set(datetime(day.year, day.month, day.day, 1, 0, 1, tzinfo=UTC))
    await run_due_work(runtime)


async def told(contracts: Contracts) -> list[str]:
    async with contracts.units_of_work.begin(contracts.partner.system) as work:
        rows = await work.session.scalars(select(Notification.text).where(Notification.text.contains("合同 ")))
        return sorted(rows)


async def policy_of(contracts: Contracts) -> UUID | None:
    async with contracts.units_of_work.begin(contracts.partner.system) as work:
        found = await AssignmentService(work).in_force(contracts.client.id)
        return found.policy_id if found is not None and found.client_id is not None else None


async def promised(network: Network, contracts: Contracts, template: str) -> tuple[UUID, UUID, UUID]:
    """A policy's id, its version and the calendar's version."""
    await network.service_level(contracts.partner, template)
    async with contracts.units_of_work.begin(contracts.partner.system) as work:
        policy = await work.session.scalar(select(SlaPolicy).where(SlaPolicy.name == template))
        calendar = await work.session.scalar(select(ServiceCalendarRecord))
        assert policy
        assert calendar
        return policy.id, policy.current_version_id, calendar.current_version_id


@pytest.mark.slow(8, "a year passes")
async def test_notice_acceptance_and_the_end_are_told(
    contracts: Contracts, clock: SettableClock, runtime: Runtime
) -> None:
    active = await contracts.active(terms_of(notice_days=60))
    dates = {each.kind: each.day for each in await contracts.call("dates", active.id)}
    assert dates == {
        DateKind.STARTS: FIRST,
        DateKind.NOTICE: date(2027, 9, 2),
        DateKind.ACCEPTANCE: date(2027, 10, 1),
        DateKind.ENDS: AFTER,
    }
    await morning_of(clock, runtime, date(2027, 9, 2))
    assert len(await told(contracts)) > 0
    await morning_of(clock, runtime, date(2027, 10, 1))
    assert any("到期前验收" in text for text in await told(contracts))
    assert (await contracts.call("get", active.id)).state == ContractState.ACTIVE
    await morning_of(clock, runtime, AFTER)
    assert (await contracts.call("get", active.id)).state == ContractState.ENDED


@pytest.mark.slow(8, "a year passes")
async def test_it_goes_on_by_itself_where_nobody_gave_notice(
    contracts: Contracts, clock: SettableClock, runtime: Runtime
) -> None:
    active = await contracts.active(terms_of(renewal_months=12, indexation=Decimal("0.05")))
    await morning_of(clock, runtime, AFTER)
    going_on = await contracts.call("get", active.id)
    assert (going_on.state, going_on.until_day) == (ContractState.ACTIVE, date(2028, 11, 1))
    assert list((await contracts.amounts(active.id, date(2027, 10, 31), AFTER)).values()) == ["3100", "3255.00"]


@pytest.mark.slow(8, "a year passes")
async def test_after_notice_it_ends(contracts: Contracts, clock: SettableClock, runtime: Runtime) -> None:
    active = await contracts.active(terms_of(renewal_months=12))
    await contracts.call("give_notice", active.id, active.version)
    await morning_of(clock, runtime, AFTER)
    assert (await contracts.call("get", active.id)).state == ContractState.ENDED


@pytest.mark.slow(8, "a year passes")
async def test_what_the_client_accepted_for_the_next_term_holds_when_it_begins(
    contracts: Contracts, clock: SettableClock, runtime: Runtime
) -> None:
    active = await contracts.active(terms_of(indexation=Decimal("0.1")))
    renewal = await contracts.call("renew", active.id, active.version)
    await contracts.accept(await contracts.call("offer", active.id, renewal.version))
    await morning_of(clock, runtime, AFTER)
    assert list((await contracts.amounts(active.id, AFTER)).values()) == ["3410.00"]


async def test_service_levels_follow_the_contract_from_its_first_day(
    network: Network, contracts: Contracts, clock: SettableClock, runtime: Runtime
) -> None:
    policy_id, policy_version, calendar_version = await promised(network, contracts, "office_hours")
    first = date(2026, 12, 1)
    terms = terms_of(care(), first_day=first, policy_version_id=policy_version, calendar_version_id=calendar_version)
    active = await contracts.active(terms)
    await run_due_work(runtime)
    assert await policy_of(contracts) is None
    await morning_of(clock, runtime, first)
    assert await policy_of(contracts) == policy_id
    ended = await contracts.call("end", active.id, ContractEnd(first, "客户搬迁", active.version))
    assert ended.state == ContractState.ACTIVE
    await morning_of(clock, runtime, date(2026, 12, 2))
    assert await policy_of(contracts) is None, "the company's default holds again"
