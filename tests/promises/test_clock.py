"""The life of one clock by the rules of S3."""

from datetime import date, timedelta

import msgspec
import pytest

from app.agreements.sla import CALENDAR_TEMPLATES
from app.platform.promises import (
    Clock,
    ClockOutOfOrder,
    ClockRefused,
    ClockState,
    DateException,
    Phase,
    Target,
    WaitReason,
    start_clock,
)
from tests.promises.moments import shanghai

MINUTE, HOUR = 60, 3_600
OFFICE = CALENDAR_TEMPLATES[0].calendar
"""Monday to Friday 9:00-12:00 and 13:30-18:00. 2026-11-23 is a Monday."""

FOUR_HOURS = Target(4 * HOUR, OFFICE)
MORNING = shanghai("2026-11-23 09:00")


def four_hour_clock(text: str) -> Clock:
    """A four-hour clock started at that time."""
    return start_clock(FOUR_HOURS, shanghai(text))


def test_a_running_clock_knows_when_it_is_due_and_what_remains() -> None:
    clock = four_hour_clock("2026-11-23 10:00")
    assert clock.state is ClockState.RUNNING
    assert clock.due_at == shanghai("2026-11-23 15:30")
    assert clock.elapsed_seconds(shanghai("2026-11-23 11:00")) == 1 * HOUR
    assert clock.remaining_seconds(shanghai("2026-11-23 12:45")) == 2 * HOUR
    assert clock.share_at(shanghai("2026-11-23 12:45")) == 0.5


def test_done_before_the_due_time_is_met() -> None:
    clock = four_hour_clock("2026-11-23 10:00").meet(shanghai("2026-11-23 14:00"))
    assert clock.state is ClockState.MET
    assert clock.due_at is None
    assert clock.elapsed_seconds(shanghai("2026-12-01 10:00")) == 2 * HOUR + 30 * MINUTE


def test_elapsed_equal_to_the_target_is_in_time() -> None:
    assert four_hour_clock("2026-11-23 10:00").meet(shanghai("2026-11-23 15:30:00")).state is ClockState.MET


def test_one_second_more_is_late() -> None:
    clock = four_hour_clock("2026-11-23 10:00").meet(shanghai("2026-11-23 15:30:01"))
    assert clock.state is ClockState.BREACHED
    assert clock.breached_at == shanghai("2026-11-23 15:30:01")
    assert clock.phase is Phase.STOPPED


def test_a_target_due_at_the_close_is_late_only_when_service_goes_on() -> None:
    clock = start_clock(Target(4 * HOUR + 30 * MINUTE, OFFICE), shanghai("2026-11-23 13:30"))
    assert clock.due_at == shanghai("2026-11-23 18:00")
    assert clock.late_at == shanghai("2026-11-24 09:00:01")
    assert clock.meet(shanghai("2026-11-23 20:00")).state is ClockState.MET
    assert clock.meet(shanghai("2026-11-24 09:00:01")).state is ClockState.BREACHED


def test_a_breach_is_seen_when_somebody_looks() -> None:
    clock = four_hour_clock("2026-11-23 10:00")
    assert clock.observed(shanghai("2026-11-23 15:30")).state is ClockState.RUNNING
    late = clock.observed(shanghai("2026-11-23 16:30"))
    assert late.state is ClockState.BREACHED
    assert late.breached_at == shanghai("2026-11-23 15:30:01")
    assert late.due_at == shanghai("2026-11-23 15:30")
    assert late.remaining_seconds(shanghai("2026-11-23 16:30")) == -1 * HOUR


def test_while_paused_there_is_no_due_time_only_what_remains() -> None:
    clock = four_hour_clock("2026-11-23 10:00").pause(WaitReason.CLIENT, shanghai("2026-11-23 11:00"))
    assert clock.state is ClockState.PAUSED
    assert clock.due_at is None
    assert clock.late_at is None
    assert clock.threshold_at(50) is None
    assert clock.remaining_seconds(shanghai("2026-11-25 17:00")) == 3 * HOUR


