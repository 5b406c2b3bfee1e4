"""Clocks kept in the database under every order of events, against the same clocks as values and a bookkeeper who
knows minutes only."""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, ClassVar
from uuid import UUID

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test
from sqlalchemy import select

from app.agreements.sla import CALENDAR_TEMPLATES, POLICY_TEMPLATES, Priority, TargetKind
from app.agreements.sla.clock_service import ClockService, TicketReference, check_clocks
from app.agreements.sla.models import ClockInterval, ClockRecord, Escalation
from app.agreements.sla.service_terms import ServiceTerms, terms_of_versions
from app.agreements.sla.vocabulary import MEASURED_TARGETS
from app.desk.tickets import Channel, TicketCreate, TicketCreation
from app.platform.kernel.actor import Actor
from app.platform.kernel.outbox import DueEntry, DueKind
from app.platform.kernel.runtime import Runtime
from app.platform.kernel.time_source import SettableClock
from app.platform.promises import Clock, PendingTargets, WaitReason, apply_terms, next_check
from app.platform.promises.clock import Phase, start_clock
from app.platform.promises.clocks import threshold_moment
from tests.conftest import START
from tests.factories.network import Network
from tests.promises.slow_model import MinuteByMinute

CALENDAR = next(
    each.calendar
    for each in CALENDAR_TEMPLATES
    if each.code == next(policy.calendar_code for policy in POLICY_TEMPLATES if policy.code == "office_hours")
)
MINUTE_MODEL = MinuteByMinute(CALENDAR, START.date(), 60)
OPEN = (Phase.COUNTING, Phase.PAUSED)


@dataclass
class Scene:
    """One partner and its client; every run makes a ticket of its own."""

    runtime: Runtime
    clock: SettableClock
    system: Actor
    client_id: UUID
    loop: asyncio.AbstractEventLoop

    def run(self, work: Coroutine[Any, Any, Any]) -> Any:
        """Do `work` on the test's loop; the machine runs in a thread beside it."""
        return asyncio.run_coroutine_threadsafe(work, self.loop).result()


