"""A clock of the service level as the desk shows it, with its pauses. Pure."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from app.agreements.sla import TARGET_NAMES, TargetKind
from app.desk.tickets import ClockView
from app.portals.clock_display import ATTENTION_SHARE, URGENT_SHARE, state_of


class Pause(NamedTuple):
    """A pause of a clock; `ended_at` is None while it lasts."""

    kind: str
    waiting_for: str
    started_at: datetime
    ended_at: datetime | None


class ClockDetails(NamedTuple):
    """The values of `sla_clock` and `clock_card` for the desk. `label` is a source text; seconds are service time."""

    kind: str
    label: str
    state: str
    remaining: int
    used: int
    allowed: int
    counts_for: int | None
    attention_below: int
    urgent_below: int
    service_hours: bool
    due_at: datetime | None
    stopped_at: datetime | None
    breached_at: datetime | None
    waiting_for: str | None
    pauses: tuple[Pause, ...] = ()

    @property
    def open(self) -> bool:
        """Whether the target is still to be met."""
        return self.state in ("calm", "attention", "urgent", "breached", "paused")

    @property
    def closed_now(self) -> bool:
        """Whether the clock is stopped because it is outside service hours."""
        return self.open and self.due_at is not None and self.counts_for == 0


def clock_details(clock: ClockView, pauses: Sequence[Pause] = ()) -> ClockDetails:
    """The clock with its colour state, limits and pauses."""
    return ClockDetails(
        kind=clock.kind,
        label=TARGET_NAMES[TargetKind(clock.kind)],
        state=state_of(clock),
        remaining=clock.remaining_seconds,
        used=max(0, clock.target_seconds - clock.remaining_seconds),
        allowed=clock.target_seconds,
        counts_for=clock.counts_for_seconds,
        attention_below=int(clock.target_seconds * ATTENTION_SHARE),
        urgent_below=int(clock.target_seconds * URGENT_SHARE),
        service_hours=clock.service_hours,
        due_at=clock.due_at,
        stopped_at=clock.stopped_at,
        breached_at=clock.breached_at,
        waiting_for=clock.waiting_for,
        pauses=tuple(pause for pause in pauses if pause.kind == clock.kind),
    )
