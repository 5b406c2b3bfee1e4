"""One measure of every partner by month, for thresholds."""

from datetime import date
from uuid import UUID

import msgspec
from sqlalchemy.ext.asyncio import AsyncEngine

from tenants.partner_metrics.comparison import value_of
from tenants.partner_metrics.period import Grain, Period
from tenants.partner_metrics.repository import NetworkRepository
from tenants.partner_metrics.schemas import Measure


class MeasuredMonth(msgspec.Struct, frozen=True):
    """The value of one month and how many cases it stands on; None where nothing was measured."""

    month: date
    value: float | None
    cases: int


class MeasuredPartner(msgspec.Struct, frozen=True):
    """A partner's months in order, those without any ticket included."""

    id: UUID
    name: str
    months: list[MeasuredMonth]


async def network_month(engine: AsyncEngine, measure: Measure, first: date) -> MeasuredMonth:
    """The whole network's value of the month that begins on `first`, computed from its sums."""
    async with NetworkRepository.open(engine) as repository:
        sums = await repository.by_step(Period(Grain.MONTH, first, first))
    return MeasuredMonth(first, *value_of(sums[first], measure))


async def measured_months(
    engine: AsyncEngine, measure: Measure, first: date, last: date, partner_id: UUID | None = None
) -> list[MeasuredPartner]:
    """Partners that had tickets in the months from `first` to `last`, or the one that is asked for; `engine` is the
    network role's."""
    period = Period(Grain.MONTH, first, last)
    async with NetworkRepository.open(engine) as repository:
        names = {partner.id: partner.name for partner in await repository.partners()}
        sums = await repository.by_partner_and_step(period, partner_id)
    return [
        MeasuredPartner(
            found,
            names[found],
            [MeasuredMonth(month, *value_of(figures, measure)) for month, figures in months.items()],
        )
        for found, months in sums.items()
        if found in names
    ]