class ClockServiceMachine(RuleBasedStateMachine):
    """What is done to the rows is done to the values; both must stay the same, to the second."""

    scene: ClassVar[Scene]

    @initialize()
    def begin(self) -> None:
        self.scene.clock.set(START)
        self.ticket_id, self.terms, self.clocks = self.scene.run(self._begin())
        self.reached_steps: dict[str, set[str]] = {kind: set() for kind in self.clocks}
        self.priorities: dict[str, Priority] = dict.fromkeys(self.clocks, self.first)
        self.compare()

    @rule(minutes=st.sampled_from((1, 20, 61, 240, 900, 2_880)))
    def time_passes(self, minutes: int) -> None:
        if self.now < START + timedelta(days=50):
            self.scene.clock.advance(timedelta(minutes=minutes))

    @rule(reason=st.sampled_from(WaitReason))
    def pause(self, reason: WaitReason) -> None:
        now = self.now

        def waiting(kind: str, clock: Clock) -> Clock:
            if reason in self.terms.policy.pauses_of(TargetKind(kind)):
                return clock.pause(reason, now)
            return clock.resume(now) if clock.phase is Phase.PAUSED else clock

        self.do(lambda service: service.pause(self.ticket_id, reason, now), waiting)

    @rule()
    def resume(self) -> None:
        now = self.now
        self.do(
            lambda service: service.resume(self.ticket_id, now),
            lambda _, clock: clock.resume(now) if clock.phase is Phase.PAUSED else clock,
        )

    @rule(kinds=st.sets(st.sampled_from(TargetKind), max_size=2))
    def meet(self, kinds: set[TargetKind]) -> None:
        now = self.now
        self.do(
            lambda service: service.meet(self.ticket_id, kinds, now),
            lambda kind, clock: clock.meet(now) if TargetKind(kind) in kinds else clock,
        )

    @rule(seldom=st.integers(0, 4))
    def cancel(self, seldom: int) -> None:
        now = self.now
        if seldom == 4:
            self.do(lambda service: service.cancel(self.ticket_id, now), lambda _, clock: clock.cancel(now))

    @rule()
    def reopen(self) -> None:
        now = self.now
        solved = self.clocks.get(TargetKind.RESOLUTION)
        if solved is not None and solved.phase is Phase.STOPPED:
            self.clocks[TargetKind.RESOLUTION] = solved.reopen(now)
        self.do(lambda service: service.reopen(self.ticket_id, now), lambda _, clock: clock)

    @rule(priority=st.sampled_from(Priority))
    def change_priority(self, priority: Priority) -> None:
        """A promise that the new priority lacks ends; one that it has and the old one lacked begins or goes on."""
        now, targets = self.now, self.terms.policy.targets_of(priority, self.terms.calendar)
        for kind in MEASURED_TARGETS:
            target, clock = targets.get(kind), self.clocks.get(kind)
            if clock is None:
                if target is not None:
                    self.clocks[kind], self.reached_steps[kind] = start_clock(target, now), set()
                    self.priorities[kind] = priority
                continue
            after = apply_terms(clock, target, now, waiting_for=None, pauses=False, change=Clock.change_target)
            if after is not clock:
                self.clocks[kind], self.priorities[kind] = after, priority
        ring = TicketReference(self.ticket_id, self.scene.client_id, None)
        pending = PendingTargets(frozenset(MEASURED_TARGETS))
        self.scene.run(self._do(lambda service: service.change_priority(ring, self.terms, priority, pending)))
        self.compare()

    @rule(times=st.integers(1, 2))
    def sweep(self, times: int) -> None:
        """Twice is once."""
        for _ in range(times):
            self.scene.run(self._sweep())
        for kind, clock in self.clocks.items():
            after = self.clocks[kind] = clock.observed(self.now)
            for step in self.terms.policy.escalation_of(self.priorities[kind], TargetKind(kind)):
                moment = threshold_moment(after, step)
                if moment is not None and moment <= self.now:
                    self.reached_steps[kind].add(step.name)
        self.compare()

    # --- doing and comparing ------------------------------------------------------------------

    @property
    def now(self) -> datetime:
        return self.scene.clock.now()

    def do(
        self,
        command: Callable[[ClockService], Coroutine[Any, Any, None]],
        change: Callable[[str, Clock], Clock],
    ) -> None:
        """The same to the rows and, as far as they are open, to the values."""
        self.clocks = {
            kind: change(kind, clock) if clock.phase in OPEN else clock for kind, clock in self.clocks.items()
        }
        self.scene.run(self._do(command))
        self.compare()

    def compare(self) -> None:
        rows, ledgers, reached_steps, dues = self.scene.run(self._stored())
        assert rows.keys() == self.clocks.keys()
        for kind, clock in self.clocks.items():
            row = rows[kind]
            kept = (row.state, row.target_seconds, row.counted_seconds, row.due_at, row.stopped_at, row.cancelled_at)
            assert kept == (
                clock.state,
                clock.target.seconds,
                clock.counted_seconds,
                clock.due_at,
                clock.stopped_at,
                clock.cancelled_at,
            ), kind
            assert row.breached_at == clock.breached_at
            closed = [each for each in clock.ledger if each.ended_at is not None]
            assert ledgers[kind] == [
                (each.started_at, each.ended_at, each.waiting_for or "", each.seconds) for each in closed
            ]
            for each in closed:
                assert each.ended_at is not None
                expected_seconds = 0 if each.is_paused else MINUTE_MODEL.seconds_between(each.started_at, each.ended_at)
                if clock.target.calendar is not None:
                    assert each.seconds == expected_seconds
            assert reached_steps[kind] == self.reached_steps[kind]
            steps = self.terms.policy.escalation_of(self.priorities[kind], TargetKind(kind))
            assert dues.get(row.id) == next_check(clock, steps, self.reached_steps[kind]), kind

    async def _begin(self) -> tuple[UUID, ServiceTerms, dict[str, Clock]]:
        async with self.scene.runtime.units_of_work.begin(self.scene.system) as work:
            fault = TicketCreate(subject="开不了机", client_id=self.scene.client_id)
            ticket_id = (await TicketCreation(work).create(fault, Channel.API)).id
        async with self.scene.runtime.units_of_work.begin(self.scene.system) as work:
            records = await ClockService(work).of_ticket(ticket_id)
            terms = await terms_of_versions(work.session, records[0].policy_version_id, records[0].calendar_version_id)
            self.first = Priority(records[0].priority)
            service = ClockService(work)
            return ticket_id, terms, {each.kind: each.clock for each in await service.load(records)}

    async def _do(self, command: Callable[[ClockService], Coroutine[Any, Any, None]]) -> None:
        async with self.scene.runtime.units_of_work.begin(self.scene.system) as work:
            await command(ClockService(work))

    async def _sweep(self) -> None:
        async with self.scene.runtime.units_of_work.begin(self.scene.system) as work:
            of_ticket = select(ClockRecord.id).where(ClockRecord.ticket_id == self.ticket_id)
            ids = list(await work.session.scalars(of_ticket))
        await check_clocks(self.scene.runtime, self.scene.system.tenant_id, ids)

    async def _stored(
        self,
    ) -> tuple[dict[str, ClockRecord], dict[str, list[Any]], dict[str, set[str]], dict[UUID, Any]]:
        async with self.scene.runtime.units_of_work.begin(self.scene.system) as work:
            session = work.session
            records = list(await session.scalars(select(ClockRecord).where(ClockRecord.ticket_id == self.ticket_id)))
            ledgers: dict[str, list[Any]] = {}
            reached_steps: dict[str, set[str]] = {}
            for record in records:
                intervals = await session.scalars(
                    select(ClockInterval).where(ClockInterval.clock_id == record.id).order_by(ClockInterval.sequence)
                )
                ledgers[record.kind] = [
                    (each.started_at, each.ended_at, each.waiting_for or "", each.seconds) for each in intervals
                ]
                steps = list(await session.scalars(select(Escalation.step).where(Escalation.clock_id == record.id)))
                assert len(steps) == len(set(steps))
                reached_steps[record.kind] = set(steps)
            entries = await session.scalars(select(DueEntry).where(DueEntry.kind == DueKind.SLA_THRESHOLD))
            dues = {entry.subject_id: entry.due_at for entry in entries}
            session.expunge_all()
            return {record.kind: record for record in records}, ledgers, reached_steps, dues

    ticket_id: UUID
    terms: ServiceTerms
    clocks: dict[str, Clock]
    first: Priority


@pytest.mark.slow(7, "twenty stories in the database")
async def test_rows_and_values_stay_the_same_whatever_happens(
    runtime: Runtime, network: Network, clock: SettableClock
) -> None:
    clock.set(START)
    partner = await network.partner()
    await network.service_level(partner)
    client = await network.client(partner)
    loop = asyncio.get_running_loop()
    ClockServiceMachine.scene = Scene(runtime, clock, partner.system, client.id, loop)
    effort = settings(
        max_examples=20,
        stateful_step_count=20,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    await asyncio.to_thread(run_state_machine_as_test, ClockServiceMachine, settings=effort)
