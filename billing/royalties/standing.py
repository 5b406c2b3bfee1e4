"""What holds at headquarters: rates, rules, partners' star levels by day, and what was asked for until now."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import date
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import BigInteger, cast, func, select

from app.platform.kernel.time_source import platform_day
from app.platform.kernel.unit_of_work import UnitOfWork
from billing.royalties.errors import NoRule
from billing.royalties.models import RoyaltyCharge, RoyaltyRate, RoyaltyRule
from billing.royalties.reckoning import Basis, Rate, StarLevel
from billing.royalties.schemas import ChargeKind
from tenants.partners import TransitionKind
from tenants.partners.models import Partner, PartnerTransition

STATED_STATES = ("trial", "active", "suspended", "terminated")
"""Of a partner whose revenue counts."""
MINIMUM_STATES = ("active", "suspended")
"""Of a partner that owes a minimum; a trial owes none."""


class MonthCharged(NamedTuple):
    """What a partner was asked for in one currency for a month."""

    month: date
    amount: int
    carried: int
    """What of it was left for later."""


class Rules:
    """The rules in the order of their months."""

    def __init__(self, rules: Sequence[RoyaltyRule]) -> None:
        self._rules = rules

    @property
    def first_month(self) -> date | None:
        """Where royalties begin."""
        return self._rules[0].effective_from if self._rules else None

    def of(self, month: date) -> RoyaltyRule:
        """
        Raises:
            NoRule: royalties begin later.
        """
        held = [each for each in self._rules if each.effective_from <= month]
        if not held:
            raise NoRule
        return held[-1]

    @property
    def bases(self) -> list[tuple[date, Basis]]:
        """From which month of issue on revenue counts how."""
        return [(each.effective_from, Basis(each.basis)) for each in self._rules]


def basis_on(bases: Sequence[tuple[date, Basis]], issued_month: date) -> Basis:
    """How the invoices of a month count; those before the first rule as that one says."""
    held = [basis for since, basis in bases if since <= issued_month]
    return held[-1] if held else bases[0][1]


async def rules_in_force(work: UnitOfWork) -> Rules:
    """All of them."""
    return Rules((await work.session.scalars(select(RoyaltyRule).order_by(RoyaltyRule.effective_from))).all())


async def rates_in_force(work: UnitOfWork) -> list[Rate]:
    """All of them; each holds from its day on."""
    rows = await work.session.execute(
        select(RoyaltyRate.category, RoyaltyRate.star_level, RoyaltyRate.rate, RoyaltyRate.effective_from).order_by(
            RoyaltyRate.effective_from, RoyaltyRate.id
        )
    )
    return [Rate(*row) for row in rows]


async def star_levels(work: UnitOfWork, partner_ids: Collection[UUID]) -> dict[UUID, list[StarLevel]]:
    """Each partner's levels by headquarters' days; of several changes on a day the last one holds from it on."""
    present = await work.session.execute(
        select(Partner.id, Partner.authorised_at, Partner.star_level).where(Partner.id.in_(partner_ids))
    )
    changes = await work.session.execute(
        select(PartnerTransition.subject_id, PartnerTransition.occurred_at, PartnerTransition.after)
        .where(PartnerTransition.kind == TransitionKind.STAR_LEVEL, PartnerTransition.subject_id.in_(partner_ids))
        .order_by(PartnerTransition.occurred_at, PartnerTransition.id)
    )
    by_day: dict[UUID, dict[date, int]] = defaultdict(dict)
    for partner_id, occurred_at, after in changes:
        by_day[partner_id][platform_day(occurred_at)] = int(after)
    return {
        partner_id: [StarLevel(day, level) for day, level in sorted(by_day[partner_id].items())]
        or [StarLevel(platform_day(authorised_at), level)]
        for partner_id, authorised_at, level in present
    }


async def charged_until_now(
    work: UnitOfWork, partner_ids: Collection[UUID], *, without: UUID | None = None
) -> dict[tuple[UUID, str], list[MonthCharged]]:
    """Partner and currency → what it was asked for, by month; what both agreed upon beside the reckoning is left out,
    and so is the statement `without`."""
    carried = func.sum(RoyaltyCharge.amount).filter(RoyaltyCharge.kind == ChargeKind.CARRIED)
    statement = (
        select(
            RoyaltyCharge.partner_id,
            RoyaltyCharge.currency,
            RoyaltyCharge.month,
            cast(func.sum(RoyaltyCharge.amount), BigInteger),
            cast(func.coalesce(carried, 0), BigInteger),
        )
        .where(RoyaltyCharge.partner_id.in_(partner_ids), RoyaltyCharge.kind != ChargeKind.AGREED)
        .group_by(RoyaltyCharge.partner_id, RoyaltyCharge.currency, RoyaltyCharge.month)
        .order_by(RoyaltyCharge.month)
    )
    if without is not None:
        statement = statement.where(RoyaltyCharge.statement_id != without)
    found: dict[tuple[UUID, str], list[MonthCharged]] = defaultdict(list)
    for partner_id, currency, month, amount, left in await work.session.execute(statement):
        found[partner_id, currency].append(MonthCharged(month, amount, left))
    return found
