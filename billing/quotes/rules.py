"""The company's rule of quotes: lowest margin, how much discount each role gives, how long an offer is valid."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Final

import msgspec
from sqlalchemy import select

from app.platform.kernel.actor import Actor
from app.platform.kernel.errors import StaleVersion
from app.platform.kernel.unit_of_work import UnitOfWork
from billing.money import Money
from billing.quotes.amounts import Totals
from billing.quotes.models import QuoteRule
from billing.quotes.permissions import QuotePermission
from billing.quotes.schemas import QuoteRuleView, QuoteRuleWrite

RULE_CURRENCY: Final = "CNY"
LIMITED_ROLES: Final = ("dispatcher", "service_manager")
HUNDRED: Final = Decimal(100)


class Rule(msgspec.Struct, frozen=True):
    """`lowest_margin` is a share; `discount_limits` role → minor units, None for any amount."""

    lowest_margin: Decimal | None
    discount_limits: Mapping[str, int | None]
    valid_days: int
    version: int

    def limit_of(self, actor: Actor) -> int | None:
        """How much discount the actor gives alone: the widest of their roles; None for any, 0 without such a role."""
        limits = [self.discount_limits[role] for role in actor.roles if role in self.discount_limits]
        known = [limit for limit in limits if limit is not None]
        return None if len(known) < len(limits) else max(known, default=0)

    def exceeds(self, totals: Totals, actor: Actor) -> bool:
        """Whether somebody else has to let this go out: too much discount for the actor's roles, or a margin below the
        lowest where the actor is none of those who decide about it."""
        limit = self.limit_of(actor)
        return (limit is not None and totals.discount.minor > limit) or (
            self.is_below_margin(totals) and not actor.may(QuotePermission.QUOTE_DECIDE)
        )

    def is_below_margin(self, totals: Totals) -> bool:
        """Whether the margin of the lines whose cost is known lies below the lowest."""
        return self.lowest_margin is not None and totals.margin is not None and totals.margin < self.lowest_margin


STANDARD: Final = Rule(
    lowest_margin=Decimal("0.1"),
    discount_limits={"dispatcher": 200_00, "service_manager": 2_000_00, "partner_owner": None},
    valid_days=14,
    version=0,
)
"""What holds where a company has set nothing."""


async def rule_of(work: UnitOfWork) -> Rule:
    """The rule in force."""
    row = await work.session.scalar(select(QuoteRule).where(QuoteRule.id == work.tenant_id))
    return STANDARD if row is None else Rule(row.lowest_margin, row.discount_limits, row.valid_days, row.version)


class QuoteRules:
    """Reading and setting the rule.

    Raises:
        Forbidden: without `quote:read`.
    """

    def __init__(self, work: UnitOfWork) -> None:
        work.actor.require(QuotePermission.QUOTE_READ)
        self._work = work

    async def get(self) -> QuoteRuleView:
        """In percent and main units."""
        rule = await rule_of(self._work)
        limits = {role: _main(rule.discount_limits.get(role, 0)) for role in LIMITED_ROLES}
        return QuoteRuleView(
            lowest_margin=None if rule.lowest_margin is None else rule.lowest_margin * HUNDRED,
            dispatcher=limits["dispatcher"],
            service_manager=limits["service_manager"],
            valid_days=rule.valid_days,
            version=rule.version,
        )

    async def write(self, wanted: QuoteRuleWrite) -> QuoteRuleView:
        """Set the rule; what is in review keeps the limits that it was submitted under.

        Raises:
            Forbidden: without `quote_rule:write`.
            StaleVersion: somebody else set it since.
        """
        work = self._work
        work.actor.require(QuotePermission.QUOTE_RULE_WRITE)
        work.require_writable()
        row = await work.session.scalar(select(QuoteRule).where(QuoteRule.id == work.tenant_id).with_for_update())
        if wanted.version != (0 if row is None else row.version):
            raise StaleVersion
        if row is None:
            row = QuoteRule(tenant_id=work.tenant_id, id=work.tenant_id, version=0)
            work.session.add(row)
        row.lowest_margin = None if wanted.lowest_margin is None else wanted.lowest_margin / HUNDRED
        row.discount_limits = {role: _minor(getattr(wanted, role)) for role in LIMITED_ROLES} | {"partner_owner": None}
        row.valid_days = wanted.valid_days
        row.version += 1
        work.audit("quote_rule.changed", "quote_rule", row.id)
        await work.session.flush()
        return await self.get()


def _main(limit: int | None) -> Decimal | None:
    return None if limit is None else Money(limit, RULE_CURRENCY).value


def _minor(limit: Decimal | None) -> int | None:
    return None if limit is None else Money.of(limit, RULE_CURRENCY).minor
