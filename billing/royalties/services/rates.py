"""Headquarters sets rates and rules. Both begin in months that are still to be stated: what was stated stays."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Final
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from app.platform.kernel.actor import HQ_TENANT_ID
from app.platform.kernel.columns import view_of
from app.platform.kernel.counters import take_turns
from app.platform.kernel.errors import Forbidden, Invalid, NotFound
from app.platform.kernel.texts import N_
from app.platform.kernel.time_source import platform_day
from app.platform.kernel.unit_of_work import UnitOfWork
from billing.pricebook import tax_rates_on
from billing.rating import CATEGORY_NAMES
from billing.royalties.counting import month_of
from billing.royalties.errors import MonthStated, RateInForce, RateTaken, RuleTaken
from billing.royalties.models import RoyaltyRate, RoyaltyRule, RoyaltyRun
from billing.royalties.permissions import RoyaltyPermission
from billing.royalties.reckoning import Basis
from billing.royalties.schemas import RateCreate, RateView, RuleCreate, RuleView, minor_of

CURRENCY: Final = "CNY"
MONTHS_TURN: Final = "royalty_months"
"""Whoever begins a run, and whoever sets what it reckons by, take turns."""


class RoyaltyRates:
    """Rates and rules, in headquarters' tenant.

    Raises:
        Forbidden: elsewhere, or without `royalty:write`.
    """

    def __init__(self, work: UnitOfWork) -> None:
        if work.tenant_id != HQ_TENANT_ID:
            raise Forbidden
        work.actor.require(RoyaltyPermission.ROYALTY_WRITE)
        self._work = work

    async def rates(self) -> list[RateView]:
        """All, the newest first."""
        rows = await self._work.session.scalars(
            select(RoyaltyRate).order_by(
                RoyaltyRate.effective_from.desc(), RoyaltyRate.category, RoyaltyRate.star_level, RoyaltyRate.id
            )
        )
        return [self._rate(row) for row in rows]

    async def add(self, wanted: RateCreate) -> RateView:
        """
        Raises:
            Invalid: no such kind of charge.
            MonthStated: statements of the month, or a later one, were made.
            RateTaken.
        """
        if wanted.category and wanted.category not in CATEGORY_NAMES:
            raise Invalid(fields={"category": N_("没有这个收费类别。")})
        await self._require_unstated(wanted.effective_from)
        work = self._work
        made = await work.session.scalar(
            insert(RoyaltyRate)
            .values(
                tenant_id=work.tenant_id,
                id=work.new_id(),
                category=wanted.category,
                star_level=wanted.star_level,
                rate=wanted.percent / Decimal(100),
                effective_from=wanted.effective_from,
                created_at=work.now,
                created_by=work.actor.display_name,
            )
            .on_conflict_do_nothing(index_elements=["tenant_id", "category", "star_level", "effective_from"])
            .returning(RoyaltyRate)
        )
        if made is None:
            raise RateTaken
        work.audit(
            "royalty_rate.created",
            "royalty_rate",
            made.id,
            kind=made.category,
            level=made.star_level,
            percent=str(wanted.percent),
            effective_from=made.effective_from.isoformat(),
        )
        return self._rate(made)

    async def withdraw(self, rate_id: UUID) -> None:
        """Take back a rate that has not begun.

        Raises:
            NotFound, RateInForce
        """
        self._work.require_writable()
        row = await self._work.session.get(RoyaltyRate, (self._work.tenant_id, rate_id), with_for_update=True)
        if row is None:
            raise NotFound
        if not self._rate(row).withdrawable:
            raise RateInForce
        await self._work.session.delete(row)
        self._work.audit("royalty_rate.withdrawn", "royalty_rate", rate_id)

    async def rules(self) -> list[RuleView]:
        """All, the newest first."""
        rows: Sequence[RoyaltyRule] = (
            await self._work.session.scalars(select(RoyaltyRule).order_by(RoyaltyRule.effective_from.desc()))
        ).all()
        return [_rule(row) for row in rows]

    async def add_rule(self, wanted: RuleCreate) -> RuleView:
        """
        Raises:
            Invalid: no such tax rate.
            MonthStated: statements of the month, or a later one, were made.
            RuleTaken.
        """
        work, month = self._work, month_of(wanted.effective_from)
        if wanted.tax not in await tax_rates_on(work, max(month, self._today)):
            raise Invalid(fields={"tax": N_("没有这个税率。")})
        await self._require_unstated(month)
        made = await work.session.scalar(
            insert(RoyaltyRule)
            .values(
                tenant_id=work.tenant_id,
                id=work.new_id(),
                effective_from=month,
                basis=wanted.basis,
                minimum_fee=minor_of(wanted.minimum_fee, CURRENCY, "minimum_fee"),
                currency=CURRENCY,
                answer_days=wanted.answer_days,
                payment_days=wanted.payment_days,
                tax=wanted.tax,
                seller_title=wanted.seller_title,
                seller_tax_number=wanted.seller_tax_number,
                bank_name=wanted.bank_name,
                bank_account=wanted.bank_account,
                created_at=work.now,
                created_by=work.actor.display_name,
            )
            .on_conflict_do_nothing(index_elements=["tenant_id", "effective_from"])
            .returning(RoyaltyRule)
        )
        if made is None:
            raise RuleTaken
        work.audit("royalty_rule.created", "royalty_rule", made.id, month=f"{month:%Y-%m}", method=made.basis)
        return _rule(made)

    @property
    def _today(self) -> date:
        return platform_day(self._work.now)

    async def _require_unstated(self, day: date) -> None:
        work = self._work
        work.require_writable()
        await take_turns(work.session, work.tenant_id, [MONTHS_TURN])
        last = await work.session.scalar(select(func.max(RoyaltyRun.month)))
        if last is not None and month_of(day) <= last:
            raise MonthStated(month=f"{month_of(day):%Y-%m}")

    def _rate(self, row: RoyaltyRate) -> RateView:
        return view_of(RateView, row, withdrawable=row.effective_from > self._today)


def _rule(row: RoyaltyRule) -> RuleView:
    return view_of(RuleView, row, basis=Basis(row.basis))
