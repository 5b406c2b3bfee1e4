"""From facts, rates and what was asked for before to the lines of partners' statements of a month."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Final, NamedTuple
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from app.platform.kernel.time_source import platform_day
from app.platform.kernel.unit_of_work import UnitOfWork
from billing.money import Money
from billing.periods import months_after
from billing.royalties.composing import statement_lines
from billing.royalties.models import RoyaltyStatement
from billing.royalties.network_facts import RevenueByPartner, changed_since, revenue_of
from billing.royalties.reckoning import (
    Rate,
    Revenue,
    RoyaltyLine,
    StarLevel,
    due,
    minimum_of,
    month_period,
    royalty_lines,
)
from billing.royalties.schemas import StatementLine
from billing.royalties.standing import (
    MINIMUM_STATES,
    MonthCharged,
    Rules,
    charged_until_now,
    rates_in_force,
    rules_in_force,
    star_levels,
)
from tenants.partners.models import Partner

LONG_AGO: Final = datetime(2000, 1, 1, tzinfo=UTC)
UNDERWAY: Final = timedelta(days=1)
"""What was counted so shortly before may not have been seen by whoever reckoned then."""


class Reckoned(NamedTuple):
    """One partner's month in one currency."""

    partner: Partner
    currency: str
    minimum: int
    lines: list[StatementLine]


@dataclass(frozen=True, kw_only=True)
class Reckoning:
    """What holds for everybody, read once."""

    work: UnitOfWork
    engine: AsyncEngine
    rules: Rules
    rates: Sequence[Rate]
    month: date
    levels: dict[UUID, list[StarLevel]] = field(default_factory=dict)

    def own_lines(self, partner_id: UUID, month: date, revenue: Iterable[Revenue]) -> list[RoyaltyLine]:
        """A month's lines of a partner whose levels are known."""
        return royalty_lines(month_period(month), self.rates, self.levels.get(partner_id, []), revenue)

    def minimum(self, partner: Partner, currency: str) -> int:
        """What the month owes at least."""
        rule = self.rules.of(self.month)
        if currency != rule.currency or partner.state not in MINIMUM_STATES:
            return 0
        since = platform_day(partner.authorised_at)
        return minimum_of(Money(rule.minimum_fee, rule.currency), month_period(self.month), since)


async def begin(work: UnitOfWork, engine: AsyncEngine, month: date) -> Reckoning:
    """Read what holds.

    Raises:
        NoRule: royalties begin later.
    """
    rules = await rules_in_force(work)
    rules.of(month)
    return Reckoning(work=work, engine=engine, rules=rules, rates=await rates_in_force(work), month=month)


async def reckon(reckoning: Reckoning, partners: Sequence[Partner], since: datetime) -> list[Reckoned]:
    """The statements of the month of these partners, without those that would be empty. Earlier months are looked at
    again where their facts have changed after `since`, or something was left for later."""
    ids, month = [each.id for each in partners], reckoning.month
    reckoning.levels.update(await star_levels(reckoning.work, ids))
    revenue = await _revenue(reckoning, ids, month, months_after(month, 1))
    charged = await charged_until_now(reckoning.work, ids)
    begun = reckoning.rules.first_month or month
    looked_at = await changed_since(reckoning.engine, ids, begun, month, max(since - UNDERWAY, LONG_AGO))
    for key, months in charged.items():
        looked_at.setdefault(key, set()).update(each.month for each in months if each.carried)
    earlier = await _earlier(reckoning, looked_at, charged)
    found = []
    for partner in partners:
        currencies = {currency for who, currency in (*revenue, *earlier) if who == partner.id}
        for currency in sorted(currencies | {reckoning.rules.of(month).currency}):
            key, minimum = (partner.id, currency), reckoning.minimum(partner, currency)
            own = reckoning.own_lines(partner.id, month, revenue.get(key, ()))
            if lines := statement_lines(month, own, minimum, earlier.get(key, {})):
                found.append(Reckoned(partner, currency, minimum, lines))
    return found


async def reckon_again(
    reckoning: Reckoning, statement: RoyaltyStatement, agreed: Iterable[StatementLine]
) -> list[StatementLine]:
    """The lines of a statement as the facts and rates are now; what other statements ask for the same months is left to
    them."""
    key, month = (statement.partner_id, statement.currency), statement.month
    reckoning.levels.update(await star_levels(reckoning.work, [statement.partner_id]))
    elsewhere = (await charged_until_now(reckoning.work, [statement.partner_id], without=statement.id)).get(key, [])
    revenue = await _revenue(reckoning, [statement.partner_id], month, months_after(month, 1))
    own = reckoning.own_lines(statement.partner_id, month, revenue.get(key, ()))
    asked_later = {each.month: -each.amount for each in elsewhere if each.month == month}
    months = {each.month for each in elsewhere if each.month < month}
    earlier = await _earlier(reckoning, {key: months}, {key: elsewhere})
    return statement_lines(month, own, statement.minimum_fee, {**earlier.get(key, {}), **asked_later}, agreed)


async def owed_now(
    reckoning: Reckoning, months: Mapping[tuple[UUID, str], set[date]]
) -> dict[tuple[UUID, str, date], int]:
    """What these months of partners owe by the facts as they are."""
    wanted = {month for each in months.values() for month in each}
    if not wanted:
        return {}
    ids = sorted({partner_id for partner_id, _ in months})
    minimums = await _minimums(reckoning.work, ids)
    revenue = await _revenue(reckoning, ids, min(wanted), months_after(max(wanted), 1))
    return {
        (partner_id, currency, month): due(
            reckoning.own_lines(partner_id, month, revenue.get((partner_id, currency), ())),
            minimums.get((partner_id, currency, month), 0),
        )
        for (partner_id, currency), of_partner in months.items()
        for month in of_partner
    }


async def _earlier(
    reckoning: Reckoning,
    months: Mapping[tuple[UUID, str], set[date]],
    charged: Mapping[tuple[UUID, str], Sequence[MonthCharged]],
) -> dict[tuple[UUID, str], dict[date, int]]:
    """What months owe now less what they were asked for."""
    found: dict[tuple[UUID, str], dict[date, int]] = {}
    for (partner_id, currency, month), owed in (await owed_now(reckoning, months)).items():
        key = (partner_id, currency)
        asked = sum(each.amount for each in charged.get(key, ()) if each.month == month)
        if owed != asked:
            found.setdefault(key, {})[month] = owed - asked
    return found


async def _revenue(reckoning: Reckoning, ids: Sequence[UUID], first: date, end: date) -> RevenueByPartner:
    return await revenue_of(reckoning.engine, ids, first, end, reckoning.rules.bases)


async def _minimums(work: UnitOfWork, ids: Sequence[UUID]) -> dict[tuple[UUID, str, date], int]:
    rows = await work.session.execute(
        select(
            RoyaltyStatement.partner_id,
            RoyaltyStatement.currency,
            RoyaltyStatement.month,
            RoyaltyStatement.minimum_fee,
        ).where(RoyaltyStatement.partner_id.in_(ids))
    )
    return {(partner_id, currency, month): minimum for partner_id, currency, month, minimum in rows}
