"""The clocks of one past ticket, replayed along its timeline by the rules of `app.agreements.sla.clock_service`. Pure.

For a running ticket the sweep checks a clock whenever a threshold comes; `advance_to` makes up for these checks, so
that breaches and reached escalation steps are recorded at their own times. No notice is sent.
"""

from collections.abc import Callable, Collection, Iterable, Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

from app.agreements.sla.clock import Clock, Phase, start_clock
from app.agreements.sla.clock_rules import PendingTargets, apply_terms, apply_wait, next_check, step_moment, step_name
from app.agreements.sla.clock_service import columns_of
from app.agreements.sla.policy import EscalationStep
from app.agreements.sla.service_terms import ServiceTerms
from app.agreements.sla.vocabulary import MEASURED_TARGETS, Priority, TargetKind, WaitReason

IdFactory = Callable[[datetime], UUID]
"""A new id for a record of a past moment."""

Values = dict[str, Any]
"""A row: values by column, without the tenant."""


class _ReplayedClock:
    """One clock with its priority, its escalation steps and its next check."""

    __slots__ = ("check_at", "clock", "escalations", "id", "kind", "priority", "reached_steps", "started_at", "steps")

    def __init__(self, id_: UUID, kind: TargetKind, priority: Priority, clock: Clock, started_at: datetime) -> None:
        self.id, self.kind, self.priority, self.clock, self.started_at = id_, kind, priority, clock, started_at
        self.steps: tuple[EscalationStep, ...] = ()
        self.reached_steps: set[str] = set()
        self.escalations: list[tuple[EscalationStep, datetime, datetime]] = []
        self.check_at: datetime | None = None

    def change(self, after: Clock) -> None:
        """Replace the value and schedule the next check."""
        self.clock = after
        self.schedule()

    def schedule(self) -> None:
        self.check_at = next_check(self.clock, self.steps, self.reached_steps)

    def check(self, now: datetime) -> None:
        """Record the breach and the steps reached by `now`, as the sweep does."""
        self.clock = self.clock.observed(now)
        for step in self.steps:
            moment = step_moment(self.clock, step)
            if step_name(step) in self.reached_steps or moment is None or moment > now:
                continue
            self.reached_steps.add(step_name(step))
            self.escalations.append((step, moment, now))
        self.schedule()


