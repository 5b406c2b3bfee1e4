"""When the client is reminded to answer a resolution, in working days of the ticket's calendar (T4)."""

from datetime import UTC, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import delete

from app.agreements.sla import terms_of_versions
from app.desk.tickets.models import Ticket
from app.platform.kernel.outbox import DueEntry, DueKind
from app.platform.kernel.unit_of_work import UnitOfWork
from app.platform.promises import ServiceCalendar

REMINDERS = 2
DEFAULT_AUTO_CLOSE_DAYS = 3
_FURTHEST_DAYS = 60


def working_days_later(calendar: ServiceCalendar | None, moment: datetime, days: int) -> datetime:
    """`moment` plus so many days on which `calendar` opens, at the same local time (UTC in and out)."""
    if calendar is None:
        return moment + timedelta(days=days)
    local = moment.astimezone(ZoneInfo(calendar.time_zone))
    for _ in range(_FURTHEST_DAYS):
        if days == 0:
            break
        local += timedelta(days=1)
        if calendar.windows_on(local.date()):
            days -= 1
    return local.astimezone(UTC)


def due_after_reminder(
    calendar: ServiceCalendar | None, moment: datetime, reminded_before: int, auto_close_days: int
) -> datetime:
    """When (UTC) the next reminder or the closing follows a reminder sent at `moment`."""
    waits = 1 if reminded_before == 0 else max(1, auto_close_days - REMINDERS)
    return working_days_later(calendar, moment, waits)


async def first_reminder(work: UnitOfWork, ticket: Ticket) -> datetime:
    """When (UTC) the first reminder of a ticket resolved now is due."""
    return working_days_later(await calendar_of(work, ticket), work.now, 1)


async def forget_reminder(work: UnitOfWork, ticket_id: UUID) -> None:
    """Nothing is awaited from the client any more."""
    await work.session.execute(
        delete(DueEntry).where(DueEntry.kind == DueKind.CONFIRMATION_REMINDER, DueEntry.subject_id == ticket_id)
    )


async def calendar_of(work: UnitOfWork, ticket: Ticket) -> ServiceCalendar | None:
    """The calendar of the ticket's service terms."""
    if ticket.policy_version_id is None or ticket.calendar_version_id is None:
        return None
    terms = await terms_of_versions(work.session, ticket.policy_version_id, ticket.calendar_version_id)
    return terms.calendar