def test_a_pause_moves_the_due_time() -> None:
    clock = four_hour_clock("2026-11-23 10:00").pause(WaitReason.APPROVAL, shanghai("2026-11-23 11:00"))
    clock = clock.resume(shanghai("2026-11-24 14:00"))
    assert clock.due_at == shanghai("2026-11-24 17:00")


def test_a_pause_outside_service_hours_moves_nothing() -> None:
    clock = four_hour_clock("2026-11-23 17:00").pause(WaitReason.CLIENT, shanghai("2026-11-23 18:00"))
    assert clock.resume(shanghai("2026-11-24 08:30")).due_at == four_hour_clock("2026-11-23 17:00").due_at


def test_the_reason_may_change_while_waiting() -> None:
    clock = four_hour_clock("2026-11-23 10:00").pause(WaitReason.CLIENT, shanghai("2026-11-23 10:30"))
    clock = clock.pause(WaitReason.VENDOR, shanghai("2026-11-23 11:00")).resume(shanghai("2026-11-23 11:30"))
    assert [each.waiting_for for each in clock.ledger] == [None, WaitReason.CLIENT, WaitReason.VENDOR, None]
    assert clock.elapsed_seconds(shanghai("2026-11-23 12:00")) == 1 * HOUR


def test_a_clock_may_be_created_paused() -> None:
    clock = start_clock(FOUR_HOURS, MORNING, WaitReason.APPROVAL)
    assert clock.state is ClockState.PAUSED
    assert clock.remaining_seconds(shanghai("2026-11-23 17:00")) == 4 * HOUR
    assert clock.resume(shanghai("2026-11-24 09:00")).due_at == shanghai("2026-11-24 14:30")


def test_what_is_done_while_waiting_is_met() -> None:
    clock = four_hour_clock("2026-11-23 10:00").pause(WaitReason.CLIENT, shanghai("2026-11-23 11:00"))
    assert clock.meet(shanghai("2026-11-30 10:00")).state is ClockState.MET


def test_a_reopening_keeps_what_has_elapsed_and_the_time_after_resolution_does_not_count() -> None:
    clock = four_hour_clock("2026-11-23 10:00").meet(shanghai("2026-11-23 12:00"))
    reopened = clock.reopen(shanghai("2026-11-25 10:00"))
    assert reopened.state is ClockState.RUNNING
    assert reopened.elapsed_seconds(shanghai("2026-11-25 10:30")) == 2 * HOUR + 30 * MINUTE
    assert reopened.due_at == shanghai("2026-11-25 12:00")


def test_a_clock_reopened_with_nothing_left_is_due_at_once() -> None:
    clock = four_hour_clock("2026-11-23 10:00").meet(shanghai("2026-11-23 15:30"))
    reopened = clock.reopen(shanghai("2026-11-24 10:00"))
    assert reopened.due_at == shanghai("2026-11-24 10:00")
    assert reopened.late_at == shanghai("2026-11-24 10:00:01")


def test_a_breach_stays_a_breach() -> None:
    late = four_hour_clock("2026-11-23 10:00").meet(shanghai("2026-11-24 10:00"))
    reopened = late.reopen(shanghai("2026-11-24 11:00"))
    eased = reopened.change_target(Target(40 * HOUR, OFFICE), shanghai("2026-11-24 11:30"))
    done = eased.meet(shanghai("2026-11-24 12:00"))
    assert [each.state for each in (late, reopened, eased, done)] == [ClockState.BREACHED] * 4
    assert done.breached_at == shanghai("2026-11-23 15:30:01")
    assert reopened.cancel(shanghai("2026-11-24 12:00")).state is ClockState.BREACHED


def test_a_breached_clock_resumed_has_been_due_since_it_was_late() -> None:
    clock = four_hour_clock("2026-11-23 10:00").pause(WaitReason.PART, shanghai("2026-11-23 17:00"))
    assert clock.due_at is None
    assert clock.resume(shanghai("2026-11-24 09:00")).due_at == shanghai("2026-11-23 15:30:01")


