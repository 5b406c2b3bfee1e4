"""The monthly bulletin: drafted from the month's records, edited, published to the client as a document."""

from datetime import date, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import select

from app.assets.clients.models import Client
from app.desk.security.document import BULLETIN_EDITION, BulletinContent, PrintedWeek
from app.desk.security.events import SecurityBulletinPublished
from app.desk.security.models import BulletinEdition, SecurityBulletin, SecurityFinding, SecurityWeek
from app.desk.security.permissions import SecurityPermission
from app.desk.security.promises import BULLETIN, MONTHLY_BULLETIN, bulletin_subject
from app.desk.security.schemas import BulletinWrite, RecordVersion, SecurityBulletinView, SecurityWeekSummary
from app.desk.security.services.drafting import summary_of, virus_words
from app.desk.security.services.reading import BULLETIN_ROWS, findings_where, weeks_between
from app.desk.security.states import SECURITY_BULLETIN, BulletinMove, BulletinState, WeekState
from app.platform.documents import Printable, newest_edition, printable, up_to_date
from app.platform.kernel.columns import view_of
from app.platform.kernel.errors import NotFound, StaleVersion
from app.platform.kernel.texts import translator
from app.platform.kernel.unit_of_work import UnitOfWork
from app.platform.promises import PromiseService
from tenants.models import Tenant

PARTS: Final = ("summary", "industry_news", "urgent_notices", "virus_notices", "vulnerability_notices")


def month_after(month: date) -> date:
    """The first day of the next month."""
    return (month + timedelta(days=31)).replace(day=1)


class SecurityBulletins:
    """Bulletins that the actor may see.

    Raises:
        Forbidden: without `security_week:read`.
    """

    def __init__(self, work: UnitOfWork) -> None:
        work.actor.require(SecurityPermission.SECURITY_WEEK_READ)
        self._work = work

    async def get(self, bulletin_id: UUID) -> SecurityBulletinView:
        """The bulletin; a draft that nobody has written in comes with words from the month's records.

        Raises:
            NotFound: no such bulletin for this actor; of a client's people, while it is a draft.
        """
        work = self._work
        row = (await work.session.execute(BULLETIN_ROWS.where(SecurityBulletin.id == bulletin_id))).one_or_none()
        if row is None:
            raise NotFound
        bulletin, client_name = row
        weeks = await self._weeks(bulletin)
        edition = await newest_edition(work.session, BULLETIN_EDITION, bulletin_id)
        words = {name: getattr(bulletin, name) for name in PARTS}
        if bulletin.state == BulletinState.DRAFT and not any(words.values()):
            words |= await self._draft(weeks)
        return view_of(
            SecurityBulletinView,
            bulletin,
            **words,
            client_name=client_name,
            state=BulletinState(bulletin.state),
            number=edition.number if edition else "",
            weeks=weeks,
            clocks=(await PromiseService(work).explain(BULLETIN, [bulletin_id]))[bulletin_id],
        )

    async def write(self, bulletin_id: UUID, wanted: BulletinWrite) -> None:
        """Keep the words of a draft.

        Raises:
            Forbidden: without `security_bulletin:write`.
            NotFound, StaleVersion
            BulletinMoveRefused: it is published.
        """
        bulletin = await self._draft_of(bulletin_id, wanted.version)
        changed = sorted(name for name in PARTS if getattr(bulletin, name) != getattr(wanted, name))
        for name in PARTS:
            setattr(bulletin, name, getattr(wanted, name))
        bulletin.version += 1
        self._work.audit("security_bulletin.changed", "security_bulletin", bulletin.id, fields=changed)
        await self._work.session.flush()

    async def publish(self, bulletin_id: UUID, given: RecordVersion) -> None:
        """The client reads it from now on; words that nobody wrote are those of the draft.

        Raises:
            Forbidden: without `security_bulletin:write`.
            NotFound, StaleVersion
            BulletinMoveRefused: it is published already.
        """
        work = self._work
        bulletin = await self._draft_of(bulletin_id, given.version)
        view = await self.get(bulletin_id)
        for name in PARTS:
            setattr(bulletin, name, getattr(view, name))
        bulletin.state = SECURITY_BULLETIN.after(BulletinMove.PUBLISH, bulletin.state)
        bulletin.published_at, bulletin.published_by_name = work.now, work.actor.display_name
        bulletin.version += 1
        edition = await self._edition(bulletin, view.weeks)
        await PromiseService(work).meet(bulletin_subject(bulletin), MONTHLY_BULLETIN)
        work.audit("security_bulletin.published", "security_bulletin", bulletin.id, number=edition.number)
        work.publish(
            SecurityBulletinPublished(bulletin_id=bulletin.id, client_id=bulletin.client_id, edition_id=edition.id)
        )
        await work.session.flush()

    async def document(self, bulletin_id: UUID) -> Printable:
        """The published bulletin, to be drawn.

        Raises:
            NotFound: no such bulletin for this actor, or it is not published.
        """
        await self.get(bulletin_id)
        edition = await newest_edition(self._work.session, BULLETIN_EDITION, bulletin_id)
        if edition is None:
            raise NotFound
        return await printable(self._work.session, BULLETIN_EDITION, edition)

    async def _weeks(self, bulletin: SecurityBulletin) -> list[SecurityWeekSummary]:
        return await weeks_between(self._work, bulletin.client_id, bulletin.month, month_after(bulletin.month))

    async def _draft(self, weeks: list[SecurityWeekSummary]) -> dict[str, str]:
        work = self._work
        ids = [week.id for week in weeks]
        findings = await findings_where(work, SecurityFinding.week_id.in_(ids))
        assessments = await work.session.execute(
            select(SecurityWeek.monday, SecurityWeek.assessment)
            .where(SecurityWeek.id.in_(ids), SecurityWeek.state == WeekState.ASSESSED)
            .order_by(SecurityWeek.monday)
        )
        return {
            "summary": summary_of(weeks, findings, translator(work.actor.language)),
            "virus_notices": virus_words([(str(row.monday), row.assessment) for row in assessments]),
        }

    async def _draft_of(self, bulletin_id: UUID, seen: int) -> SecurityBulletin:
        work = self._work
        work.actor.require(SecurityPermission.SECURITY_BULLETIN_WRITE)
        work.require_writable()
        bulletin = await work.session.scalar(
            select(SecurityBulletin)
            .where(SecurityBulletin.id == bulletin_id)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
        if bulletin is None:
            raise NotFound
        SECURITY_BULLETIN.require(BulletinMove.PUBLISH, bulletin.state)
        if bulletin.version != seen:
            raise StaleVersion
        return bulletin

    async def _edition(self, bulletin: SecurityBulletin, weeks: list[SecurityWeekSummary]) -> BulletinEdition:
        work = self._work
        company = await work.session.scalar(select(Tenant.name).where(Tenant.id == work.tenant_id))
        client = await work.session.scalar(select(Client.name).where(Client.id == bulletin.client_id))

        async def compose(number: str, _: int) -> BulletinContent:
            return BulletinContent(
                number=number,
                partner_name=company or "",
                client_name=client or "",
                month=bulletin.month,
                published_on=work.now,
                published_by=bulletin.published_by_name,
                weeks=tuple(view_of(PrintedWeek, week) for week in weeks),
                **{name: getattr(bulletin, name) for name in PARTS},
            )

        columns = {"client_id": bulletin.client_id, "bulletin_id": bulletin.id}
        return await up_to_date(work, BULLETIN_EDITION, columns, compose)
