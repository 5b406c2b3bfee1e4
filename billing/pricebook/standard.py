"""Use cases of headquarters' standard prices."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert

from app.platform.kernel.columns import columns_of
from app.platform.kernel.errors import NotFound, StaleVersion
from app.platform.kernel.time_source import PLATFORM_ZONE
from app.platform.kernel.unit_of_work import UnitOfWork
from billing.periods import day_in
from billing.pricebook.errors import BoundsCrossed, TaxRateMissing
from billing.pricebook.models import StandardPrice, TaxRate
from billing.pricebook.permissions import PriceBookPermission
from billing.pricebook.prices import tax_rates_on
from billing.pricebook.schemas import StandardPriceView, StandardPriceWrite, TaxRateView

NETWORK_CURRENCY = "CNY"


class StandardPrices:
    """The network's service products and tax rates: read by whoever sees prices, written by headquarters."""

    def __init__(self, work: UnitOfWork) -> None:
        self._work = work

    async def all(self) -> list[StandardPriceView]:
        """By code."""
        rows = await self._work.session.execute(
            select(*columns_of(StandardPriceView, StandardPrice)).order_by(StandardPrice.code)
        )
        return [StandardPriceView(*row) for row in rows]

    async def get(self, code: str) -> StandardPriceView:
        """
        Raises:
            NotFound: the network has no such product.
        """
        rows = await self.of([code])
        if not rows:
            raise NotFound
        return rows[0]

    async def of(self, codes: Sequence[str]) -> list[StandardPriceView]:
        """Those of these codes that the network has."""
        rows = await self._work.session.execute(
            select(*columns_of(StandardPriceView, StandardPrice)).where(StandardPrice.code.in_(codes))
        )
        return [StandardPriceView(*row) for row in rows]

    async def write(self, code: str, wanted: StandardPriceWrite) -> StandardPriceView:
        """Make the product, or change it. Published versions of partners keep their prices.

        Raises:
            Forbidden: without `standard_price:write`.
            BoundsCrossed, TaxRateMissing.
            StaleVersion: somebody else changed it since, or made it.
        """
        work = self._work
        work.actor.require(PriceBookPermission.STANDARD_PRICE_WRITE)
        if not wanted.floor <= wanted.suggested <= wanted.ceiling:
            raise BoundsCrossed(fields={"suggested": BoundsCrossed.text})
        today = day_in(PLATFORM_ZONE, work.now)
        if wanted.tax not in await tax_rates_on(work, today):
            raise TaxRateMissing(day=today.isoformat(), tax=wanted.tax, fields={"tax": TaxRateMissing.text})
        values = {
            "name": wanted.name,
            "unit": wanted.unit,
            "service_category": wanted.service_category,
            "suggested": wanted.suggested,
            "floor": wanted.floor,
            "ceiling": wanted.ceiling,
            "tax": wanted.tax,
        }
        if wanted.version:
            statement = (
                update(StandardPrice)
                .where(StandardPrice.code == code, StandardPrice.version == wanted.version)
                .values(**values, version=wanted.version + 1)
                .returning(StandardPrice.code)
            )
            written = await work.session.scalar(statement)
        else:
            made = insert(StandardPrice).values(code=code, currency=NETWORK_CURRENCY, version=1, **values)
            written = await work.session.scalar(made.on_conflict_do_nothing().returning(StandardPrice.code))
        if written is None:
            raise StaleVersion
        work.audit("standard_price.changed", "standard_price", None, product=code)
        return await self.get(code)

    async def tax_rates(self, day: date | None = None) -> list[TaxRateView]:
        """All, or those that hold on `day`; by code and first day."""
        rows = await self._work.session.execute(
            select(*columns_of(TaxRateView, TaxRate)).order_by(TaxRate.code, TaxRate.valid_from)
        )
        rates = [TaxRateView(*row) for row in rows]
        return [
            rate
            for rate in rates
            if day is None or (rate.valid_from <= day and (rate.valid_until is None or day < rate.valid_until))
        ]
