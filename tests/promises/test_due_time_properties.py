"""Service time against the slow model, on any calendar."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.platform.promises import ServiceCalendar, add_service_time, service_seconds_between
from app.platform.promises.service_timeline import ServiceTimeline
from tests.promises.slow_model import MinuteByMinute
from tests.promises.strategies import DAYS, TARGET_SECONDS, calendars, moments

SLOWLY = settings(deadline=None, max_examples=40, suppress_health_check=list(HealthCheck))


@pytest.mark.slow(5, "the model counts minute by minute")
@SLOWLY
@given(data=st.data(), case=calendars())
def test_due_times_and_measured_times_agree_with_the_slow_model(
    data: st.DataObject, case: tuple[ServiceCalendar, date]
) -> None:
    calendar, first = case
    assert calendar.problems() == ()
    model = MinuteByMinute(calendar, first, DAYS)
    for _ in range(3):
        start, end = sorted(data.draw(st.tuples(moments(first), moments(first))))
        served = model.seconds_between(start, end)
        assert service_seconds_between(calendar, start, end) == served
        # Half, all but one, or all of what was served in between must be reached by the end.
        seconds = data.draw(st.integers(0, served))
        for part in (seconds, served):
            assert add_service_time(calendar, start, part) == model.add(start, part)


@SLOWLY
@given(case=calendars(), first_part=TARGET_SECONDS, second_part=TARGET_SECONDS, data=st.data())
def test_adding_twice_is_adding_the_sum_and_measuring_takes_it_back(
    case: tuple[ServiceCalendar, date], first_part: int, second_part: int, data: st.DataObject
) -> None:
    calendar, first = case
    start = data.draw(moments(first))
    due = add_service_time(calendar, start, first_part)
    assert add_service_time(calendar, due, second_part) == add_service_time(calendar, start, first_part + second_part)
    assert service_seconds_between(calendar, start, due) == first_part
    if first_part:
        # The earliest such second: one second before, something was still left.
        assert service_seconds_between(calendar, start, due - timedelta(seconds=1)) == first_part - 1


@settings(SLOWLY, max_examples=4)
@given(case=calendars(), years=st.permutations([2024, 2026, 2029]))
def test_the_order_of_questions_does_not_matter(case: tuple[ServiceCalendar, date], years: list[int]) -> None:
    calendar, _ = case
    asked_at_random = ServiceTimeline(calendar)
    for year in years:
        start = int(datetime(year, 1, 1, tzinfo=UTC).timestamp())
        assert asked_at_random.after(start, 86_400) == ServiceTimeline(calendar).after(start, 86_400)
