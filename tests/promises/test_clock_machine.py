"""A clock driven at random against a bookkeeper who knows minutes only, one by one."""

from datetime import UTC, date, datetime, timedelta
from functools import cache
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from app.agreements.sla import CALENDAR_TEMPLATES
from app.platform.promises import (
    Clock,
    ClockRefused,
    ClockState,
    ServiceCalendar,
    Target,
    WaitReason,
    Week,
    Window,
    start_clock,
)
from tests.promises.slow_model import MinuteByMinute

FIRST_DAY = date(2026, 3, 2)
"""Six days before New York's clocks go forward; no Chinese holiday for weeks."""
START = datetime(2026, 3, 3, tzinfo=UTC)

CALENDARS: dict[str, ServiceCalendar | None] = {
    "elapsed": None,
    "office": CALENDAR_TEMPLATES[0].calendar,
    "nights": ServiceCalendar(weekly=Week(*[(Window("21:30", "06:10"),)] * 7), time_zone="America/New_York"),
}


@cache
def minute_model(name: str) -> MinuteByMinute:
    calendar = CALENDARS[name] or ServiceCalendar(weekly=Week(*[(Window("00:00", "24:00"),)] * 7))
    return MinuteByMinute(calendar, FIRST_DAY, 33)


CALENDAR_NAMES = st.sampled_from(sorted(CALENDARS))
SECONDS = st.one_of(st.integers(0, 20_000), st.integers(0, 12).map(lambda each: each * 1_800))


class ClockMachine(RuleBasedStateMachine):
    """The bookkeeper writes down every stretch that counts, and whether the target was ever overrun."""

    def __init__(self) -> None:
        super().__init__()
        self.now = START
        self.phase = ""
        self.late = False
        self.stretches: list[tuple[datetime, datetime, str]] = []

    # --- the bookkeeper -------------------------------------------------------------------------

    def elapsed(self) -> int:
        return sum(minute_model(name).seconds_between(start, end) for start, end, name in self.stretches)

    def pass_time(self, seconds: int) -> None:
        later = self.now + timedelta(seconds=seconds)
        if self.phase == "counting":
            self.stretches.append((self.now, later, self.calendar))
        self.now = later
        self.note_breach()

    def note_breach(self) -> None:
        self.late = self.late or self.elapsed() > self.seconds

    # --- what may happen ------------------------------------------------------------------------

    @initialize(seconds=SECONDS, calendar=CALENDAR_NAMES, waiting_for=st.one_of(st.none(), st.sampled_from(WaitReason)))
    def start(self, seconds: int, calendar: str, waiting_for: WaitReason | None) -> None:
        self.seconds, self.calendar = seconds, calendar
        self.clock = start_clock(Target(seconds, CALENDARS[calendar]), self.now, waiting_for)
        self.phase = "paused" if waiting_for else "counting"

    @rule(seconds=st.one_of(SECONDS, st.integers(0, 60_000)))
    def wait(self, seconds: int) -> None:
        self.pass_time(seconds)

    @rule()
    def wait_until_due(self) -> None:
        due = self.clock.due_at
        if due is not None and self.now < due:
            self.pass_time(int((due - self.now).total_seconds()))
            assert self.elapsed() == self.seconds

    @rule(reason=st.sampled_from(WaitReason))
    def pause(self, reason: WaitReason) -> None:
        if self.phase in {"counting", "paused"}:
            self.clock = self.clock.pause(reason, self.now)
            self.phase = "paused"
        else:
            with pytest.raises(ClockRefused):
                self.clock.pause(reason, self.now)

    @rule()
    def resume(self) -> None:
        if self.phase == "paused":
            self.clock = self.clock.resume(self.now)
            self.phase = "counting"
        else:
            with pytest.raises(ClockRefused):
                self.clock.resume(self.now)

    @rule()
    def meet(self) -> None:
        if self.phase in {"counting", "paused"}:
            self.clock = self.clock.meet(self.now)
            self.phase = "stopped"
        else:
            with pytest.raises(ClockRefused):
                self.clock.meet(self.now)

    @rule()
    def reopen(self) -> None:
        if self.phase == "stopped":
            self.clock = self.clock.reopen(self.now)
            self.phase = "counting"
        else:
            with pytest.raises(ClockRefused):
                self.clock.reopen(self.now)

    @precondition(lambda self: len(self.clock.ledger) > 6)
    @rule()
    def cancel(self) -> None:
        if self.phase in {"counting", "paused"}:
            self.clock = self.clock.cancel(self.now)
            self.phase = "cancelled"
        else:
            with pytest.raises(ClockRefused):
                self.clock.cancel(self.now)

    @precondition(lambda self: self.phase in {"counting", "paused"})
    @rule(seconds=SECONDS, calendar=CALENDAR_NAMES)
    def change_target(self, seconds: int, calendar: str) -> None:
        self.clock = self.clock.change_target(Target(seconds, CALENDARS[calendar]), self.now)
        self.seconds, self.calendar = seconds, calendar
        self.note_breach()

    @precondition(lambda self: self.phase in {"counting", "paused"})
    @rule(seconds=SECONDS, calendar=CALENDAR_NAMES)
    def recompute(self, seconds: int, calendar: str) -> None:
        self.clock = self.clock.recompute(Target(seconds, CALENDARS[calendar]), self.now)
        self.seconds, self.calendar = seconds, calendar
        self.stretches = [(start, end, calendar) for start, end, _ in self.stretches]
        self.note_breach()

    # --- what must hold -------------------------------------------------------------------------

    @invariant()
    def both_agree(self) -> None:
        if not self.phase:
            return
        clock, elapsed = self.clock, self.elapsed()
        remaining = self.seconds - elapsed
        assert clock.phase == self.phase
        assert clock.elapsed_seconds(self.now) == elapsed
        assert clock.remaining_seconds(self.now) == remaining
        assert clock.observed(self.now).state == self.expected_state()
        if self.phase != "counting":
            assert clock.due_at is None
            assert clock.late_at is None
            return
        assert clock.due_at is not None
        assert clock.late_at is not None
        model = minute_model(self.calendar)
        if remaining > 0:
            assert clock.due_at == model.add(self.now, remaining)
            half = -(-self.seconds // 2) - elapsed
            if half > 0:
                assert clock.threshold_at(50) == model.add(self.now, half)
        else:
            assert clock.due_at <= self.now
        if not self.late:
            assert clock.late_at == model.add(self.now, remaining + 1)
            assert clock.threshold_at(100) == clock.due_at

    def expected_state(self) -> ClockState:
        if self.late:
            return ClockState.BREACHED
        return {
            "counting": ClockState.RUNNING,
            "paused": ClockState.PAUSED,
            "stopped": ClockState.MET,
            "cancelled": ClockState.CANCELLED,
        }[self.phase]

    @invariant()
    def the_ledger_follows_itself(self) -> None:
        if not self.phase:
            return
        ledger = self.clock.ledger
        for earlier, later in pairwise(ledger):
            assert earlier.ended_at is not None
            assert earlier.started_at <= earlier.ended_at <= later.started_at
        assert (ledger[-1].ended_at is None) == (self.phase in {"counting", "paused"})
        assert all(each.seconds == 0 for each in ledger if each.is_paused)

    clock: Clock
    seconds: int
    calendar: str


TestClockMachine = ClockMachine.TestCase
TestClockMachine.settings = settings(
    deadline=None, max_examples=150, stateful_step_count=20, suppress_health_check=list(HealthCheck)
)
