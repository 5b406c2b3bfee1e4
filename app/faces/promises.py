"""A promise as a page shows it: calm, attention, urgent, breached, standing still, kept. Pure."""

from typing import NamedTuple

from app.sla import TargetKind
from app.sla.words import TARGET_NAMES
from app.tickets import ClockView

ATTENTION_SHARE = 0.5
URGENT_SHARE = 0.25
"""Shares of the promised time that are left when the colour changes: the steps at which managers are told (S4)."""


class Look(NamedTuple):
    """What `sla_clock` and `clock_card` draw. `label` is a source text; seconds are the target's own time."""

    label: str
    state: str
    clock: ClockView
    attention_below: int
    urgent_below: int

    @property
    def used(self) -> int:
        """Seconds of the promise that have been used."""
        return max(0, self.clock.target_seconds - self.clock.remaining_seconds)


def look_of(clock: ClockView) -> Look:
    """How a clock looks now."""
    return Look(
        TARGET_NAMES[TargetKind(clock.kind)],
        state_of(clock),
        clock,
        int(clock.target_seconds * ATTENTION_SHARE),
        int(clock.target_seconds * URGENT_SHARE),
    )


def state_of(clock: ClockView) -> str:
    """The word of `sla_clock` for how the promise stands."""
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
