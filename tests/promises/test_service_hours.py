"""Due times in service hours, rule by rule (S1, S3)."""

from datetime import UTC, date, datetime, timedelta

import pytest

from app.agreements.sla import CALENDAR_TEMPLATES
from app.platform.promises import (
    DateException,
    ServiceCalendar,
    ServiceNeverOpens,
    Week,
    Window,
    add_service_time,
    service_seconds_between,
)
from tests.promises.moments import local, shanghai

MINUTE, HOUR = 60, 3_600
TEMPLATES = {template.code: template.calendar for template in CALENDAR_TEMPLATES}
OFFICE = TEMPLATES["five_by_eight_lunch"]
"""Monday to Friday 9:00-12:00 and 13:30-18:00, Chinese holidays."""


def due(reported: str, seconds: int, calendar: ServiceCalendar | None = OFFICE) -> datetime:
    return add_service_time(calendar, shanghai(reported), seconds)


# 2026-11-23 is a Monday.


def test_a_target_inside_a_window_is_due_so_much_later() -> None:
    assert due("2026-11-23 09:20:30", 15 * MINUTE) == shanghai("2026-11-23 09:35:30")


def test_the_lunch_break_does_not_count() -> None:
    assert due("2026-11-23 11:50", 30 * MINUTE) == shanghai("2026-11-23 13:50")


def test_a_report_at_lunch_counts_from_the_end_of_the_break() -> None:
    assert due("2026-11-23 12:40", 15 * MINUTE) == shanghai("2026-11-23 13:45")


def test_a_report_in_the_evening_counts_from_the_next_morning() -> None:
    assert due("2026-11-23 21:00", 15 * MINUTE) == shanghai("2026-11-24 09:15")


def test_the_weekend_does_not_count() -> None:
    assert due("2026-11-27 17:50", 30 * MINUTE) == shanghai("2026-11-30 09:20")


def test_the_moment_of_opening_counts_and_the_moment_of_closing_does_not() -> None:
    assert due("2026-11-23 09:00", 1) == shanghai("2026-11-23 09:00:01")
    assert due("2026-11-23 18:00", 1) == shanghai("2026-11-24 09:00:01")


def test_a_target_that_fills_a_window_is_due_at_its_close() -> None:
    assert due("2026-11-23 13:30", 4 * HOUR + 30 * MINUTE) == shanghai("2026-11-23 18:00")
    assert due("2026-11-23 09:00", 3 * HOUR) == shanghai("2026-11-23 12:00")


def test_one_second_more_than_the_window_is_due_after_the_next_opening() -> None:
    assert due("2026-11-23 13:30", 4 * HOUR + 30 * MINUTE + 1) == shanghai("2026-11-24 09:00:01")


@pytest.mark.parametrize("reported", ["2026-11-23 10:00", "2026-11-23 12:30", "2026-11-22 03:00", "2026-11-23 18:00"])
def test_adding_zero_stays_open_or_closed(reported: str) -> None:
    assert due(reported, 0) == shanghai(reported)


def test_elapsed_time_counts_nights_and_holidays() -> None:
    assert due("2026-09-30 20:00", 24 * HOUR, None) == shanghai("2026-10-01 20:00")
    assert due("2026-09-30 20:00", 24 * HOUR, TEMPLATES["around_the_clock"]) == shanghai("2026-10-01 20:00")


def test_saturday_is_served_in_a_six_day_week() -> None:
    assert due("2026-11-27 17:50", 30 * MINUTE, TEMPLATES["six_days"]) == shanghai("2026-11-28 09:20")


def test_a_leap_day_is_a_day_like_any_other() -> None:
    # 29 February 2028 is a Tuesday.
    assert due("2028-02-28 17:00", 2 * HOUR) == shanghai("2028-02-29 10:00")
    assert due("2028-02-29 17:00", 2 * HOUR) == shanghai("2028-03-01 10:00")


def test_a_long_target_crosses_years() -> None:
    # 7.5 hours a day: a hundred service days from a Monday are twenty weeks.
    calendar = ServiceCalendar(weekly=OFFICE.weekly)
    assert due("2026-11-23 09:00", 750 * HOUR, calendar) == shanghai("2027-04-09 18:00")


def test_fractions_of_a_second_are_cut_off() -> None:
    reported = shanghai("2026-11-23 09:00") + timedelta(microseconds=999_999)
    assert add_service_time(OFFICE, reported, 60) == shanghai("2026-11-23 09:01")


def test_times_may_come_in_any_zone_and_leave_as_utc() -> None:
    reported = shanghai("2026-11-23 09:00")
    answer = add_service_time(OFFICE, reported.astimezone(), 60)
    assert answer == datetime(2026, 11, 23, 1, 1, tzinfo=UTC)
    assert answer.tzinfo is UTC


def test_a_time_without_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        add_service_time(OFFICE, datetime(2026, 11, 23, 9), 60)  # noqa: DTZ001 - what is refused


def test_service_time_runs_forward_only() -> None:
    with pytest.raises(ValueError, match="forward"):
        add_service_time(OFFICE, shanghai("2026-11-23 09:00"), -1)
    with pytest.raises(ValueError, match="forward"):
        service_seconds_between(OFFICE, shanghai("2026-11-23 09:01"), shanghai("2026-11-23 09:00"))


