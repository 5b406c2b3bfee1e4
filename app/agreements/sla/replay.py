"""The clocks of one past ticket, replayed along its timeline by the rules of `app.agreements.sla.clock_service`. Pure.

For a running ticket the sweep checks a clock whenever a threshold comes; `advance_to` makes up for these checks, so
that breaches and reached escalation steps are recorded at their own times. No notice is sent.
"""

from collections.abc import Callable, Collection, Iterable, Iterator
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from app.agreements.sla.policy import EscalationStep
from app.agreements.sla.service_terms import ServiceTerms
from app.agreements.sla.vocabulary import MEASURED_TARGETS, Priority, TargetKind
from app.platform.promises import (
    Clock,
    PendingTargets,
    PromisedClock,
    Terms,
    WaitReason,
    cancel_clocks,
    change_terms,
    clock_columns,
    meet_clocks,
    newly_promised,
    next_check,
    pause_clocks,
    reopen_clocks,
    resume_clocks,
)

IdFactory = Callable[[datetime], UUID]
"""A new id for a record of a past moment."""

Values = dict[str, Any]
"""A row: values by column, without the tenant."""


class _ReplayedClock(PromisedClock):
    """One clock with its priority, its escalations and its next check."""

    __slots__ = ("check_at", "escalations", "id", "priority", "reached", "started_at")

    def __init__(self, kind: str, clock: Clock, terms: Terms, *, id_: UUID, priority: Priority, at: datetime) -> None:
        super().__init__(kind, clock, terms)
        self.id, self.priority, self.started_at = id_, priority, at
        self.reached: set[str] = set()
        self.escalations: list[tuple[EscalationStep, datetime, datetime]] = []
        self.check_at: datetime | None = None
        self.schedule()

    def schedule(self) -> None:
        self.check_at = next_check(self.clock, self.terms.thresholds, self.reached)

    def check(self, now: datetime) -> None:
        """Record the breach and the steps reached by `now`, as the sweep does."""
        for step, moment in self.newly_reached(now, self.reached):
            self.escalations.append((cast("EscalationStep", step), moment, now))
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
        self._begin(priority, PendingTargets(frozenset(MEASURED_TARGETS)), at)

    def _begin(self, priority: Priority, pending: PendingTargets, at: datetime) -> None:
        terms = self._terms.clock_terms(priority)
        known = {replayed.kind for replayed in self._clocks} | self._unmeasured
        for kind, clock in newly_promised(terms, known, at, pending):
            self._clocks.append(
                _ReplayedClock(kind, clock, terms[kind], id_=self._new_id(at), priority=priority, at=at)
            )

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
        _schedule(meet_clocks(self._clocks, kinds, at))

    def cancel(self, at: datetime) -> None:
        """Cancel every clock that still runs."""
        _schedule(cancel_clocks(self._clocks, at))

    def pause(self, reason: WaitReason, at: datetime) -> None:
        """The ticket waits; the policy says which targets stand still."""
        _schedule(pause_clocks(self._clocks, reason, at))

    def resume(self, at: datetime) -> None:
        """The ticket no longer waits: paused clocks run on."""
        _schedule(resume_clocks(self._clocks, at))

    def reopen(self, at: datetime) -> None:
        """Resolution goes on; the time since it was resolved does not count."""
        _schedule(reopen_clocks(self._clocks, (TargetKind.RESOLUTION,), at))

    def change_priority(self, priority: Priority, pending: PendingTargets, at: datetime) -> None:
        """Another promise from now on; one that the new priority lacks is cancelled, one that the old lacked begins."""
        changed = change_terms(self._clocks, self._terms.clock_terms(priority), at, pending, Clock.change_target)
        for replayed in changed:
            replayed.priority = priority
        _schedule(changed)
        self._begin(priority, pending, at)

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
                **clock_columns(replayed.clock),
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
                    "step": step.name,
                    "level": step.level,
                    "channels": list(step.channels),
                    "reached_at": moment,
                }

    def checks(self) -> Iterator[tuple[UUID, datetime]]:
        """Clock and moment of every check that is still to come."""
        for replayed in self._clocks:
            if replayed.check_at is not None:
                yield replayed.id, replayed.check_at


def _schedule(changed: Iterable[_ReplayedClock]) -> None:
    for replayed in changed:
        replayed.schedule()
