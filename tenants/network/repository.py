"""What the `network` role may read across the partners: sums by day and month, and who the partners are. No other table
is open to it, so no client's word can reach headquarters this way. Sums are made by the database."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import and_, func, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine
from sqlalchemy.orm import InstrumentedAttribute

from app.kernel.actor import HQ_TENANT_ID
from tenants.models import Tenant
from tenants.network.facts import NAMES, Figures
from tenants.network.models import QualityDay, QualityRollup
from tenants.network.period import Grain, Period, beginning
from tenants.network.schemas import Partner
from tenants.partners.models import Partner as Listing


class NetworkRepository:
    """Reads on one connection of the network role."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    @classmethod
    @asynccontextmanager
    async def open(cls, engine: AsyncEngine) -> AsyncIterator["NetworkRepository"]:
        """`engine` is the network role's."""
        async with engine.connect() as connection:
            yield cls(connection)

    async def partners(self) -> list[Partner]:
        """Every partner of the network by name, with its grading where it is listed."""
        statement = (
            select(Tenant.id, Tenant.name, Tenant.slug, Tenant.state, Listing.star_level)
            .outerjoin(Listing, and_(Listing.tenant_id == HQ_TENANT_ID, Listing.id == Tenant.id))
            .where(Tenant.kind == "partner")
            .order_by(Tenant.name, Tenant.id)
        )
        return [
            Partner(id=id_, name=name, slug=slug, state=state, star_level=star_level)
            for id_, name, slug, state, star_level in (await self._connection.execute(statement)).all()
        ]

    async def by_partner(self, period: Period) -> dict[UUID, Figures]:
        """Partner → its sums over the whole period; partners without tickets are left out."""
        model, first_day = _table(period.grain)
        rows = await self._connection.execute(
            select(model.tenant_id, *_sums(model))
            .where(first_day.between(period.first, period.end))
            .group_by(model.tenant_id)
        )
        return {row[0]: _figures(row[1:]) for row in rows.all()}

    async def by_step(self, period: Period, partner_id: UUID | None = None) -> dict[date, Figures]:
        """Step → the sums of the network, or of one partner; every step of the period is there."""
        model, first_day = _table(period.grain)
        statement = (
            select(first_day, *_sums(model)).where(first_day.between(period.first, period.end)).group_by(first_day)
        )
        if partner_id is not None:
            statement = statement.where(model.tenant_id == partner_id)
        found = dict.fromkeys(period.steps, Figures())
        for row in (await self._connection.execute(statement)).all():
            found[beginning(period.grain, row[0])] += _figures(row[1:])
        return found

    async def by_partner_and_step(
        self, period: Period, partner_id: UUID | None = None
    ) -> dict[UUID, dict[date, Figures]]:
        """Partner → step → its sums, every step of the period; partners without tickets in all of it are left out."""
        model, first_day = _table(period.grain)
        statement = select(model.tenant_id, first_day, *(getattr(model, name) for name in NAMES)).where(
            first_day.between(period.first, period.end)
        )
        if partner_id is not None:
            statement = statement.where(model.tenant_id == partner_id)
        found: dict[UUID, dict[date, Figures]] = {}
        for row in (await self._connection.execute(statement)).all():
            steps = found.setdefault(row[0], dict.fromkeys(period.steps, Figures()))
            steps[beginning(period.grain, row[1])] += _figures(row[2:])
        return found


def _table(grain: Grain) -> tuple[type[QualityDay | QualityRollup], InstrumentedAttribute[date]]:
    return (QualityDay, QualityDay.day) if grain is Grain.DAY else (QualityRollup, QualityRollup.month)


def _sums(model: type[QualityDay | QualityRollup]) -> list[Any]:
    return [func.sum(getattr(model, name)) for name in NAMES]


def _figures(sums: Sequence[int]) -> Figures:
    return Figures(*sums)
