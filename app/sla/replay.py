"""The clocks of one past ticket, replayed along its timeline by the rules of `app.sla.clocks`. Pure.

For a running ticket the sweep checks a clock whenever a threshold comes; `live_until` makes up for these checks, so
that breaches and reached escalation steps are recorded at their own times. No notice is sent.
"""

from collections.abc import Callable, Collection, Iterable, Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

from app.sla.clock import Clock, Phase, start_clock
from app.sla.clock_rules import Pending, changed_terms, next_check, step_moment, step_name, waiting
from app.sla.clocks import columns_of
from app.sla.policy import EscalationStep
from app.sla.promises import ServiceTerms
from app.sla.terms import MEASURED_TARGETS, Priority, TargetKind, WaitReason

IdAt = Callable[[datetime], UUID]
"""A new id for a record of a past moment."""

Values = dict[str, Any]
"""A row: values by column, without the tenant."""


class _Kept:
    """One clock with its priority, its escalation steps and its next check."""

    __slots__ = ("check_at", "clock", "escalations", "id", "kind", "priority", "started_at", "steps", "told")

    def __init__(self, id_: UUID, kind: TargetKind, priority: Priority, clock: Clock, started_at: datetime) -> None:
        self.id, self.kind, self.priority, self.clock, self.started_at = id_, kind, priority, clock, started_at
        self.steps: tuple[EscalationStep, ...] = ()
        self.told: set[str] = set()
        self.escalations: list[tuple[EscalationStep, datetime, datetime]] = []
        self.check_at: datetime | None = None

    def change(self, after: Clock) -> None:
        """Replace the value and schedule the next check."""
        self.clock = after
        self.schedule()

    def schedule(self) -> None:
        self.check_at = next_check(self.clock, self.steps, self.told)

    def check(self, now: datetime) -> None:
        """Record the breach and the steps reached by `now`, as the sweep does."""
        self.clock = self.clock.observed(now)
        for step in self.steps:
            moment = step_moment(self.clock, step)
            if step_name(step) in self.told or moment is None or moment > now:
                continue
            self.told.add(step_name(step))
            self.escalations.append((step, moment, now))
        self.schedule()


