"""The deadlines: a week is assessed by its end, a bulletin published in the first days of the month after."""

from datetime import date, datetime, time, timedelta
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select

from app.assets.clients.models import Client
from app.desk.security.models import SecurityBulletin, SecurityWeek
from app.desk.security.states import BulletinState, WeekState
from app.people.identity import in_roles, read_recipients
from app.platform.kernel.unit_of_work import UnitOfWork
from app.platform.promises import Audience, NoticeSubject, PromiseTerms, Reminder, Subject

WEEK, BULLETIN = "security_week", "security_bulletin"
WEEKLY_REPORT, MONTHLY_BULLETIN = "antivirus_week", "security_month"
BULLETIN_DAYS: Final = 5
_DISPATCHERS, _MANAGERS = "dispatchers", "managers"
_ROLES: Final = {
    _DISPATCHERS: frozenset({"dispatcher", "service_manager"}),
    _MANAGERS: frozenset({"service_manager", "partner_owner"}),
}
_REMINDERS: Final = (
    Reminder(tells=_DISPATCHERS, at_percent=75),
    Reminder(tells=_MANAGERS, at_percent=100, by_email=True),
)


def week_subject(week: SecurityWeek) -> Subject:
    """The week as the promise kit knows it."""
    return Subject(WEEK, week.id, week.client_id)


def bulletin_subject(bulletin: SecurityBulletin) -> Subject:
    """The bulletin as the promise kit knows it."""
    return Subject(BULLETIN, bulletin.id, bulletin.client_id)


def terms_until(last_day: date, zone: str, now: datetime) -> PromiseTerms:
    """From now to the end of a day in the client's zone, day and night; an hour at least, for a record that begins
    late."""
    due = datetime.combine(last_day + timedelta(days=1), time(), ZoneInfo(zone))
    return PromiseTerms(seconds=max(3600, int((due - now).total_seconds())), reminders=_REMINDERS)


async def week_audience(work: UnitOfWork, week_id: UUID, tells: str) -> Audience | None:
    """Whoever plans the work, or answers for it; nobody once the week is assessed."""
    found = await work.session.execute(
        select(SecurityWeek, Client.name)
        .join(Client, (Client.tenant_id == SecurityWeek.tenant_id) & (Client.id == SecurityWeek.client_id))
        .where(SecurityWeek.id == week_id, SecurityWeek.state == WeekState.OPEN)
    )
    row = found.one_or_none()
    if row is None:
        return None
    people = in_roles(await read_recipients(work), _ROLES[tells])
    return Audience(NoticeSubject(str(row[0].monday), row[1], f"/workspace/security/{week_id}"), people)


async def bulletin_audience(work: UnitOfWork, bulletin_id: UUID, tells: str) -> Audience | None:
    """Likewise; nobody once the bulletin is published."""
    found = await work.session.execute(
        select(SecurityBulletin, Client.name)
        .join(Client, (Client.tenant_id == SecurityBulletin.tenant_id) & (Client.id == SecurityBulletin.client_id))
        .where(SecurityBulletin.id == bulletin_id, SecurityBulletin.state == BulletinState.DRAFT)
    )
    row = found.one_or_none()
    if row is None:
        return None
    people = in_roles(await read_recipients(work), _ROLES[tells])
    link = f"/workspace/security/bulletins/{bulletin_id}"
    return Audience(NoticeSubject(f"{row[0].month:%Y-%m}", row[1], link), people)
