"""Whatever is tried in whatever order: one end, by people who may, about what was asked."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.people.approvals import Verdict, decide, void_if_changed, withdraw
from app.people.approvals.states import APPROVAL, WAITING
from app.people.approvals.tasks import expire
from app.platform.kernel.errors import DomainError
from app.platform.kernel.runtime import Runtime
from app.platform.kernel.time_source import SettableClock
from billing.money import Money
from tenants.access_grants.consent import ACCESS_CONSENT
from tests.approvals.conftest import SECOND_ABOVE, Office
from tests.conftest import START

EXPIRES = timedelta(hours=4)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(("approve", "decline")), st.integers(0, 4)),
        st.tuples(st.sampled_from(("withdraw", "change", "change back", "notice", "wait", "sweep")), st.just(0)),
    ),
    min_size=1,
    max_size=9,
)


async def _story(
    office: Office, runtime: Runtime, clock: SettableClock, steps: list[tuple[str, int]], amount: int
) -> None:
    clock.set(START)
    grant_id = await office.ask(amount=Money(amount, "CNY"), limits=SECOND_ABOVE, expires_at=clock.now() + EXPIRES)
    program = replace(office.deciders[0], by_token=True)
    people = (*office.deciders, office.manager, program)
    approval_id = (await office.approval(grant_id)).id
    expected, changed, approved_by = "requested", False, set[int]()
    ends = 0
    for step, person in steps:
        in_time = clock.now() < START + EXPIRES
        before = expected
        may = expected in WAITING and in_time and not changed and person < 3 and person not in approved_by
        if step in ("approve", "decline"):
            done = await _try(_decide(office, people[person], grant_id, Verdict(step)))
            assert done is may, (step, person, expected)
            if may and step == "decline":
                expected = "declined"
            elif may:
                expected = "first_approved" if amount > 50_000 and not approved_by else "approved"
                approved_by.add(person)
        elif step == "withdraw":
            assert await _try(_as_platform(office, withdraw, grant_id)) is (expected in WAITING)
            expected = "withdrawn" if expected in WAITING else expected
        elif step in ("change", "change back"):
            changed = step == "change"
            await office.change(grant_id, "别的" if changed else "核实投诉")
        elif step == "notice":
            await _as_platform(office, void_if_changed, grant_id)
            expected = "void" if changed and expected in WAITING else expected
        elif step == "wait":
            clock.advance(timedelta(hours=1))
        else:
            await expire(runtime, office.partner.id, [approval_id])
            if expected in WAITING and not in_time:
                expected = "void" if changed else "expired"
        found = await office.approval(grant_id)
        assert found.state == expected
        ends += before in WAITING and expected not in WAITING
    assert ends <= 1
    record = {"approved": "open", "declined": "declined", "expired": "expired"}.get(expected, "requested")
    assert await office.state_of_record(grant_id) == record
    assert expected in WAITING or expected in APPROVAL.final
    assert (expected == "approved") <= (len(approved_by) == (2 if amount > 50_000 else 1))


async def _decide(office: Office, actor: Any, grant_id: UUID, verdict: Verdict) -> None:
    async with office.units_of_work.begin(actor) as work:
        await decide(work, ACCESS_CONSENT, grant_id, verdict)


async def _as_platform(office: Office, function: Any, grant_id: UUID) -> None:
    async with office.units_of_work.begin(office.partner.system) as work:
        await function(work, ACCESS_CONSENT, grant_id)


async def _try(attempt: Any) -> bool:
    try:
        await attempt
    except DomainError:
        return False
    return True


@pytest.mark.slow(10, "each example tries up to nine things on the database")
async def test_any_order_of_attempts_ends_once_and_rightly(
    office: Office, runtime: Runtime, clock: SettableClock
) -> None:
    loop = asyncio.get_running_loop()

    @settings(max_examples=30, suppress_health_check=[HealthCheck.too_slow])
    @given(steps=STEPS, amount=st.sampled_from((50_000, 50_001)))
    def tried(steps: list[tuple[str, int]], amount: int) -> None:
        story = _story(office, runtime, clock, steps, amount)
        asyncio.run_coroutine_threadsafe(story, loop).result()

    await asyncio.to_thread(tried)
