"""Work inside and outside the service hours that a contract promises."""

from collections.abc import Collection
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Final
from uuid import UUID

import msgspec
from sqlalchemy import select

from app.agreements.sla.models import ServiceCalendarVersion
from app.platform.kernel.unit_of_work import UnitOfWork
from app.platform.promises import ServiceCalendar, service_seconds_between
from billing.money import round_half_away

_MOST_CACHED: Final = 1_000
_calendars: Final[dict[UUID, ServiceCalendar]] = {}
"""Versions of calendars, which never change."""
MINUTE: Final = 60


async def calendars_of(work: UnitOfWork, version_ids: Collection[UUID]) -> dict[UUID, ServiceCalendar]:
    """The calendars of these versions, as far as there are such."""
    missing = [version_id for version_id in version_ids if version_id not in _calendars]
    if missing:
        rows = await work.session.execute(
            select(ServiceCalendarVersion.id, ServiceCalendarVersion.document).where(
                ServiceCalendarVersion.id.in_(missing)
            )
        )
        for version_id, document in rows:
            while len(_calendars) >= _MOST_CACHED:
                _calendars.pop(next(iter(_calendars)))
            _calendars[version_id] = msgspec.convert(document, ServiceCalendar)
    return {version_id: _calendars[version_id] for version_id in version_ids if version_id in _calendars}


def began(arrived_at: datetime | None, finished_at: datetime, minutes: int) -> datetime:
    """When the work began: on arrival; from the desk, so long before its end as it took."""
    return arrived_at or finished_at - timedelta(minutes=minutes)


def minutes_by_hours(calendar: ServiceCalendar | None, start: datetime, minutes: int) -> tuple[int, int]:
    """Of so many minutes of work from `start` on, those inside and those outside the service hours. Without a calendar
    all are inside."""
    if calendar is None or minutes <= 0:
        return minutes, 0
    seconds = service_seconds_between(calendar, start, start + timedelta(minutes=minutes))
    inside = min(minutes, round_half_away(Fraction(seconds, MINUTE)))
    return inside, minutes - inside