class PastClocks:
    """All clocks of one ticket; operations must come in the order of time."""

    def __init__(
        self,
        terms: ServiceTerms,
        priority: Priority,
        at: datetime,
        new_id: IdAt,
        *,
        unmeasured: Collection[TargetKind] = (),
    ) -> None:
        self._terms = terms
        self._new_id = new_id
        self._unmeasured = frozenset(unmeasured)
        self._kept: list[_Kept] = []
        targets = terms.policy.targets_of(priority, terms.calendar)
        for kind in MEASURED_TARGETS:
            target = targets.get(kind)
            if target is None or kind in unmeasured:
                continue
            self._begin(kind, priority, start_clock(target, at), at)

    def _begin(self, kind: TargetKind, priority: Priority, clock: Clock, at: datetime) -> None:
        kept = _Kept(self._new_id(at), kind, priority, clock, at)
        kept.steps = self._terms.policy.escalation_of(priority, kind)
        kept.schedule()
        self._kept.append(kept)

    def live_until(self, moment: datetime) -> None:
        """Run every check that is due by `moment`, each at its own time."""
        for kept in self._kept:
            while kept.check_at is not None and kept.check_at <= moment:
                kept.check(kept.check_at)

    @property
    def nearest_due(self) -> datetime | None:
        """The nearest promised time that still counts, UTC."""
        moments = [kept.clock.due_at for kept in self._kept]
        return min((moment for moment in moments if moment is not None), default=None)

    def meet(self, kinds: Iterable[TargetKind], at: datetime) -> None:
        """What was promised is done."""
        wanted = set(kinds)
        for kept in self._open():
            if kept.kind in wanted:
                kept.change(kept.clock.meet(at))

    def cancel(self, at: datetime) -> None:
        """Cancel every clock that still runs."""
        for kept in self._open():
            kept.change(kept.clock.cancel(at))

    def pause(self, reason: WaitReason, at: datetime) -> None:
        """The ticket waits; the policy says which targets stand still."""
        for kept in self._open():
            stands_still = self._terms.policy.pauses(reason, kept.kind)
            kept.change(waiting(kept.clock, reason, at, stands_still=stands_still))

    def resume(self, at: datetime) -> None:
        """The ticket no longer waits: paused clocks run on."""
        for kept in self._open():
            if kept.clock.phase is Phase.PAUSED:
                kept.change(kept.clock.resume(at))

    def reopen(self, at: datetime) -> None:
        """Resolution goes on; the time since it was resolved does not count."""
        for kept in self._kept:
            if kept.kind is TargetKind.RESOLUTION and kept.clock.phase is Phase.STOPPED:
                kept.change(kept.clock.reopen(at))

    def change_priority(self, priority: Priority, pending: Pending, at: datetime) -> None:
        """Another promise from now on; one that the new priority lacks is cancelled, one that the old lacked begins."""
        targets = self._terms.policy.targets_of(priority, self._terms.calendar)
        for kept in self._kept:
            if kept.clock.phase is Phase.CANCELLED and kept.kind not in pending.kinds:
                continue
            after = changed_terms(
                kept.clock,
                targets.get(kept.kind),
                at,
                waiting_for=pending.waiting_for,
                stands_still=pending.stands_still(kept.kind, self._terms),
                change=Clock.change_target,
            )
            if after is kept.clock:
                continue
            kept.priority = priority
            kept.steps = self._terms.policy.escalation_of(priority, kept.kind)
            kept.change(after)
        known = {kept.kind for kept in self._kept} | self._unmeasured
        for kind in MEASURED_TARGETS:
            target = targets.get(kind)
            if target is None or kind in known or kind not in pending.kinds:
                continue
            stands_still = pending.stands_still(kind, self._terms)
            self._begin(kind, priority, start_clock(target, at, pending.waiting_for if stands_still else None), at)

    def _open(self) -> list[_Kept]:
        return [kept for kept in self._kept if kept.clock.phase not in (Phase.STOPPED, Phase.CANCELLED)]

    def clock_rows(self) -> Iterator[Values]:
        """Rows of `ClockRecord`, without what names the ticket."""
        for kept in self._kept:
            yield {
                "id": kept.id,
                "kind": kept.kind,
                "priority": kept.priority,
                "policy_version_id": self._terms.policy_version_id,
                "calendar_version_id": self._terms.calendar_version_id,
                "started_at": kept.started_at,
                **columns_of(kept.clock),
            }

    def interval_rows(self, new_id: IdAt) -> Iterator[Values]:
        """Rows of `ClockInterval` for the closed stretches, without what names the ticket's rings."""
        for kept in self._kept:
            for sequence, interval in enumerate(kept.clock.ledger):
                if interval.ended_at is None:
                    continue
                yield {
                    "id": new_id(interval.ended_at),
                    "clock_id": kept.id,
                    "sequence": sequence,
                    "started_at": interval.started_at,
                    "ended_at": interval.ended_at,
                    "waiting_for": interval.waiting_for,
                    "seconds": interval.seconds,
                }

    def escalation_rows(self, new_id: IdAt) -> Iterator[Values]:
        """Rows of `Escalation` for the steps that were reached, without what names the ticket."""
        for kept in self._kept:
            for step, moment, seen_at in kept.escalations:
                yield {
                    "id": new_id(seen_at),
                    "clock_id": kept.id,
                    "kind": kept.kind,
                    "step": step_name(step),
                    "level": step.level,
                    "channels": list(step.channels),
                    "reached_at": moment,
                }

    def checks(self) -> Iterator[tuple[UUID, datetime]]:
        """Clock and moment of every check that is still to come."""
        for kept in self._kept:
            if kept.check_at is not None:
                yield kept.id, kept.check_at
