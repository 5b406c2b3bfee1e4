"""What the `network` role may read across the partners: monthly sums and who the partners are. No other table is open
to it, so no client's word can reach headquarters this way."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import and_, select
from sqlalchemy.ext.asyncio import AsyncEngine

from app.kernel.actor import HQ_TENANT_ID
from tenants.models import Tenant
from tenants.network.facts import NAMES, Figures
from tenants.network.models import QualityRollup
from tenants.network.schemas import Partner
from tenants.partners.models import Partner as Listing

_SUMS = [getattr(QualityRollup, name) for name in NAMES]


class NetworkRepository:
    """Reads on the network role's own connections."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def partners(self) -> list[Partner]:
        """Every partner of the network by name, with its grading where it is listed."""
        statement = (
            select(Tenant.id, Tenant.name, Tenant.slug, Tenant.state, Listing.star_level)
            .outerjoin(Listing, and_(Listing.tenant_id == HQ_TENANT_ID, Listing.id == Tenant.id))
            .where(Tenant.kind == "partner")
            .order_by(Tenant.name, Tenant.id)
        )
        async with self._engine.connect() as connection:
            rows = await connection.execute(statement)
            return [
                Partner(id=id_, name=name, slug=slug, state=state, star_level=star_level)
                for id_, name, slug, state, star_level in rows
            ]

    async def sums(self, first: date, last: date) -> Sequence[tuple[UUID, date, Figures]]:
        """(partner, month, sums) of the months from `first` to `last`."""
        statement = select(QualityRollup.tenant_id, QualityRollup.month, *_SUMS).where(
            QualityRollup.month.between(first, last)
        )
        async with self._engine.connect() as connection:
            rows = await connection.execute(statement)
            return [(row[0], row[1], Figures(**dict(zip(NAMES, row[2:], strict=True)))) for row in rows]

    async def first_month(self) -> date | None:
        """The earliest month that has figures."""
        statement = select(QualityRollup.month).order_by(QualityRollup.month).limit(1)
        async with self._engine.connect() as connection:
            found: date | None = await connection.scalar(statement)
            return found
