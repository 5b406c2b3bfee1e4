"""Clocks in the database: start, pause, resume, meet, cancel, reopen, new priority, and the sweep.

The arithmetic is `app.agreements.sla.clock`; here a row becomes a value, the value changes, and the difference is
written.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from app.agreements.sla import repository
from app.agreements.sla.clock import Clock, Interval, Phase, Target, start_clock
from app.agreements.sla.clock_rules import PendingTargets, apply_terms, apply_wait, next_check, step_moment, step_name
from app.agreements.sla.events import ClockBreached, StepReached
from app.agreements.sla.models import ClockInterval, ClockRecord, Escalation
from app.agreements.sla.policy import EscalationStep
from app.agreements.sla.service_terms import ServiceTerms, terms_of_versions
from app.agreements.sla.vocabulary import MEASURED_TARGETS, Priority, TargetKind, WaitReason
from app.platform.kernel.actor import Actor
from app.platform.kernel.model import Model
from app.platform.kernel.outbox import DueEntry, DueKind
from app.platform.kernel.runtime import Runtime
from app.platform.kernel.unit_of_work import UnitOfWork


class TicketReference(NamedTuple):
    """The ticket that clocks belong to, and the rings that may read them."""

    ticket_id: UUID
    client_id: UUID
    reporter_id: UUID | None


class ClockService:
    """The clocks of tickets, inside one unit of work in the tenant's scope."""

    def __init__(self, work: UnitOfWork) -> None:
        self.work = work
        self._locked: dict[UUID, Sequence[ClockRecord]] = {}

    async def of_ticket(self, ticket_id: UUID) -> Sequence[ClockRecord]:
        """The ticket's clocks, locked, read once per unit of work."""
        if ticket_id not in self._locked:
            self._locked[ticket_id] = await repository.lock_ticket_clocks(self.work.session, ticket_id)
        return self._locked[ticket_id]

    async def nearest_due(self, ticket_id: UUID) -> datetime | None:
        """The nearest promised time of the ticket that still counts, UTC."""
        moments = [record.due_at for record in await self.of_ticket(ticket_id)]
        return min((moment for moment in moments if moment is not None), default=None)

    def start(
        self,
        terms: ServiceTerms,
        priority: Priority,
        *,
        ticket_id: UUID,
        client_id: UUID,
        reporter_id: UUID | None,
        at: datetime,
    ) -> list[Model]:
        """Rows for a new ticket's clocks and their first checks; the caller writes them with the ticket."""
        rows: list[Model] = []
        targets = terms.policy.targets_of(priority, terms.calendar)
        ring = TicketReference(ticket_id, client_id, reporter_id)
        for kind in MEASURED_TARGETS:
            target = targets.get(kind)
            if target is None:
                continue
            clock = start_clock(target, at)
            record = self._new_record(ring, terms, priority, kind=kind, clock=clock, at=at)
            rows.append(record)
            check = next_check(clock, terms.policy.escalation_of(priority, kind), set())
            if check is not None:
                rows.append(self._due_entry(record.id, check))
        return rows

    def _new_record(
        self,
        ring: TicketReference,
        terms: ServiceTerms,
        priority: Priority,
        *,
        kind: TargetKind,
        clock: Clock,
        at: datetime,
    ) -> ClockRecord:
        record = ClockRecord(
            tenant_id=self.work.tenant_id,
            id=self.work.new_id(),
            client_id=ring.client_id,
            reporter_id=ring.reporter_id,
            ticket_id=ring.ticket_id,
            kind=kind,
            priority=priority,
            policy_version_id=terms.policy_version_id,
            calendar_version_id=terms.calendar_version_id,
            started_at=at,
        )
        _write_columns(record, clock)
        return record

    async def meet(self, ticket_id: UUID, kinds: Iterable[TargetKind], at: datetime) -> None:
        """What was promised is done; clocks that have ended already stay as they are."""
        wanted = set(kinds)
        await self._change(ticket_id, lambda kind, _: kind in wanted, lambda clock, _: clock.meet(at))

    async def cancel(self, ticket_id: UUID, at: datetime) -> None:
        """The ticket was cancelled: every clock that still runs is cancelled."""
        await self._change(ticket_id, lambda *_: True, lambda clock, _: clock.cancel(at))

    async def pause(self, ticket_id: UUID, reason: WaitReason, at: datetime) -> None:
        """The ticket waits; the policy says which targets stand still."""

        await self._change(
            ticket_id,
            lambda *_: True,
            lambda clock, pauses: apply_wait(clock, reason, at, pauses=pauses),
            reason=reason,
        )

    async def resume(self, ticket_id: UUID, at: datetime) -> None:
        """The ticket no longer waits: paused clocks run on."""
        await self._change(ticket_id, lambda _, clock: clock.phase is Phase.PAUSED, lambda clock, _: clock.resume(at))

    async def reopen(self, ticket_id: UUID, at: datetime) -> None:
        """Resolution goes on; the time since it was resolved does not count."""
        await self._change(
            ticket_id,
            lambda kind, clock: kind is TargetKind.RESOLUTION and clock.phase is Phase.STOPPED,
            lambda clock, _: clock.reopen(at),
            open_only=False,
        )

    async def change_priority(
        self, ring: TicketReference, terms: ServiceTerms, priority: Priority, pending: PendingTargets
    ) -> None:
        """Another promise from now on; what has elapsed is kept.

        A promise that the new priority lacks is cancelled; one that it has and the old one lacked begins now.
        """
        await self._change_terms(ring, terms, priority, pending, Clock.change_target)

    async def recompute(
        self, ring: TicketReference, terms: ServiceTerms, priority: Priority, pending: PendingTargets
    ) -> None:
        """Another policy, calendar or client's assignment, as if it had held all along: the ledgers measured anew.

        A promise that the new policy lacks is cancelled; one that it has and the old one lacked begins now.
        """
        await self._change_terms(ring, terms, priority, pending, Clock.recompute)

    async def _change_terms(
        self,
        ring: TicketReference,
        terms: ServiceTerms,
        priority: Priority,
        pending: PendingTargets,
        change: Callable[[Clock, Target, datetime], Clock],
    ) -> None:
        at = self.work.now
        records = await self.of_ticket(ring.ticket_id)
        ledgers = await repository.ledgers(self.work.session, [record.id for record in records])
        targets = terms.policy.targets_of(priority, terms.calendar)
        changed: list[tuple[ClockRecord, Clock]] = []
        for record in records:
            clock = await self._read(record, ledgers[record.id])
            kind = TargetKind(record.kind)
            if clock.phase is Phase.CANCELLED and kind not in pending.kinds:
                continue
            after = apply_terms(
                clock,
                targets.get(kind),
                at,
                waiting_for=pending.waiting_for,
                pauses=pending.pauses(kind, terms),
                change=change,
            )
            if after is clock:
                continue
            record.priority = priority
            record.policy_version_id, record.calendar_version_id = terms.policy_version_id, terms.calendar_version_id
            self._store(record, clock, after)
            changed.append((record, after))
        known = {record.kind for record in records}
        for kind in MEASURED_TARGETS:
            target = targets.get(kind)
            if target is None or kind in known or kind not in pending.kinds:
                continue
            pauses = pending.pauses(kind, terms)
            clock = start_clock(target, at, pending.waiting_for if pauses else None)
            record = self._new_record(ring, terms, priority, kind=kind, clock=clock, at=at)
            self.work.session.add(record)
            changed.append((record, clock))
        self._locked.pop(ring.ticket_id, None)
        await self._reschedule(changed)

    async def check(self, clock_ids: Sequence[UUID]) -> None:
        """Record breaches and reached steps that have come by now, once each, and set the next check."""
        records = await repository.lock_clocks(self.work.session, clock_ids)
        found = [record.id for record in records]
        ledgers = await repository.ledgers(self.work.session, found)
        reached_steps = await repository.reached_steps(self.work.session, found)
        changed: list[tuple[ClockRecord, Clock]] = []
        for record in records:
            clock = await self._read(record, ledgers[record.id])
            after = clock.observed(self.work.now)
            if after.breached_at is not None and record.breached_at is None:
                self._store(record, clock, after)
            for step in await self._steps(record):
                moment = step_moment(after, step)
                if step_name(step) in reached_steps[record.id] or moment is None or moment > self.work.now:
                    continue
                reached_steps[record.id].add(step_name(step))
                self._escalate(record, step, moment)
            changed.append((record, after))
        await self._reschedule(changed, reached_steps)

    async def _change(
        self,
        ticket_id: UUID,
        concerns: Callable[[TargetKind, Clock], bool],
        change: Callable[[Clock, bool], Clock],
        *,
        reason: WaitReason | None = None,
        open_only: bool = True,
    ) -> None:
        records = await self.of_ticket(ticket_id)
        ledgers = await repository.ledgers(self.work.session, [record.id for record in records])
        changed: list[tuple[ClockRecord, Clock]] = []
        for record in records:
            kind = TargetKind(record.kind)
            clock = await self._read(record, ledgers[record.id])
            ended = clock.phase in (Phase.STOPPED, Phase.CANCELLED)
            if (ended and open_only) or not concerns(kind, clock):
                continue
            terms = await self._terms(record)
            after = change(clock, reason is not None and terms.policy.pauses(reason, kind))
            if after is clock:
                continue
            self._store(record, clock, after)
            changed.append((record, after))
        await self._reschedule(changed)

    async def _terms(self, record: ClockRecord) -> ServiceTerms:
        return await terms_of_versions(self.work.session, record.policy_version_id, record.calendar_version_id)

    async def _steps(self, record: ClockRecord) -> tuple[EscalationStep, ...]:
        terms = await self._terms(record)
        return terms.policy.escalation_of(Priority(record.priority), TargetKind(record.kind))

    async def _read(self, record: ClockRecord, closed: Sequence[ClockInterval]) -> Clock:
        terms = await self._terms(record)
        target = terms.target(Priority(record.priority), TargetKind(record.kind))
        return clock_of(record, closed, target or Target(record.target_seconds, terms.calendar))

    def _store(self, record: ClockRecord, before: Clock, after: Clock) -> None:
        closed_before = sum(1 for interval in before.ledger if interval.ended_at is not None)
        for sequence, interval in enumerate(after.ledger):
            if interval.ended_at is None or sequence < closed_before:
                continue
            self.work.session.add(
                ClockInterval(
                    tenant_id=record.tenant_id,
                    id=self.work.new_id(),
                    client_id=record.client_id,
                    reporter_id=record.reporter_id,
                    clock_id=record.id,
                    sequence=sequence,
                    started_at=interval.started_at,
                    ended_at=interval.ended_at,
                    waiting_for=interval.waiting_for,
                    seconds=interval.seconds,
                )
            )
        if after.breached_at is not None and before.breached_at is None:
            self.work.publish(ClockBreached(clock_id=record.id, ticket_id=record.ticket_id, kind=record.kind))
        _write_columns(record, after)

    def _escalate(self, record: ClockRecord, step: EscalationStep, moment: datetime) -> None:
        escalation_id = self.work.new_id()
        self.work.session.add(
            Escalation(
                tenant_id=record.tenant_id,
                id=escalation_id,
                clock_id=record.id,
                ticket_id=record.ticket_id,
                kind=record.kind,
                step=step_name(step),
                level=step.level,
                channels=list(step.channels),
                reached_at=moment,
            )
        )
        self.work.publish(
            StepReached(
                escalation_id=escalation_id,
                clock_id=record.id,
                ticket_id=record.ticket_id,
                kind=record.kind,
                step=step_name(step),
                level=step.level,
                channels=tuple(step.channels),
            )
        )

    async def _reschedule(
        self, changed: Sequence[tuple[ClockRecord, Clock]], reached_steps: dict[UUID, set[str]] | None = None
    ) -> None:
        if not changed:
            return
        ids = [record.id for record, _ in changed]
        known = reached_steps if reached_steps is not None else await repository.reached_steps(self.work.session, ids)
        entries: list[DueEntry] = []
        finished: list[UUID] = []
        for record, clock in changed:
            check = next_check(clock, await self._steps(record), known[record.id])
            if check is None:
                finished.append(record.id)
            else:
                entries.append(self._due_entry(record.id, check))
        await self.work.session.flush()
        await repository.reschedule(self.work, entries, finished)

    def _due_entry(self, clock_id: UUID, moment: datetime) -> DueEntry:
        return DueEntry(
            tenant_id=self.work.tenant_id,
            id=self.work.new_id(),
            kind=DueKind.SLA_THRESHOLD,
            subject_id=clock_id,
            due_at=moment,
        )


