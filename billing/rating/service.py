"""Reading charges with the ways back and forward."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select

from app.platform.kernel.columns import columns_of
from app.platform.kernel.errors import NotFound
from app.platform.kernel.unit_of_work import UnitOfWork
from billing.quotes import quote_of_line
from billing.rating.claims import ClaimPlace, places_of
from billing.rating.listing import charge_rows, uncharged_rows
from billing.rating.models import Charge, ChargeMark, RatedRecord
from billing.rating.permissions import RatingPermission
from billing.rating.schemas import ChargeRow, ChargeView, MarkView, RatedWork, UnchargedRow
from billing.rating.vocabulary import SourceKind


class Charges:
    """The charges of the actor's company.

    Raises:
        Forbidden: without `charge:read`.
    """

    def __init__(self, work: UnitOfWork) -> None:
        work.actor.require(RatingPermission.CHARGE_READ)
        self._work = work

    async def get(self, charge_id: UUID) -> ChargeView:
        """
        Raises:
            NotFound: no such charge for this actor.
        """
        row = (
            await self._work.session.execute(select(*columns_of(ChargeView, Charge)).where(Charge.id == charge_id))
        ).one_or_none()
        if row is None:
            raise NotFound
        return ChargeView(*row)

    async def row(self, charge_id: UUID) -> ChargeRow:
        """The same as the list shows it.

        Raises:
            NotFound: no such charge for this actor.
        """
        row = (await self._work.session.execute(charge_rows().where(Charge.id == charge_id))).one_or_none()
        if row is None:
            raise NotFound
        return ChargeRow(*row)

    async def of_ticket(self, ticket_id: UUID) -> list[ChargeRow]:
        """By day."""
        rows = await self._work.session.execute(
            charge_rows().where(Charge.ticket_id == ticket_id).order_by(Charge.day, Charge.id)
        )
        return [ChargeRow(*row) for row in rows]

    async def work_of_ticket(self, ticket_id: UUID) -> list[RatedWork]:
        """What became of its visits when they were rated, by day."""
        rows = await self._work.session.execute(
            select(*columns_of(RatedWork, RatedRecord))
            .where(RatedRecord.ticket_id == ticket_id, RatedRecord.source_kind == SourceKind.VISIT)
            .order_by(RatedRecord.day, RatedRecord.id)
        )
        return [RatedWork(*row) for row in rows]

    async def uncharged(self, record_id: UUID) -> UnchargedRow:
        """A visit that made no charge.

        Raises:
            NotFound: no such visit for this actor.
        """
        row = (await self._work.session.execute(uncharged_rows().where(RatedRecord.id == record_id))).one_or_none()
        if row is None:
            raise NotFound
        return UnchargedRow(*row)

    async def taken_back_by(self, charge_id: UUID) -> UUID | None:
        """The charge that takes this one back."""
        return await self._work.session.scalar(select(Charge.id).where(Charge.reverses_id == charge_id))

    async def marks(self, charge_id: UUID) -> list[MarkView]:
        """Standing and lifted, the newest first.

        Raises:
            NotFound: no such charge for this actor.
        """
        await self.get(charge_id)
        rows = await self._work.session.execute(
            select(*columns_of(MarkView, ChargeMark))
            .where(ChargeMark.charge_id == charge_id)
            .order_by(ChargeMark.marked_at.desc(), ChargeMark.id)
        )
        return [MarkView(*row) for row in rows]

    async def place(self, charge_id: UUID) -> ClaimPlace | None:
        """The invoice or draft that it stands on."""
        return (await places_of(self._work, [charge_id])).get(charge_id)

    async def quote_of(self, charge: ChargeView) -> UUID | None:
        """The quote in which its line was approved."""
        if charge.quote_line_id is None:
            return None
        return await quote_of_line(self._work, charge.quote_line_id)

    async def others_of_source(self, charge: ChargeView) -> Sequence[ChargeRow]:
        """What else was charged for the same source: other parts, revisions."""
        rows = await self._work.session.execute(
            charge_rows()
            .where(
                Charge.source_kind == charge.source_kind,
                Charge.source_id == charge.source_id,
                Charge.id != charge.id,
            )
            .order_by(Charge.day, Charge.id)
            .limit(50)
        )
        return [ChargeRow(*row) for row in rows]
