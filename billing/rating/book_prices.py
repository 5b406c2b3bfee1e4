"""What an hour costs by the price book of a day, for work without a contract."""

from datetime import date
from typing import Any, Final

from sqlalchemy import and_, select

from app.platform.kernel.unit_of_work import UnitOfWork
from billing.money import PriceMode
from billing.pricebook.models import PriceBookLine, PriceBookVersion
from billing.rating.work_prices import HourPrice

HOUR_UNITS: Final = ("小时", "工时", "时", "hour", "h")
"""How price books write an hour."""
PUBLISHED: Final = "published"


class HourPrices:
    """The hourly products of all versions of the price book, read once in a unit of work."""

    def __init__(self, work: UnitOfWork) -> None:
        self._work = work
        self._books: list[tuple[date, list[Any]]] | None = None

    async def of(self, service_category: str, day: date) -> HourPrice | None:
        """By the version that holds on `day`; of several hourly products of the category the first code's."""
        if self._books is None:
            self._books = await self._read()
        lines = next((lines for effective_from, lines in self._books if effective_from <= day), [])
        line = next((each for each in lines if each.service_category == service_category), None)
        if line is None:
            return None
        return HourPrice(
            name=line.name,
            unit=line.unit,
            unit_price=line.unit_price,
            currency=line.currency,
            price_mode=PriceMode(line.price_mode),
            tax=line.tax,
        )

    async def _read(self) -> list[tuple[date, list[Any]]]:
        """Published versions, the latest day first, of one day the one begun last; each with its hourly products."""
        versions = await self._work.session.execute(
            select(PriceBookVersion.id, PriceBookVersion.effective_from)
            .where(PriceBookVersion.state == PUBLISHED, PriceBookVersion.effective_from.is_not(None))
            .order_by(PriceBookVersion.effective_from.desc(), PriceBookVersion.number.desc(), PriceBookVersion.id)
        )
        books: dict[Any, tuple[date, list[Any]]] = {version_id: (day, []) for version_id, day in versions if day}
        rows = await self._work.session.execute(
            select(
                PriceBookLine.version_id,
                PriceBookLine.name,
                PriceBookLine.unit,
                PriceBookLine.service_category,
                PriceBookLine.unit_price,
                PriceBookLine.price_mode,
                PriceBookLine.tax,
                PriceBookVersion.currency,
            )
            .join(
                PriceBookVersion,
                and_(
                    PriceBookVersion.tenant_id == PriceBookLine.tenant_id,
                    PriceBookVersion.id == PriceBookLine.version_id,
                ),
            )
            .where(PriceBookVersion.id.in_(books), PriceBookLine.unit.in_(HOUR_UNITS))
            .order_by(PriceBookLine.code)
        )
        for row in rows:
            books[row.version_id][1].append(row)
        return list(books.values())