def clock_of(record: ClockRecord, closed: Sequence[ClockInterval], target: Target) -> Clock:
    """The value that a row and its closed intervals stand for."""
    ledger = [
        Interval(
            started_at=interval.started_at,
            waiting_for=WaitReason(interval.waiting_for) if interval.waiting_for else None,
            ended_at=interval.ended_at,
            seconds=interval.seconds,
        )
        for interval in closed
    ]
    if record.interval_started_at is not None:
        waiting_for = WaitReason(record.waiting_for) if record.waiting_for else None
        ledger.append(Interval(record.interval_started_at, waiting_for))
    return Clock(
        target=target,
        ledger=tuple(ledger),
        stopped_at=record.stopped_at,
        cancelled_at=record.cancelled_at,
        breached_at=record.breached_at,
    )


def columns_of(clock: Clock) -> dict[str, Any]:
    """What `ClockRecord` keeps of the value; closed intervals stand in `ClockInterval`."""
    last = clock.ledger[-1]
    is_open = last.ended_at is None
    return {
        "state": clock.state,
        "target_seconds": clock.target.seconds,
        "counted_seconds": clock.counted_seconds,
        "interval_started_at": last.started_at if is_open else None,
        "waiting_for": last.waiting_for if is_open else None,
        "due_at": clock.due_at,
        "stopped_at": clock.stopped_at,
        "cancelled_at": clock.cancelled_at,
        "breached_at": clock.breached_at,
    }


def _write_columns(record: ClockRecord, clock: Clock) -> None:
    for name, value in columns_of(clock).items():
        setattr(record, name, value)


async def check_clocks(runtime: Runtime, tenant_id: UUID, clock_ids: Sequence[UUID]) -> None:
    """The sweep's handler for `DueKind.SLA_THRESHOLD`."""
    async with runtime.units_of_work.begin(Actor.system(tenant_id)) as work:
        await ClockService(work).check(clock_ids)
