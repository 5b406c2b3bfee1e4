"""How long one due time takes, in microseconds: `python -m tests.benchmarks.sla_due_time`."""

import statistics
import sys
import timeit
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial

from app.agreements.sla import CALENDAR_TEMPLATES
from app.platform.promises import ServiceCalendar, Target, add_service_time, start_clock
from app.platform.promises.service_timeline import ServiceTimeline

_RUNS = 15
_REPORTED = [datetime(2026, 1, 10, tzinfo=UTC) + timedelta(minutes=617 * each) for each in range(800)]
_SECONDS = (900, 14_400, 86_400)


def measure() -> dict[str, float]:
    """Median microseconds of one due time by calendar template, of a clock started and asked for its due time, and of
    laying out a year of 5×8 with lunch, which the first question about a year pays."""
    calendars = {template.code: template.calendar for template in CALENDAR_TEMPLATES}
    office = calendars["five_by_eight_lunch"]

    def due_times(calendar: ServiceCalendar | None) -> None:
        for reported in _REPORTED:
            for seconds in _SECONDS:
                add_service_time(calendar, reported, seconds)

    def clocks() -> None:
        for reported in _REPORTED:
            if start_clock(Target(14_400, office), reported).due_at is None:
                raise AssertionError("a running clock has a due time")

    def lay_out() -> None:
        ServiceTimeline(office).after(int(_REPORTED[0].timestamp()), 60)

    questions = len(_REPORTED) * len(_SECONDS)
    figures = {
        f"due_time_{code}": _median_microseconds(partial(due_times, calendar), questions)
        for code, calendar in calendars.items()
    }
    figures["due_time_elapsed"] = _median_microseconds(partial(due_times, None), questions)
    figures["clock_started"] = _median_microseconds(clocks, len(_REPORTED))
    figures["year_laid_out"] = _median_microseconds(lay_out, 1)
    return figures


def _median_microseconds(work: Callable[[], None], pieces: int) -> float:
    return statistics.median(timeit.repeat(work, number=1, repeat=_RUNS)) / pieces * 1e6


if __name__ == "__main__":
    for name, microseconds in measure().items():
        sys.stdout.write(f"{name:32} {microseconds:10.2f} µs\n")
