"""What falls due is handled once, in its tenant, and a failure costs only the subject that failed."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from app.platform.background.sweeps import LEASE, Sweeper, Sweeps, reschedule
from app.platform.kernel.actor import Actor
from app.platform.kernel.ids import new_id
from app.platform.kernel.outages import DatabaseUnreachable
from app.platform.kernel.outbox import DueEntry, DueKind
from app.platform.kernel.runtime import Runtime
from app.platform.kernel.time_source import SettableClock
from tests.factories.network import PartnerCompany

KIND = DueKind.SLA_THRESHOLD


class Handled:
    """A handler that remembers, and fails on the subjects that it is told to fail on."""

    def __init__(self) -> None:
        self.seen: list[tuple[UUID, UUID]] = []
        self.bad: set[UUID] = set()
        self.sweeps = Sweeps()
        self.sweeps.register(KIND, self)

    async def __call__(self, _: Runtime, tenant_id: UUID, subject_ids: Sequence[UUID]) -> None:
        if self.bad.intersection(subject_ids):
            raise RuntimeError
        self.seen += [(tenant_id, subject_id) for subject_id in subject_ids]


async def plan(runtime: Runtime, partner: PartnerCompany, *delays: timedelta) -> list[UUID]:
    subject_ids = [new_id() for _ in delays]
    async with runtime.units_of_work.begin(partner.system) as work:
        for subject_id, delay in zip(subject_ids, delays, strict=True):
            work.schedule(KIND, subject_id, work.now + delay)
    return subject_ids


async def planned(runtime: Runtime, partner: PartnerCompany) -> list[UUID]:
    async with runtime.units_of_work.begin(partner.system) as work:
        return list(await work.session.scalars(select(DueEntry.subject_id).where(DueEntry.kind == KIND)))


async def test_only_what_is_due_is_handled(runtime: Runtime, partner: PartnerCompany, clock: SettableClock) -> None:
    handled = Handled()
    now, later = await plan(runtime, partner, timedelta(0), timedelta(hours=1))
    sweeper = Sweeper(runtime, handled.sweeps)
    assert await sweeper.run_once() == 1
    assert handled.seen == [(partner.id, now)]
    assert await planned(runtime, partner) == [later]
    clock.advance(timedelta(hours=1))
    await sweeper.run_once()
    assert handled.seen == [(partner.id, now), (partner.id, later)]


async def test_two_sweepers_at_once_handle_each_subject_once(runtime: Runtime, partner: PartnerCompany) -> None:
    handled = Handled()
    subject_ids = await plan(runtime, partner, *[timedelta(0)] * 20)
    await asyncio.gather(*(Sweeper(runtime, handled.sweeps).run_once() for _ in range(3)))
    assert sorted(handled.seen) == sorted((partner.id, subject_id) for subject_id in subject_ids)


async def test_one_bad_subject_keeps_nobody_waiting_and_is_tried_later(
    runtime: Runtime, partner: PartnerCompany, clock: SettableClock
) -> None:
    handled = Handled()
    first, bad, last = await plan(runtime, partner, *[timedelta(0)] * 3)
    handled.bad = {bad}
    sweeper = Sweeper(runtime, handled.sweeps)
    assert await sweeper.run_once() == 2
    assert {subject_id for _, subject_id in handled.seen} == {first, last}
    assert await planned(runtime, partner) == [bad]
    assert await sweeper.run_once() == 0

    clock.advance(timedelta(minutes=1))
    assert await sweeper.run_once() == 0
    handled.bad = set()
    clock.advance(timedelta(minutes=1))
    assert await sweeper.run_once() == 0
    clock.advance(timedelta(minutes=1))
    assert await sweeper.run_once() == 1
    assert await planned(runtime, partner) == []


async def test_a_next_turn_that_comes_as_the_lease_would_end_is_kept(
    runtime: Runtime, partner: PartnerCompany, clock: SettableClock
) -> None:
    """Of a promise of 30 minutes 50 % and 60 % lie three minutes apart, as long as a lease."""
    sweeps = Sweeps()
    visits: list[UUID] = []
    clock.set(clock.now().replace(microsecond=0))

    @sweeps.on(KIND)
    async def look_again(runtime: Runtime, tenant_id: UUID, subject_ids: Sequence[UUID]) -> None:
        visits.extend(subject_ids)
        if len(visits) == 1:
            async with runtime.units_of_work.begin(Actor.system(tenant_id)) as work:
                await reschedule(work, KIND, subject_ids[0], work.now + timedelta(minutes=3))

    (subject_id,) = await plan(runtime, partner, timedelta(0))
    sweeper = Sweeper(runtime, sweeps)
    await sweeper.run_once()
    clock.advance(timedelta(minutes=3))
    await sweeper.run_once()
    assert visits == [subject_id] * 2


async def test_a_handler_may_let_the_same_subject_fall_due_again(
    runtime: Runtime, partner: PartnerCompany, clock: SettableClock
) -> None:
    sweeps = Sweeps()
    visits: list[UUID] = []

    @sweeps.on(KIND)
    async def come_back(runtime: Runtime, tenant_id: UUID, subject_ids: Sequence[UUID]) -> None:
        visits.extend(subject_ids)
        if len(visits) < 3:
            async with runtime.units_of_work.begin(Actor.system(tenant_id)) as work:
                await reschedule(work, KIND, subject_ids[0], work.now + timedelta(minutes=10))

    (subject_id,) = await plan(runtime, partner, timedelta(0))
    sweeper = Sweeper(runtime, sweeps)
    for _ in range(5):
        await sweeper.run_once()
        clock.advance(timedelta(minutes=10))
    assert visits == [subject_id] * 3


def test_a_kind_has_one_handler_and_the_outbox_is_the_relays() -> None:
    handled = Handled()
    with pytest.raises(ValueError, match="handler already"):
        handled.sweeps.register(KIND, handled)
    with pytest.raises(ValueError, match="handler already"):
        handled.sweeps.register(DueKind.OUTBOX, handled)


async def test_what_a_dead_sweeper_had_claimed_falls_to_the_next(
    runtime: Runtime, partner: PartnerCompany, clock: SettableClock
) -> None:
    class Killed(BaseException):
        pass

    dying = Sweeps()

    @dying.on(KIND)
    async def die(_: Runtime, tenant_id: UUID, subject_ids: Sequence[UUID]) -> None:
        raise Killed

    (subject_id,) = await plan(runtime, partner, timedelta(0))
    with pytest.raises(Killed):
        await Sweeper(runtime, dying).run_once()
    handled = Handled()
    assert await Sweeper(runtime, handled.sweeps).run_once() == 0
    clock.advance(LEASE)
    assert await Sweeper(runtime, handled.sweeps).run_once() == 1
    assert handled.seen == [(partner.id, subject_id)]


async def test_what_was_in_hand_when_the_database_went_away_is_taken_up_at_once(
    runtime: Runtime, partner: PartnerCompany
) -> None:
    subject_ids = await plan(runtime, partner, *[timedelta(0)] * 3)
    handled, away = Handled(), True

    async def handle(runtime: Runtime, tenant_id: UUID, subject_ids: Sequence[UUID]) -> None:
        if away:
            raise DatabaseUnreachable
        await handled(runtime, tenant_id, subject_ids)

    sweeps = Sweeps()
    sweeps.register(KIND, handle)
    sweeper = Sweeper(runtime, sweeps)
    with pytest.raises(DatabaseUnreachable):
        await sweeper.run_once()
    away = False
    assert await sweeper.run_once() == 3, "nobody waits for the lease to end"
    assert sorted(handled.seen) == sorted((partner.id, subject_id) for subject_id in subject_ids)
    assert not await planned(runtime, partner)