def test_a_higher_priority_keeps_what_has_elapsed() -> None:
    clock = four_hour_clock("2026-11-23 10:00").change_target(Target(2 * HOUR, OFFICE), shanghai("2026-11-23 11:00"))
    assert clock.state is ClockState.RUNNING
    assert clock.due_at == shanghai("2026-11-23 12:00")


def test_a_target_already_used_up_at_a_change_is_late_from_the_change() -> None:
    change = shanghai("2026-11-23 11:30")
    clock = four_hour_clock("2026-11-23 10:00").change_target(Target(1 * HOUR, OFFICE), change)
    assert clock.state is ClockState.BREACHED
    assert clock.breached_at == change
    assert clock.due_at == change


def test_a_target_just_used_up_at_a_change_is_due_at_the_change_and_late_a_second_later() -> None:
    change = shanghai("2026-11-23 11:00")
    clock = four_hour_clock("2026-11-23 10:00").change_target(Target(1 * HOUR, OFFICE), change)
    assert clock.state is ClockState.RUNNING
    assert clock.due_at == change
    assert clock.late_at == change + timedelta(seconds=1)


def test_a_change_while_waiting_keeps_the_pause() -> None:
    clock = four_hour_clock("2026-11-23 10:00").pause(WaitReason.CLIENT, shanghai("2026-11-23 11:00"))
    changed = clock.change_target(Target(2 * HOUR, OFFICE), shanghai("2026-11-23 14:00"))
    assert changed.state is ClockState.PAUSED
    assert changed.ledger[-1].waiting_for is WaitReason.CLIENT
    assert changed.resume(shanghai("2026-11-23 15:00")).due_at == shanghai("2026-11-23 16:00")


def test_a_changed_calendar_counts_from_the_change_only() -> None:
    # An evening of office hours counted nothing; then the client gets service around the clock.
    clock = four_hour_clock("2026-11-23 17:00").change_target(Target(4 * HOUR), shanghai("2026-11-23 22:00"))
    assert clock.due_at == shanghai("2026-11-24 01:00")


def test_a_ticket_moved_to_another_client_goes_on_in_that_client_s_hours() -> None:
    closed_tuesday = OFFICE.merged_with((DateException(date(2026, 11, 24)),))
    clock = four_hour_clock("2026-11-23 17:00").change_target(
        Target(4 * HOUR, closed_tuesday), shanghai("2026-11-23 17:30")
    )
    # One hour of Monday counted, three remain for Wednesday.
    assert clock.due_at == shanghai("2026-11-25 12:00")


def test_recomputing_measures_the_whole_ledger_by_another_calendar() -> None:
    clock = four_hour_clock("2026-11-23 11:00").pause(WaitReason.CLIENT, shanghai("2026-11-23 13:00"))
    clock = clock.resume(shanghai("2026-11-23 14:00"))
    assert clock.elapsed_seconds(shanghai("2026-11-23 15:00")) == 2 * HOUR
    recomputed = clock.recompute(Target(8 * HOUR), shanghai("2026-11-23 15:00"))
    assert recomputed.elapsed_seconds(shanghai("2026-11-23 15:00")) == 3 * HOUR
    assert recomputed.due_at == shanghai("2026-11-23 20:00")
    assert recomputed.ledger[1].waiting_for is WaitReason.CLIENT


def test_a_recomputation_that_uses_the_target_up_is_late_from_then() -> None:
    now = shanghai("2026-11-24 09:30")
    clock = four_hour_clock("2026-11-23 17:00").recompute(Target(4 * HOUR), now)
    assert clock.breached_at == now


