"""A clock of the service level as pages show it: calm, attention, urgent, breached, paused, met, late. Pure."""

from typing import NamedTuple

from app.agreements.sla import TARGET_NAMES, TargetKind
from app.desk.tickets import ClockView

ATTENTION_SHARE = 0.5
URGENT_SHARE = 0.25
"""Shares of the target time left when the colour changes; escalation notices go out at the same shares [S4]."""


class ClockDisplay(NamedTuple):
    """The values of the macros `sla_clock` and `clock_card`. `label` is a source text; seconds are service time."""

    label: str
    state: str
    clock: ClockView
    attention_below: int
    urgent_below: int

    @property
    def used(self) -> int:
        """Seconds of the target time that have been used."""
        return max(0, self.clock.target_seconds - self.clock.remaining_seconds)


def clock_display(clock: ClockView) -> ClockDisplay:
    """The clock with its colour state and the limits at which it changes."""
    return ClockDisplay(
        TARGET_NAMES[TargetKind(clock.kind)],
        state_of(clock),
        clock,
        int(clock.target_seconds * ATTENTION_SHARE),
        int(clock.target_seconds * URGENT_SHARE),
    )


def state_of(clock: ClockView) -> str:
    """The `state` argument of `sla_clock`."""
    if clock.state == "cancelled":
        return "cancelled"
    if clock.stopped_at is not None:
        return "late" if clock.breached_at is not None else "met"
    if clock.breached_at is not None or clock.remaining_seconds < 0:
        return "breached"
    if clock.due_at is None:
        return "paused"
    if clock.remaining_seconds <= clock.target_seconds * URGENT_SHARE:
        return "urgent"
    return "attention" if clock.remaining_seconds <= clock.target_seconds * ATTENTION_SHARE else "calm"
