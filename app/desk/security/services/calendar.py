"""What begins by itself: each Monday the week of every subscriber, on the first of a month the bulletin of the last."""

from datetime import date, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from app.assets.clients.models import Client
from app.desk.security.assessment import A_WEEK, monday_of
from app.desk.security.models import SecurityBulletin, SecurityWeek
from app.desk.security.promises import (
    BULLETIN_DAYS,
    MONTHLY_BULLETIN,
    WEEKLY_REPORT,
    bulletin_subject,
    terms_until,
    week_subject,
)
from app.desk.security.services.subscribers import require_running, subscribers
from app.desk.security.states import BulletinState, WeekState
from app.platform.kernel.unit_of_work import UnitOfWork
from app.platform.promises import PromiseService


async def open_due(work: UnitOfWork) -> None:
    """Begin what is to begin today in each subscriber's zone, once. A bulletin needs a week of its month."""
    clients = await work.session.execute(
        select(Client.id, Client.time_zone).where(Client.id.in_(subscribers())).order_by(Client.id)
    )
    for client_id, zone in clients.all():
        today = work.now.astimezone(ZoneInfo(zone)).date()
        await open_week(work, client_id, zone, monday_of(today))
        await _open_bulletin(work, client_id, zone, today)


async def open_past_week(work: UnitOfWork, client_id: UUID, monday: date) -> UUID:
    """A week of a subscriber that is over or runs, for records that come in later.

    Raises:
        SecurityNotBought: no subscription of the client runs.
    """
    await require_running(work, client_id)
    zone = (await work.session.scalars(select(Client.time_zone).where(Client.id == client_id))).one()
    return await open_week(work, client_id, zone, monday)


async def open_week(work: UnitOfWork, client_id: UUID, zone: str, monday: date) -> UUID:
    """The client's week, begun if it was not, with its deadline. The caller has checked that the client has the
    service."""
    made = await work.session.scalar(
        insert(SecurityWeek)
        .values(
            tenant_id=work.tenant_id,
            id=work.new_id(),
            client_id=client_id,
            monday=monday,
            state=WeekState.OPEN,
            opened_at=work.now,
            expected=0,
            checked=0,
            protected=0,
            outdated=0,
            virus_events=0,
            unpatched=0,
            assessment="",
            assessed_by_name="",
            version=1,
        )
        .on_conflict_do_nothing(index_elements=["tenant_id", "client_id", "monday"])
        .returning(SecurityWeek)
    )
    if made is None:
        found: UUID = (
            await work.session.scalars(
                select(SecurityWeek.id).where(SecurityWeek.client_id == client_id, SecurityWeek.monday == monday)
            )
        ).one()
        return found
    terms = terms_until(monday + A_WEEK - timedelta(days=1), zone, work.now)
    await PromiseService(work).start(week_subject(made), {WEEKLY_REPORT: terms})
    await work.session.flush()
    week_id: UUID = made.id
    return week_id


async def _open_bulletin(work: UnitOfWork, client_id: UUID, zone: str, today: date) -> None:
    this_month = today.replace(day=1)
    month = (this_month - timedelta(days=1)).replace(day=1)
    weeks = select(SecurityWeek.id).where(
        SecurityWeek.client_id == client_id, SecurityWeek.monday >= month, SecurityWeek.monday < this_month
    )
    if await work.session.scalar(weeks.limit(1)) is None:
        return
    made = await work.session.scalar(
        insert(SecurityBulletin)
        .values(
            tenant_id=work.tenant_id,
            id=work.new_id(),
            client_id=client_id,
            month=month,
            state=BulletinState.DRAFT,
            summary="",
            industry_news="",
            urgent_notices="",
            virus_notices="",
            vulnerability_notices="",
            opened_at=work.now,
            published_by_name="",
            version=1,
        )
        .on_conflict_do_nothing(index_elements=["tenant_id", "client_id", "month"])
        .returning(SecurityBulletin)
    )
    if made is not None:
        terms = terms_until(this_month + timedelta(days=BULLETIN_DAYS - 1), zone, work.now)
        await PromiseService(work).start(bulletin_subject(made), {MONTHLY_BULLETIN: terms})
        await work.session.flush()
