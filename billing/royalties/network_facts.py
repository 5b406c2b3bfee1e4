"""Headquarters reads partners' revenue: sums by day and kind of charge, on the network role's connections."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Date, cast, func, select
from sqlalchemy.ext.asyncio import AsyncEngine

from billing.royalties.models import RoyaltyFact
from billing.royalties.reckoning import Basis, Revenue
from billing.royalties.standing import basis_on

RevenueByPartner = dict[tuple[UUID, str], list[Revenue]]
"""Partner and currency → its revenue."""


async def revenue_of(
    engine: AsyncEngine,
    partner_ids: Collection[UUID],
    first: date,
    end: date,
    bases: Sequence[tuple[date, Basis]],
) -> RevenueByPartner:
    """What the days from `first` on and before `end` add, each invoice counted as the rule of its month says."""
    statement = select(
        RoyaltyFact.tenant_id,
        RoyaltyFact.currency,
        RoyaltyFact.issued_month,
        RoyaltyFact.day,
        RoyaltyFact.category,
        RoyaltyFact.posted,
        RoyaltyFact.paid,
    ).where(RoyaltyFact.tenant_id.in_(partner_ids), RoyaltyFact.day >= first, RoyaltyFact.day < end)
    found: RevenueByPartner = defaultdict(list)
    posted_months: dict[date, bool] = {}
    async with engine.connect() as connection:
        for partner_id, currency, issued, day, category, posted, paid in await connection.execute(statement):
            if issued not in posted_months:
                posted_months[issued] = basis_on(bases, issued) is Basis.POSTED
            amount = posted if posted_months[issued] else paid
            if amount:
                found[partner_id, currency].append(Revenue(day, category, amount))
    return found


async def changed_since(
    engine: AsyncEngine, partner_ids: Collection[UUID], first: date, end: date, since: datetime
) -> dict[tuple[UUID, str], set[date]]:
    """Partner and currency → months from `first` on and before `end` whose facts have changed after `since`."""
    month = cast(func.date_trunc("month", RoyaltyFact.day), Date)
    statement = (
        select(RoyaltyFact.tenant_id, RoyaltyFact.currency, month)
        .where(
            RoyaltyFact.tenant_id.in_(partner_ids),
            RoyaltyFact.day >= first,
            RoyaltyFact.day < end,
            RoyaltyFact.changed_at > since,
        )
        .distinct()
    )
    found: dict[tuple[UUID, str], set[date]] = defaultdict(set)
    async with engine.connect() as connection:
        for partner_id, currency, changed in await connection.execute(statement):
            found[partner_id, currency].add(changed)
    return found
