"""A promise explained: how it stands, why it is due then, what paused it. One data for every page and the API. Pure."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Final

import msgspec

from app.platform.kernel.areas import gathered
from app.platform.kernel.columns import view_of
from app.platform.kernel.texts import N_
from app.platform.promises.calendar import ServiceCalendar
from app.platform.promises.clock import ClockState, WaitReason
from app.platform.promises.service_time import service_seconds_ahead, service_seconds_between

ATTENTION_SHARE: Final = 0.5
URGENT_SHARE: Final = 0.25
"""Shares of the target time left when the colour changes; most policies tell people at the same shares [S4]."""

WAIT_NAMES: Final = {
    WaitReason.CLIENT: N_("等客户"),
    WaitReason.APPROVAL: N_("等审批"),
    WaitReason.PART: N_("等备件"),
    WaitReason.VENDOR: N_("等厂商"),
}


class Standing(StrEnum):
    """How a promise stands at a moment, on every page: the word, shape and colour of a clock."""

    CALM = "calm"
    ATTENTION = "attention"
    URGENT = "urgent"
    BREACHED = "breached"
    PAUSED = "paused"
    MET = "met"
    LATE = "late"
    CANCELLED = "cancelled"


_OPEN: Final = frozenset({Standing.CALM, Standing.ATTENTION, Standing.URGENT, Standing.BREACHED, Standing.PAUSED})


class ClockColumns(msgspec.Struct, frozen=True):
    """What is read of a stored clock to explain it."""

    kind: str
    state: str
    due_at: datetime | None
    target_seconds: int
    counted_seconds: int
    started_at: datetime
    stopped_at: datetime | None
    breached_at: datetime | None
    waiting_for: str | None
    interval_started_at: datetime | None


class ClockPause(msgspec.Struct, frozen=True):
    """A stretch that did not count, [started_at, ended_at) in UTC."""

    waiting_for: str
    started_at: datetime
    ended_at: datetime

    @property
    def reason(self) -> str:
        """What was waited for, as source text."""
        return WAIT_NAMES[WaitReason(self.waiting_for)]


class ClockView(msgspec.Struct, frozen=True):
    """A promised time. `due_at` is null while the clock does not run.

    `remaining_seconds` is the rest of the target (in service hours where `service_hours`), negative when late; it goes
    on falling for `counts_for_seconds` (null: without end; 0 outside service hours). `pauses` are those that have
    ended, oldest first; a list of records leaves them out.
    """

    kind: str
    state: str
    due_at: datetime | None
    target_seconds: int
    remaining_seconds: int
    started_at: datetime
    stopped_at: datetime | None
    breached_at: datetime | None
    waiting_for: str | None
    service_hours: bool = False
    counts_for_seconds: int | None = None
    pauses: list[ClockPause] = []

    @property
    def label(self) -> str:
        """What is promised, as source text."""
        return gathered("promised_targets").get(self.kind, self.kind)

    @property
    def reason(self) -> str:
        """What is waited for, as source text; empty where nothing is."""
        return WAIT_NAMES[WaitReason(self.waiting_for)] if self.waiting_for else ""

    @property
    def standing(self) -> Standing:
        """How the promise stands."""
        if self.state == ClockState.CANCELLED:
            return Standing.CANCELLED
        if self.stopped_at is not None:
            return Standing.MET if self.breached_at is None else Standing.LATE
        if self.breached_at is not None or self.remaining_seconds < 0:
            return Standing.BREACHED
        if self.due_at is None:
            return Standing.PAUSED
        if self.remaining_seconds <= self.urgent_below:
            return Standing.URGENT
        return Standing.ATTENTION if self.remaining_seconds <= self.attention_below else Standing.CALM

    @property
    def is_open(self) -> bool:
        """Whether what was promised is still to be done."""
        return self.standing in _OPEN

    @property
    def stands_still(self) -> bool:
        """Whether it is outside service hours: the clock runs, and nothing counts before the next opening."""
        return self.is_open and self.due_at is not None and self.counts_for_seconds == 0

    @property
    def used_seconds(self) -> int:
        """Seconds of the target that have been used."""
        return max(0, self.target_seconds - self.remaining_seconds)

    @property
    def attention_below(self) -> int:
        """Remaining seconds at which calm turns into attention."""
        return int(self.target_seconds * ATTENTION_SHARE)

    @property
    def urgent_below(self) -> int:
        """Remaining seconds at which attention turns into urgent."""
        return int(self.target_seconds * URGENT_SHARE)


def is_counting(clock: ClockColumns, now: datetime) -> bool:
    """Whether the stored figures go on changing by themselves, for which the target's calendar is needed."""
    since = clock.interval_started_at
    return since is not None and clock.waiting_for is None and since <= now


def clock_view(
    clock: ClockColumns, calendar: ServiceCalendar | None, now: datetime, pauses: Sequence[ClockPause] = ()
) -> ClockView:
    """The stored clock at `now`, not before its last operation. `calendar` matters only while it counts."""
    remaining, state = clock.target_seconds - clock.counted_seconds, clock.state
    service_hours, counts_for = False, None
    if is_counting(clock, now) and clock.interval_started_at is not None:
        remaining -= service_seconds_between(calendar, clock.interval_started_at, now)
        service_hours, counts_for = calendar is not None, service_seconds_ahead(calendar, now)
        # The sweep records a breach later; a reader in between sees the breach already.
        if remaining < 0:
            state = ClockState.BREACHED
    return view_of(
        ClockView,
        clock,
        state=state,
        remaining_seconds=remaining,
        service_hours=service_hours,
        counts_for_seconds=counts_for,
        pauses=list(pauses),
    )
