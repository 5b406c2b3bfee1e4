"""The clocks of one record as values: their terms, what happens to all of them, when each is checked next.

Pure, and one for stored and for replayed clocks.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from datetime import datetime
from typing import Final, NamedTuple, TypeVar

import msgspec

from app.platform.promises.clock import Clock, Phase, Target, WaitReason, start_clock

ENDED: Final = (Phase.STOPPED, Phase.CANCELLED)


class Threshold(msgspec.Struct, frozen=True, kw_only=True):
    """A moment of a clock that somebody is told of, once: a share of the target, or so many seconds of its time.

    Exactly one of the two is given. With `while_waiting` pauses count towards it, and it may be reached in a pause.
    """

    at_percent: int | None = None
    after_seconds: int | None = None
    while_waiting: bool = False

    @property
    def name(self) -> str:
        """What identifies the threshold on one clock: `50%` or `1800s`. A subclass appends whom it tells."""
        return f"{self.at_percent}%" if self.at_percent is not None else f"{self.after_seconds}s"


def threshold_moment(clock: Clock, threshold: Threshold) -> datetime | None:
    """When the clock reaches the threshold, UTC; None while nothing counts towards it."""
    if threshold.at_percent is not None:
        return clock.threshold_at(threshold.at_percent, while_waiting=threshold.while_waiting)
    return clock.reached_at(threshold.after_seconds or 0, while_waiting=threshold.while_waiting)


def next_check(clock: Clock, thresholds: Iterable[Threshold], reached: Collection[str]) -> datetime | None:
    """When the clock is to be checked next, UTC: at its first threshold not yet reached, or when it turns late."""
    moments = [threshold_moment(clock, each) for each in thresholds if each.name not in reached]
    if clock.breached_at is None:
        moments.append(clock.late_at)
    return min((moment for moment in moments if moment is not None), default=None)


class Terms(NamedTuple):
    """What one clock runs by: its target, its thresholds, and what it stands still for."""

    target: Target
    thresholds: tuple[Threshold, ...] = ()
    pauses: frozenset[WaitReason] = frozenset()

    def start(self, at: datetime, waiting_for: WaitReason | None = None) -> Clock:
        """A new clock; paused where its record waits for what stops it."""
        return start_clock(self.target, at, waiting_for if waiting_for in self.pauses else None)


class PendingTargets(NamedTuple):
    """The targets that a record has not reached yet, and what it waits for, if it waits."""

    kinds: frozenset[str]
    waiting_for: WaitReason | None = None


class PromisedClock:
    """One clock with its terms. `kind` is the name of its target."""

    __slots__ = ("clock", "kind", "terms")

    def __init__(self, kind: str, clock: Clock, terms: Terms) -> None:
        self.kind, self.clock, self.terms = kind, clock, terms

    @property
    def is_open(self) -> bool:
        """Whether what was promised is still to be done."""
        return self.clock.phase not in ENDED

    def newly_reached(self, now: datetime, reached: set[str]) -> Iterator[tuple[Threshold, datetime]]:
        """Record a breach that has come by `now`; the thresholds reached by then that are not in `reached`, which takes
        them up, each with its moment."""
        self.clock = self.clock.observed(now)
        for threshold in self.terms.thresholds:
            moment = threshold_moment(self.clock, threshold)
            if threshold.name not in reached and moment is not None and moment <= now:
                reached.add(threshold.name)
                yield threshold, moment


Promised = TypeVar("Promised", bound=PromisedClock)


def meet_clocks(clocks: Iterable[Promised], kinds: Iterable[str], at: datetime) -> list[Promised]:
    """What was promised is done; clocks that have ended stay as they are. This and the others return what changed."""
    wanted = set(kinds)
    return _change(clocks, lambda each: each.clock.meet(at) if each.is_open and each.kind in wanted else each.clock)


def cancel_clocks(clocks: Iterable[Promised], at: datetime) -> list[Promised]:
    """Cancel every clock that still runs."""
    return _change(clocks, lambda each: each.clock.cancel(at) if each.is_open else each.clock)


def pause_clocks(clocks: Iterable[Promised], reason: WaitReason, at: datetime) -> list[Promised]:
    """The record waits; its clocks' terms say which of them stand still."""
    return _change(
        clocks,
        lambda each: (
            apply_wait(each.clock, reason, at, pauses=reason in each.terms.pauses) if each.is_open else each.clock
        ),
    )


