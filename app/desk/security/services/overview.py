"""What a client that bought the service reads, on its page and by the API."""

from datetime import date, timedelta
from typing import Final
from uuid import UUID

from app.desk.security.models import SecurityBulletin, SecurityFinding
from app.desk.security.permissions import SecurityPermission
from app.desk.security.schemas import SecurityOverview
from app.desk.security.services.reading import (
    BULLETIN_ROWS,
    bulletin_summary,
    client_day,
    findings_where,
    weeks_between,
)
from app.desk.security.services.subscribers import has_bought
from app.desk.security.services.weeks import SecurityWeeks
from app.desk.security.states import BulletinState, FindingState
from app.platform.kernel.errors import NotFound
from app.platform.kernel.unit_of_work import UnitOfWork

TREND_WEEKS: Final = 13
MOST_BULLETINS: Final = 24


class SecurityService:
    """The service as one client has it.

    Raises:
        Forbidden: without `security_week:read`.
    """

    def __init__(self, work: UnitOfWork) -> None:
        work.actor.require(SecurityPermission.SECURITY_WEEK_READ)
        self._work = work

    async def of_client(self, client_id: UUID) -> SecurityOverview:
        """The last weeks, what is being worked on, the bulletins.

        Raises:
            NotFound: the client never bought the service, or is not the actor's.
        """
        work = self._work
        if not await has_bought(work, client_id):
            raise NotFound
        today = await client_day(work, client_id)
        weeks = await weeks_between(work, client_id, today - timedelta(weeks=TREND_WEEKS), date.max)
        findings = await findings_where(
            work, SecurityFinding.client_id == client_id, SecurityFinding.state != FindingState.DISMISSED
        )
        rows = await work.session.execute(
            BULLETIN_ROWS.where(
                SecurityBulletin.client_id == client_id, SecurityBulletin.state == BulletinState.PUBLISHED
            )
            .order_by(SecurityBulletin.month.desc())
            .limit(MOST_BULLETINS)
        )
        shown = {week.id for week in weeks[-4:]}
        return SecurityOverview(
            client_id=client_id,
            weeks=weeks,
            newest=await SecurityWeeks(work).get(weeks[-1].id) if weeks else None,
            findings=[each for each in findings if each.week_id in shown or each.state is FindingState.OPEN],
            bulletins=[bulletin_summary(bulletin, name) for bulletin, name in rows],
        )
