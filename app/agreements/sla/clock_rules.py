"""When a clock is checked next, and how waits and changed terms alter it. Pure: for running and replayed clocks."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import NamedTuple

from app.agreements.sla.clock import Clock, Phase, Target
from app.agreements.sla.policy import EscalationStep
from app.agreements.sla.service_terms import ServiceTerms
from app.agreements.sla.vocabulary import TargetKind, WaitReason


def step_name(step: EscalationStep) -> str:
    """What identifies a step on one clock: `50%/1` or `1800s/2`."""
    when = f"{step.at_percent}%" if step.at_percent is not None else f"{step.after_seconds}s"
    return f"{when}/{step.level}"


def step_moment(clock: Clock, step: EscalationStep) -> datetime | None:
    """When the clock reaches the step, UTC; None while nothing counts towards it."""
    if step.at_percent is not None:
        return clock.threshold_at(step.at_percent, while_waiting=step.while_waiting)
    return clock.reached_at(step.after_seconds or 0, while_waiting=step.while_waiting)


def next_check(clock: Clock, steps: Iterable[EscalationStep], reached_steps: set[str]) -> datetime | None:
    """When the clock is to be checked next, UTC: at its first step not yet reached or when it turns late; else None."""
    moments = [step_moment(clock, step) for step in steps if step_name(step) not in reached_steps]
    if clock.breached_at is None:
        moments.append(clock.late_at)
    return min((moment for moment in moments if moment is not None), default=None)


class PendingTargets(NamedTuple):
    """The targets that a ticket has not reached yet, and what it waits for, if it waits."""

    kinds: frozenset[TargetKind]
    waiting_for: WaitReason | None = None

    def pauses(self, kind: TargetKind, terms: ServiceTerms) -> bool:
        """Whether the policy pauses a clock of `kind` for what the ticket waits for."""
        return self.waiting_for is not None and terms.policy.pauses(self.waiting_for, kind)


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

    `waiting_for` is what its ticket waits for, if it does; `pauses` whether that stops this target by the new
    policy, which may say otherwise than the old one.
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
    """`clock` while its ticket waits: paused, or running on where the policy does not pause it for this reason."""
    if pauses:
        return clock.pause(reason, at)
    return clock.resume(at) if clock.phase is Phase.PAUSED else clock
