"""Chinese public holidays and make-up workdays, by the published calendar of 2026 (S1)."""

from datetime import date

import msgspec
import pytest

from app.agreements.sla import CALENDAR_TEMPLATES
from app.agreements.sla.starter_templates import CalendarTemplate
from app.platform.promises import (
    DateException,
    DayKind,
    HolidayEntry,
    HolidayTable,
    ServiceCalendar,
    Window,
    add_service_time,
)
from tests.promises.moments import shanghai

pytestmark = pytest.mark.any_day(on="dates")

MINUTE, HOUR = 60, 3_600
OFFICE = CALENDAR_TEMPLATES[0].calendar


def with_table(*entries: HolidayEntry, complete_years: tuple[int, ...] = ()) -> ServiceCalendar:
    return msgspec.structs.replace(OFFICE, holiday_table=HolidayTable(entries, complete_years))


def test_national_day_is_closed_until_the_eighth() -> None:
    # 1 to 7 October 2026; the 8th is a Thursday.
    due = add_service_time(OFFICE, shanghai("2026-09-30 17:50"), 30 * MINUTE)
    assert due == shanghai("2026-10-08 09:20")


def test_a_make_up_saturday_is_served() -> None:
    # Saturday 10 October 2026 makes up for National Day.
    due = add_service_time(OFFICE, shanghai("2026-10-09 17:50"), 30 * MINUTE)
    assert due == shanghai("2026-10-10 09:20")


def test_a_make_up_sunday_is_served_before_the_holiday() -> None:
    # Sunday 20 September 2026.
    due = add_service_time(OFFICE, shanghai("2026-09-19 12:00"), 1 * HOUR)
    assert due == shanghai("2026-09-20 10:00")


def test_the_spring_festival_of_nine_days_is_closed() -> None:
    # 15 to 23 February 2026, after the make-up Saturday of the 14th.
    assert add_service_time(OFFICE, shanghai("2026-02-13 18:00"), 1) == shanghai("2026-02-14 09:00:01")
    assert add_service_time(OFFICE, shanghai("2026-02-14 18:00"), 1) == shanghai("2026-02-24 09:00:01")


def test_a_make_up_workday_has_the_windows_that_the_calendar_gives_it() -> None:
    short = msgspec.structs.replace(OFFICE, makeup_windows=(Window("10:00", "16:00"),))
    assert add_service_time(short, shanghai("2026-10-09 18:00"), 7 * HOUR) == shanghai("2026-10-12 10:00")


def test_without_make_up_windows_a_make_up_workday_stays_a_saturday() -> None:
    free = msgspec.structs.replace(OFFICE, makeup_windows=None)
    assert add_service_time(free, shanghai("2026-10-09 17:50"), 30 * MINUTE) == shanghai("2026-10-12 09:20")


def test_a_calendar_may_keep_a_holiday_duty() -> None:
    duty = msgspec.structs.replace(OFFICE, holiday_windows=(Window("10:00", "12:00"),))
    assert add_service_time(duty, shanghai("2026-09-30 18:00"), 3 * HOUR) == shanghai("2026-10-02 11:00")


def test_an_exception_of_the_client_wins_over_the_holiday() -> None:
    shop = OFFICE.merged_with((DateException(date(2026, 10, 1), (Window("10:00", "12:00"),)),))
    assert add_service_time(shop, shanghai("2026-09-30 18:00"), 1 * HOUR) == shanghai("2026-10-01 11:00")


def test_the_table_corrects_the_published_days() -> None:
    corrected = with_table(
        HolidayEntry(date(2026, 10, 8), DayKind.HOLIDAY, "国庆节"),
        HolidayEntry(date(2026, 10, 10), DayKind.ORDINARY),
        HolidayEntry(date(2026, 10, 11), DayKind.MAKEUP_WORKDAY, "国庆节调休"),
    )
    assert add_service_time(corrected, shanghai("2026-09-30 18:00"), 1) == shanghai("2026-10-09 09:00:01")
    assert add_service_time(corrected, shanghai("2026-10-09 18:00"), 1) == shanghai("2026-10-11 09:00:01")


def test_a_year_not_published_has_its_weekdays_only() -> None:
    # New Year's Day 2098 is a Wednesday.
    assert add_service_time(OFFICE, shanghai("2097-12-31 18:00"), 1) == shanghai("2098-01-01 09:00:01")


def test_people_can_be_told_which_years_are_not_published() -> None:
    assert OFFICE.unpublished_holiday_years(date(2026, 11, 22), date(2026, 12, 31)) == ()
    assert OFFICE.unpublished_holiday_years(date(2097, 11, 22), date(2099, 2, 1)) == (2097, 2098, 2099)


def test_a_correction_does_not_make_a_year_published_but_a_whole_table_does() -> None:
    new_year = HolidayEntry(date(2098, 1, 1), DayKind.HOLIDAY, "元旦")
    year = date(2098, 1, 1), date(2098, 12, 31)
    assert with_table(new_year).unpublished_holiday_years(*year) == (2098,)
    assert with_table(new_year, complete_years=(2098,)).unpublished_holiday_years(*year) == ()


def test_a_calendar_without_holidays_never_waits_for_their_publication() -> None:
    around_the_clock = CALENDAR_TEMPLATES[-1].calendar
    assert around_the_clock.unpublished_holiday_years(date(2026, 1, 1), date(2040, 1, 1)) == ()


@pytest.mark.parametrize("template", CALENDAR_TEMPLATES, ids=lambda template: template.code)
def test_a_calendar_survives_json(template: CalendarTemplate) -> None:
    calendar = template.calendar
    assert msgspec.json.decode(msgspec.json.encode(calendar), type=ServiceCalendar) == calendar