def resume_clocks(clocks: Iterable[Promised], at: datetime) -> list[Promised]:
    """The record no longer waits: paused clocks run on."""
    return _change(clocks, lambda each: each.clock.resume(at) if each.clock.phase is Phase.PAUSED else each.clock)


def reopen_clocks(clocks: Iterable[Promised], kinds: Collection[str], at: datetime) -> list[Promised]:
    """What was done is to be done again; the time in between does not count."""
    return _change(
        clocks,
        lambda each: each.clock.reopen(at) if each.kind in kinds and each.clock.phase is Phase.STOPPED else each.clock,
    )


def change_terms(
    clocks: Iterable[Promised],
    terms: Mapping[str, Terms],
    at: datetime,
    pending: PendingTargets,
    change: Callable[[Clock, Target, datetime], Clock],
) -> list[Promised]:
    """Other terms by `change`, `Clock.change_target` from now on or `Clock.recompute` from the beginning.

    What is promised no longer is cancelled; what is promised again and is `pending` goes on.
    """
    changed = []
    for each in clocks:
        if each.clock.phase is Phase.CANCELLED and each.kind not in pending.kinds:
            continue
        new = terms.get(each.kind)
        after = apply_terms(
            each.clock,
            None if new is None else new.target,
            at,
            waiting_for=pending.waiting_for,
            pauses=new is not None and pending.waiting_for in new.pauses,
            change=change,
        )
        if after is not each.clock:
            each.clock, each.terms = after, new or each.terms
            changed.append(each)
    return changed


def newly_promised(
    terms: Mapping[str, Terms], known: Collection[str], at: datetime, pending: PendingTargets
) -> Iterator[tuple[str, Clock]]:
    """New clocks of pending targets that no clock is `known` of."""
    for kind, each in terms.items():
        if kind not in known and kind in pending.kinds:
            yield kind, each.start(at, pending.waiting_for)


def apply_terms(
    clock: Clock,
    target: Target | None,
    at: datetime,
    *,
    waiting_for: WaitReason | None,
    pauses: bool,
    change: Callable[[Clock, Target, datetime], Clock],
) -> Clock:
    """`clock` under another target: cancelled where it is promised no longer, renewed where it is promised again.

    `waiting_for` is what its record waits for, if it does; `pauses` whether that stops this target by the new
    terms, which may say otherwise than the old ones.
    """
    if clock.phase is Phase.STOPPED or (clock.phase is Phase.CANCELLED and target is None):
        return clock
    if target is None:
        return clock.cancel(at)
    if clock.phase is Phase.CANCELLED:
        return clock.renew(target, at, waiting_for if pauses else None)
    after = change(clock, target, at)
    if waiting_for is None or pauses is (after.phase is Phase.PAUSED):
        return after
    return apply_wait(after, waiting_for, at, pauses=pauses)


def apply_wait(clock: Clock, reason: WaitReason, at: datetime, *, pauses: bool) -> Clock:
    """`clock` while its record waits: paused, or running on where its terms do not stop it for this reason."""
    if pauses:
        return clock.pause(reason, at)
    return clock.resume(at) if clock.phase is Phase.PAUSED else clock


def _change(clocks: Iterable[Promised], change: Callable[[Promised], Clock]) -> list[Promised]:
    changed = []
    for each in clocks:
        after = change(each)
        if after is not each.clock:
            each.clock = after
            changed.append(each)
    return changed
