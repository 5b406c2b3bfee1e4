"""How long one due time takes, in microseconds: `python -m tests.benchmarks.sla_due_time`."""

import statistics
import sys
import timeit
from datetime import UTC, datetime, timedelta

from app.sla import CALENDAR_TEMPLATES, Target, add_service_time, start_clock

_RUNS = 15
_REPORTED = [datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=617 * each) for each in range(800)]
_SECONDS = (900, 14_400, 86_400)


def measure() -> dict[str, float]:
    """Median microseconds of one due time, by calendar; of one clock started and asked; and the
    milliseconds of laying a year out, which the first question of a calendar pays."""
    calendars = {template.code: template.calendar for template in CALENDAR_TEMPLATES}
    office = calendars["five_by_eight_lunch"]

    def due_times(calendar: object) -> None:
        for reported in _REPORTED:
            for seconds in _SECONDS:
                add_service_time(calendar, reported, seconds)  # type: ignore[arg-type] # any calendar

    def clocks() -> None:
        for reported in _REPORTED:
            start_clock(Target(14_400, office), reported).due_at  # noqa: B018 - asked is measured

    def median(statement: object, times: int) -> float:
        runs = timeit.repeat(statement, number=1, repeat=_RUNS)  # type: ignore[arg-type] # callable
        return statistics.median(runs) / times * 1e6

    questions = len(_REPORTED) * len(_SECONDS)
    figures = {}
    for code, calendar in (*calendars.items(), ("elapsed", None)):
        figures[f"{code}_microseconds"] = median(lambda it=calendar: due_times(it), questions)
    figures["clock_started_microseconds"] = median(clocks, len(_REPORTED))
    return figures


if __name__ == "__main__":
    for name, microseconds in measure().items():
        sys.stdout.write(f"{name:40} {microseconds:8.2f}\n")