def test_a_night_shift_belongs_to_the_day_it_starts_on() -> None:
    shift = (Window("22:00", "06:00"),)
    friday_night = ServiceCalendar(weekly=Week(friday=shift))
    # Friday's shift runs into Saturday, on which nothing starts.
    assert due("2026-11-27 23:00", 7 * HOUR, friday_night) == shanghai("2026-11-28 06:00")
    assert due("2026-11-28 07:00", 1, friday_night) == shanghai("2026-12-04 22:00:01")


def test_closing_a_date_closes_the_shift_that_starts_then_and_not_the_one_that_ends_then() -> None:
    shift = (Window("22:00", "06:00"),)
    nightly = ServiceCalendar(weekly=Week(*[shift] * 7), exceptions=(DateException(date(2026, 11, 25)),))
    assert due("2026-11-25 05:00", 1 * HOUR, nightly) == shanghai("2026-11-25 06:00")
    assert due("2026-11-25 23:00", 60, nightly) == shanghai("2026-11-26 22:01")


def test_a_night_shift_that_meets_the_morning_is_not_counted_twice() -> None:
    calendar = ServiceCalendar(weekly=Week(monday=(Window("20:00", "10:00"),), tuesday=(Window("08:00", "12:00"),)))
    evening, noon = shanghai("2026-11-23 20:00"), shanghai("2026-11-24 12:00")
    assert service_seconds_between(calendar, evening, noon) == 16 * HOUR


def test_a_client_s_own_dates_win_over_the_calendar_s() -> None:
    stocktaking = DateException(date(2026, 11, 24), note="盘点")
    half_day = DateException(date(2026, 11, 25), (Window("09:00", "12:00"),))
    opened = DateException(date(2026, 11, 24), (Window("10:00", "11:00"),))
    calendar = OFFICE.merged_with((stocktaking, half_day))
    assert due("2026-11-23 17:30", 1 * HOUR, calendar) == shanghai("2026-11-25 09:30")
    assert due("2026-11-25 11:30", 1 * HOUR, calendar) == shanghai("2026-11-26 09:30")
    assert due("2026-11-23 17:30", 1 * HOUR, calendar.merged_with((opened,))) == shanghai("2026-11-24 10:30")


def test_a_calendar_that_no_longer_opens_says_so() -> None:
    calendar = ServiceCalendar(
        weekly=Week(monday=(Window("09:00", "10:00"),)),
        exceptions=tuple(DateException(date(2026, 1, 1) + timedelta(days=each)) for each in range(15 * 366)),
    )
    with pytest.raises(ServiceNeverOpens):
        due("2026-11-23 09:00", 1, calendar)


BERLIN = "Europe/Berlin"
NEW_YORK = "America/New_York"
AROUND = ServiceCalendar(weekly=Week(*[(Window("00:00", "24:00"),)] * 7), time_zone=BERLIN)
NIGHTS = ServiceCalendar(weekly=Week(*[(Window("22:00", "06:00"),)] * 7), time_zone=NEW_YORK)


def test_the_day_that_loses_an_hour_has_23() -> None:
    midnight, next_midnight = local("2026-03-29 00:00", BERLIN), local("2026-03-30 00:00", BERLIN)
    assert service_seconds_between(AROUND, midnight, next_midnight) == 23 * HOUR


def test_the_day_that_gains_an_hour_has_25() -> None:
    midnight, next_midnight = local("2026-10-25 00:00", BERLIN), local("2026-10-26 00:00", BERLIN)
    assert service_seconds_between(AROUND, midnight, next_midnight) == 25 * HOUR


def test_a_night_shift_counts_the_minutes_that_really_pass() -> None:
    # Clocks go forward on 8 March and back on 1 November 2026.
    spring = local("2026-03-07 22:00", NEW_YORK), local("2026-03-08 06:00", NEW_YORK)
    autumn = local("2026-10-31 22:00", NEW_YORK), local("2026-11-01 06:00", NEW_YORK)
    assert service_seconds_between(NIGHTS, *spring) == 7 * HOUR
    assert service_seconds_between(NIGHTS, *autumn) == 9 * HOUR
    assert add_service_time(NIGHTS, spring[0], 7 * HOUR) == spring[1]
    assert add_service_time(NIGHTS, autumn[0], 9 * HOUR) == autumn[1]


def test_a_window_that_opens_in_the_skipped_hour_opens_at_the_jump() -> None:
    calendar = ServiceCalendar(weekly=Week(sunday=(Window("02:30", "05:00"),)), time_zone=BERLIN)
    jump = local("2026-03-29 03:00", BERLIN)
    assert add_service_time(calendar, jump - timedelta(hours=1), 60) == jump + timedelta(minutes=1)


def test_a_window_that_closes_in_the_repeated_hour_closes_the_first_time() -> None:
    calendar = ServiceCalendar(weekly=Week(sunday=(Window("01:00", "02:30"),)), time_zone=BERLIN)
    start, end = local("2026-10-25 01:00", BERLIN), local("2026-10-25 05:00", BERLIN)
    assert service_seconds_between(calendar, start, end) == 90 * MINUTE
    assert add_service_time(calendar, start, 90 * MINUTE) == local("2026-10-25 02:30", BERLIN)


def test_office_hours_stay_at_the_wall_clock_s_nine_through_the_year() -> None:
    calendar = ServiceCalendar(weekly=OFFICE.weekly, time_zone=NEW_YORK)
    for friday, monday in (("2026-03-06", "2026-03-09"), ("2026-10-30", "2026-11-02")):
        reported = local(f"{friday} 17:59", NEW_YORK)
        assert add_service_time(calendar, reported, 120) == local(f"{monday} 09:01", NEW_YORK)
