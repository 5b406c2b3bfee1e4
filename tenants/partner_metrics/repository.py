"""What the `network` role may read across the partners: sums by day and month, and who the partners are. No other table
is open to it, so no client's word can reach headquarters this way. Sums are made by the database."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, bindparam, func, literal_column, select
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlalchemy.orm import InstrumentedAttribute

from app.platform.kernel.actor import HQ_TENANT_ID
from app.platform.kernel.performance import PreparedStatement, borrowed_driver
from tenants.models import Tenant
from tenants.partner_metrics.facts import FIGURE_NAMES, Figures
from tenants.partner_metrics.models import QualityDay, QualityRollup
from tenants.partner_metrics.period import Grain, Period, beginning
from tenants.partner_metrics.schemas import PartnerView
from tenants.partners.models import Partner as Listing


class NetworkRepository:
    """Reads on one connection of the network role, by statements that are written once."""

    def __init__(self, driver: Any) -> None:
        self._driver = driver

    @classmethod
    @asynccontextmanager
    async def open(cls, engine: AsyncEngine) -> AsyncIterator["NetworkRepository"]:
        """`engine` is the network role's."""
        async with borrowed_driver(engine) as driver:
            yield cls(driver)

    async def partners(self) -> list[PartnerView]:
        """Every partner of the network by name, with its grading where it is listed."""
        return [PartnerView(*row) for row in await _PARTNERS.rows(self._driver, headquarters=HQ_TENANT_ID)]

    async def by_partner(self, period: Period) -> dict[UUID, Figures]:
        """By partner: its sums over the whole period; partners without tickets are left out."""
        rows = await _by_partner(period.grain).rows(self._driver, first=period.first, end=period.end)
        return {row[0]: Figures(*row[1:]) for row in rows}

    async def by_step(self, period: Period, partner_id: UUID | None = None) -> dict[date, Figures]:
        """By step: the sums of the network, or of one partner; every step of the period is there."""
        one = {} if partner_id is None else {"partner": partner_id}
        statement = _by_step(period.grain, of_one=partner_id is not None)
        found = dict.fromkeys(period.steps, Figures())
        for row in await statement.rows(self._driver, first=period.first, end=period.end, **one):
            found[beginning(period.grain, row[0])] += Figures(*row[1:])
        return found

    async def by_partner_and_step(
        self, period: Period, partner_id: UUID | None = None
    ) -> dict[UUID, dict[date, Figures]]:
        """By partner and step: its sums, every step of the period; partners without any tickets are left out."""
        one = {} if partner_id is None else {"partner": partner_id}
        statement = _by_partner_and_step(period.grain, of_one=partner_id is not None)
        found: dict[UUID, dict[date, Figures]] = {}
        for row in await statement.rows(self._driver, first=period.first, end=period.end, **one):
            steps = found.setdefault(row[0], dict.fromkeys(period.steps, Figures()))
            steps[beginning(period.grain, row[1])] += Figures(*row[2:])
        return found


_PARTNERS = PreparedStatement(
    select(Tenant.id, Tenant.name, Tenant.slug, Tenant.state, Listing.star_level)
    .outerjoin(Listing, and_(Listing.tenant_id == bindparam("headquarters"), Listing.id == Tenant.id))
    .where(Tenant.kind == literal_column("'partner'"))
    .order_by(Tenant.name, Tenant.id)
)
"""In the order of the fields of `PartnerView`."""


@cache
def _by_partner(grain: Grain) -> PreparedStatement:
    model, first_day = _table(grain)
    return PreparedStatement(
        select(model.tenant_id, *_sums(model)).where(*_within(first_day)).group_by(model.tenant_id)
    )


@cache
def _by_step(grain: Grain, *, of_one: bool) -> PreparedStatement:
    model, first_day = _table(grain)
    return PreparedStatement(
        select(first_day, *_sums(model)).where(*_within(first_day), *_of(model, of_one=of_one)).group_by(first_day)
    )


@cache
def _by_partner_and_step(grain: Grain, *, of_one: bool) -> PreparedStatement:
    model, first_day = _table(grain)
    columns = (getattr(model, name) for name in FIGURE_NAMES)
    return PreparedStatement(
        select(model.tenant_id, first_day, *columns).where(*_within(first_day), *_of(model, of_one=of_one))
    )


def _within(first_day: InstrumentedAttribute[date]) -> tuple[ColumnElement[bool], ...]:
    return (first_day >= bindparam("first"), first_day <= bindparam("end"))


def _of(model: type[QualityDay | QualityRollup], *, of_one: bool) -> tuple[ColumnElement[bool], ...]:
    return (model.tenant_id == bindparam("partner"),) if of_one else ()


def _table(grain: Grain) -> tuple[type[QualityDay | QualityRollup], InstrumentedAttribute[date]]:
    return (QualityDay, QualityDay.day) if grain is Grain.DAY else (QualityRollup, QualityRollup.month)


def _sums(model: type[QualityDay | QualityRollup]) -> list[Any]:
    return [func.sum(getattr(model, name)) for name in FIGURE_NAMES]
