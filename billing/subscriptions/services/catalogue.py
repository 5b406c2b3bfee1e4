"""What headquarters sells: plans by code, each with prices from days on."""

from collections.abc import Sequence
from datetime import date
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from app.platform.kernel.actor import HQ_TENANT_ID
from app.platform.kernel.columns import view_of
from app.platform.kernel.errors import Forbidden, Invalid
from app.platform.kernel.invariants import present
from app.platform.kernel.texts import N_
from app.platform.kernel.time_source import platform_day
from app.platform.kernel.unit_of_work import UnitOfWork
from billing.royalties import minor_of, rules_in_force
from billing.subscriptions.errors import NoInvoiceRule, PlanNotSold, PlanPriceBegun, PlanPriceTaken
from billing.subscriptions.models import PlanVersion
from billing.subscriptions.permissions import PlanPermission
from billing.subscriptions.reckoning import PlanPrice
from billing.subscriptions.schemas import PlanVersionCreate, PlanVersionView
from tenants.partners import PLANS

CURRENCY: Final = "CNY"


class PlanCatalogue:
    """The plans, for whoever may read them.

    Raises:
        Forbidden: without `plan:read`.
    """

    def __init__(self, work: UnitOfWork) -> None:
        work.actor.require(PlanPermission.PLAN_READ)
        self._work = work

    async def versions(self) -> list[PlanVersionView]:
        """All prices, by plan, the newest first."""
        rows = (await self._work.session.scalars(select(PlanVersion))).all()
        order = list(PLANS)
        ranked = sorted(rows, key=lambda row: (order.index(row.code), -row.effective_from.toordinal()))
        return [view_of(PlanVersionView, row) for row in ranked]

    async def on_sale(self) -> list[PlanVersionView]:
        """One price of each plan that is sold today, the cheapest first."""
        found = [await plan_on(self._work, code, platform_day(self._work.now)) for code in PLANS]
        sold = [row for row in found if row is not None]
        return [view_of(PlanVersionView, row) for row in sorted(sold, key=lambda row: (row.price, row.code))]

    async def publish(self, wanted: PlanVersionCreate) -> PlanVersionView:
        """Sell a plan at this price from its day on.

        Raises:
            Forbidden: outside headquarters, or without `plan:write`.
            Invalid: no such plan, no amount of money.
            PlanPriceBegun, PlanPriceTaken, NoInvoiceRule
        """
        work = self._work
        if work.tenant_id != HQ_TENANT_ID:
            raise Forbidden
        work.actor.require(PlanPermission.PLAN_WRITE)
        work.require_writable()
        if wanted.code not in PLANS:
            raise Invalid(fields={"code": N_("没有这个套餐。")})
        if wanted.effective_from < platform_day(work.now):
            raise PlanPriceBegun
        first = (await rules_in_force(work)).first_month
        if first is None or first > wanted.effective_from:
            raise NoInvoiceRule
        made = await work.session.scalar(
            insert(PlanVersion)
            .values(
                id=work.new_id(),
                code=wanted.code,
                effective_from=wanted.effective_from,
                currency=CURRENCY,
                price=minor_of(wanted.price, CURRENCY, "price"),
                included_engineers=wanted.included_engineers,
                included_devices=wanted.included_devices,
                engineer_price=minor_of(wanted.engineer_price, CURRENCY, "engineer_price"),
                device_price=minor_of(wanted.device_price, CURRENCY, "device_price"),
                trial_days=wanted.trial_days,
                past_due_days=wanted.past_due_days,
                grace_days=wanted.grace_days,
                created_at=work.now,
                created_by=work.actor.display_name,
            )
            .on_conflict_do_nothing(index_elements=["code", "effective_from"])
            .returning(PlanVersion)
        )
        if made is None:
            raise PlanPriceTaken(day=wanted.effective_from.isoformat())
        work.audit(
            "plan_version.created",
            "plan_version",
            made.id,
            plan=made.code,
            effective_from=made.effective_from.isoformat(),
            price=str(wanted.price),
        )
        return view_of(PlanVersionView, made)


async def plan_on(work: UnitOfWork, code: str, day: date) -> PlanVersion | None:
    """The price of a plan on a day; None while it is not sold."""
    return await work.session.scalar(
        select(PlanVersion)
        .where(PlanVersion.code == code, PlanVersion.effective_from <= day)
        .order_by(PlanVersion.effective_from.desc())
        .limit(1)
    )


async def sold_plan(work: UnitOfWork, code: str, day: date) -> PlanVersion:
    """
    Raises:
        PlanNotSold
    """
    found = await plan_on(work, code, day) if code in PLANS else None
    if found is None:
        raise PlanNotSold
    return found


async def version_of(work: UnitOfWork, version_id: UUID) -> PlanVersion:
    """The price that a subscription was sold at: prices are never removed."""
    return present(await work.session.get(PlanVersion, version_id), "prices stay")


def price_of(version: PlanVersion | PlanVersionView) -> PlanPrice:
    """The price as it is reckoned with."""
    return PlanPrice(
        version.code,
        version.currency,
        version.price,
        version.included_engineers,
        version.included_devices,
        version.engineer_price,
        version.device_price,
    )


def fits(version: PlanVersion | PlanVersionView, engineers: int, devices: int) -> bool:
    """Whether the plan includes all that is used."""
    return engineers <= version.included_engineers and devices <= version.included_devices


def names_of(codes: Sequence[str]) -> dict[str, str]:
    """Source texts of plans' names by code."""
    return {code: PLANS[code].name for code in codes}