class ReplayedClocks:
    """All clocks of one ticket; operations must come in the order of time."""

    def __init__(
        self,
        terms: ServiceTerms,
        priority: Priority,
        at: datetime,
        new_id: IdFactory,
        *,
        unmeasured: Collection[TargetKind] = (),
    ) -> None:
        self._terms = terms
        self._new_id = new_id
        self._unmeasured = frozenset(unmeasured)
        self._clocks: list[_ReplayedClock] = []
        targets = terms.policy.targets_of(priority, terms.calendar)
        for kind in MEASURED_TARGETS:
            target = targets.get(kind)
            if target is None or kind in unmeasured:
                continue
            self._begin(kind, priority, start_clock(target, at), at)

    def _begin(self, kind: TargetKind, priority: Priority, clock: Clock, at: datetime) -> None:
        replayed = _ReplayedClock(self._new_id(at), kind, priority, clock, at)
        replayed.steps = self._terms.policy.escalation_of(priority, kind)
        replayed.schedule()
        self._clocks.append(replayed)

    def advance_to(self, moment: datetime) -> None:
        """Run every check that is due by `moment`, each at its own time."""
        for replayed in self._clocks:
            while replayed.check_at is not None and replayed.check_at <= moment:
                replayed.check(replayed.check_at)

    @property
    def nearest_due(self) -> datetime | None:
        """The nearest promised time that still counts, UTC."""
        moments = [replayed.clock.due_at for replayed in self._clocks]
        return min((moment for moment in moments if moment is not None), default=None)

    def meet(self, kinds: Iterable[TargetKind], at: datetime) -> None:
        """What was promised is done."""
        wanted = set(kinds)
        for replayed in self._open():
            if replayed.kind in wanted:
                replayed.change(replayed.clock.meet(at))

    def cancel(self, at: datetime) -> None:
        """Cancel every clock that still runs."""
        for replayed in self._open():
            replayed.change(replayed.clock.cancel(at))

    def pause(self, reason: WaitReason, at: datetime) -> None:
        """The ticket waits; the policy says which targets stand still."""
        for replayed in self._open():
            pauses = self._terms.policy.pauses(reason, replayed.kind)
            replayed.change(apply_wait(replayed.clock, reason, at, pauses=pauses))

    def resume(self, at: datetime) -> None:
        """The ticket no longer waits: paused clocks run on."""
        for replayed in self._open():
            if replayed.clock.phase is Phase.PAUSED:
                replayed.change(replayed.clock.resume(at))

    def reopen(self, at: datetime) -> None:
        """Resolution goes on; the time since it was resolved does not count."""
        for replayed in self._clocks:
            if replayed.kind is TargetKind.RESOLUTION and replayed.clock.phase is Phase.STOPPED:
                replayed.change(replayed.clock.reopen(at))

    def change_priority(self, priority: Priority, pending: PendingTargets, at: datetime) -> None:
        """Another promise from now on; one that the new priority lacks is cancelled, one that the old lacked begins."""
        targets = self._terms.policy.targets_of(priority, self._terms.calendar)
        for replayed in self._clocks:
            if replayed.clock.phase is Phase.CANCELLED and replayed.kind not in pending.kinds:
                continue
            after = apply_terms(
                replayed.clock,
                targets.get(replayed.kind),
                at,
                waiting_for=pending.waiting_for,
                pauses=pending.pauses(replayed.kind, self._terms),
                change=Clock.change_target,
            )
            if after is replayed.clock:
                continue
            replayed.priority = priority
            replayed.steps = self._terms.policy.escalation_of(priority, replayed.kind)
            replayed.change(after)
        known = {replayed.kind for replayed in self._clocks} | self._unmeasured
        for kind in MEASURED_TARGETS:
            target = targets.get(kind)
            if target is None or kind in known or kind not in pending.kinds:
                continue
            pauses = pending.pauses(kind, self._terms)
            self._begin(kind, priority, start_clock(target, at, pending.waiting_for if pauses else None), at)

    def _open(self) -> list[_ReplayedClock]:
        return [replayed for replayed in self._clocks if replayed.clock.phase not in (Phase.STOPPED, Phase.CANCELLED)]

    def clock_rows(self) -> Iterator[Values]:
        """Rows of `ClockRecord`, without what names the ticket."""
        for replayed in self._clocks:
            yield {
                "id": replayed.id,
                "kind": replayed.kind,
                "priority": replayed.priority,
                "policy_version_id": self._terms.policy_version_id,
                "calendar_version_id": self._terms.calendar_version_id,
                "started_at": replayed.started_at,
                **columns_of(replayed.clock),
            }

    def interval_rows(self, new_id: IdFactory) -> Iterator[Values]:
        """Rows of `ClockInterval` for the closed stretches, without what names the ticket's rings."""
        for replayed in self._clocks:
            for sequence, interval in enumerate(replayed.clock.ledger):
                if interval.ended_at is None:
                    continue
                yield {
                    "id": new_id(interval.ended_at),
                    "clock_id": replayed.id,
                    "sequence": sequence,
                    "started_at": interval.started_at,
                    "ended_at": interval.ended_at,
                    "waiting_for": interval.waiting_for,
                    "seconds": interval.seconds,
                }

    def escalation_rows(self, new_id: IdFactory) -> Iterator[Values]:
        """Rows of `Escalation` for the steps that were reached, without what names the ticket."""
        for replayed in self._clocks:
            for step, moment, seen_at in replayed.escalations:
                yield {
                    "id": new_id(seen_at),
                    "clock_id": replayed.id,
                    "kind": replayed.kind,
                    "step": step_name(step),
                    "level": step.level,
                    "channels": list(step.channels),
                    "reached_at": moment,
                }

    def checks(self) -> Iterator[tuple[UUID, datetime]]:
        """Clock and moment of every check that is still to come."""
        for replayed in self._clocks:
            if replayed.check_at is not None:
                yield replayed.id, replayed.check_at
