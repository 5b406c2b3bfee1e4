"""Adding and measuring service time. [S3 of the features]

Times are aware datetimes, results are UTC. Everything is counted in whole seconds: a fraction of a
second is cut off where a time comes in, so that sums over many intervals stay exact. Where the
calendar is None, time counts as it passes (elapsed time, 7×24).
"""

from datetime import UTC, datetime

from app.platform.promises.calendar import ServiceCalendar
from app.platform.promises.service_timeline import timeline_of


def whole_second(moment: datetime) -> int:
    """Whole seconds since 1970 UTC. Raises ValueError for a time without a zone."""
    if moment.tzinfo is None:
        raise ValueError("a time without a time zone cannot be measured")
    return int(moment.timestamp() // 1)


def add_service_time(calendar: ServiceCalendar | None, start: datetime, seconds: int) -> datetime:
    """The moment (UTC) at which `seconds` of service time have passed since `start`.

    A target that fills a window is reached at its close, not at the next opening; adding zero
    stays where it is, open or closed. Raises ValueError for less than zero and
    ServiceNeverOpens for time that never comes.
    """
    if seconds < 0:
        raise ValueError("service time is added forward only")
    instant = whole_second(start)
    if calendar is None:
        return datetime.fromtimestamp(instant + seconds, UTC)
    return datetime.fromtimestamp(timeline_of(calendar).after(instant, seconds), UTC)


def service_seconds_between(calendar: ServiceCalendar | None, start: datetime, end: datetime) -> int:
    """Service seconds in [start, end). Raises ValueError where the end lies before the start."""
    first, last = whole_second(start), whole_second(end)
    if last < first:
        raise ValueError("service time is measured forward only")
    if calendar is None:
        return last - first
    return timeline_of(calendar).seconds_between(first, last)


def service_seconds_ahead(calendar: ServiceCalendar | None, moment: datetime) -> int | None:
    """For how many seconds a clock runs on from `moment` before it stands still: none outside service hours.

    None where time counts as it passes. Service past a midnight that opens the next window goes on with it.
    """
    if calendar is None:
        return None
    return timeline_of(calendar).until_close(whole_second(moment))