def test_half_three_quarters_and_all_are_told_when_they_come() -> None:
    clock = four_hour_clock("2026-11-23 10:00")
    assert clock.threshold_at(50) == shanghai("2026-11-23 12:00")
    assert clock.threshold_at(75) == shanghai("2026-11-23 14:30")
    assert clock.threshold_at(100) == clock.due_at == shanghai("2026-11-23 15:30")
    assert clock.reached_at(30 * MINUTE) == shanghai("2026-11-23 10:30")


def test_a_threshold_of_odd_seconds_is_reached_when_the_share_is_full() -> None:
    assert start_clock(Target(3), MORNING).threshold_at(50) == MORNING + timedelta(seconds=2)


def test_thresholds_that_a_change_jumps_over_are_due_at_the_change() -> None:
    change = shanghai("2026-11-23 11:30")
    clock = four_hour_clock("2026-11-23 10:00").change_target(Target(100 * MINUTE, OFFICE), change)
    assert clock.threshold_at(50) == clock.threshold_at(75) == change
    assert clock.threshold_at(100) == shanghai("2026-11-23 11:40")


def test_escalation_while_waiting_counts_the_pauses_too() -> None:
    clock = four_hour_clock("2026-11-23 10:00").pause(WaitReason.VENDOR, shanghai("2026-11-23 11:00"))
    assert clock.threshold_at(50) is None
    assert clock.threshold_at(50, while_waiting=True) == shanghai("2026-11-23 12:00")
    resumed = clock.resume(shanghai("2026-11-23 14:00"))
    assert resumed.threshold_at(75) == shanghai("2026-11-23 16:00")
    assert resumed.threshold_at(75, while_waiting=True) == shanghai("2026-11-23 14:30")


def test_a_cancelled_clock_is_neither_met_nor_due() -> None:
    clock = four_hour_clock("2026-11-23 10:00").cancel(shanghai("2026-11-23 11:00"))
    assert clock.state is ClockState.CANCELLED
    assert clock.due_at is None
    assert clock.remaining_seconds(shanghai("2026-12-01 10:00")) == 3 * HOUR


@pytest.mark.parametrize("operation", ["meet", "cancel", "resume", "reopen"])
def test_nothing_happens_to_a_cancelled_clock(operation: str) -> None:
    clock = four_hour_clock("2026-11-23 10:00").cancel(shanghai("2026-11-23 11:00"))
    with pytest.raises(ClockRefused):
        getattr(clock, operation)(shanghai("2026-11-23 12:00"))


def test_a_running_clock_cannot_be_resumed_or_reopened() -> None:
    with pytest.raises(ClockRefused):
        four_hour_clock("2026-11-23 10:00").resume(shanghai("2026-11-23 11:00"))
    with pytest.raises(ClockRefused):
        four_hour_clock("2026-11-23 10:00").reopen(shanghai("2026-11-23 11:00"))


def test_operations_come_in_the_order_of_time() -> None:
    clock = four_hour_clock("2026-11-23 10:00").pause(WaitReason.CLIENT, shanghai("2026-11-23 11:00"))
    with pytest.raises(ClockOutOfOrder):
        clock.resume(shanghai("2026-11-23 10:59:59"))
    stopped = clock.meet(shanghai("2026-11-23 12:00"))
    with pytest.raises(ClockOutOfOrder):
        stopped.reopen(shanghai("2026-11-23 11:59:59"))


def test_seconds_add_up_over_many_pauses() -> None:
    clock, moment = start_clock(Target(1 * HOUR, OFFICE), MORNING), MORNING
    for _ in range(100):
        clock = clock.pause(WaitReason.CLIENT, moment + timedelta(seconds=7, microseconds=900_000))
        moment += timedelta(seconds=11)
        clock = clock.resume(moment)
    assert clock.elapsed_seconds(moment) == 700


def test_a_clock_survives_json() -> None:
    clock = four_hour_clock("2026-11-23 10:00").pause(WaitReason.CLIENT, shanghai("2026-11-23 11:00"))
    assert msgspec.json.decode(msgspec.json.encode(clock), type=Clock) == clock
