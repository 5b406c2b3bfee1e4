"""What something costs on a day, and how it is taxed then."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Final, NamedTuple
from uuid import UUID

from sqlalchemy import Row, or_, select

from app.platform.kernel.columns import columns_of
from app.platform.kernel.texts import N_
from app.platform.kernel.unit_of_work import UnitOfWork
from billing.pricebook.models import PriceBookLine, PriceBookVersion, TaxRate
from billing.pricebook.schemas import PriceLineView
from billing.pricebook.states import PriceBookState

EXEMPT: Final = N_("免税")
"""How the rate without a percentage is called; the other names are their percentages."""


class DayPrices(NamedTuple):
    """All prices of the version that holds on a day, by code."""

    currency: str
    lines: list[PriceLineView]


async def price_on(work: UnitOfWork, code: str, day: date) -> PriceLineView | None:
    """The price of a service product by the version that holds on `day` of the company's zone: the published one with
    the latest day; of several with the same day, the one begun last. None where the version does not sell it."""
    version = await _version_on(work, day)
    if version is None:
        return None
    row = (
        await work.session.execute(
            select(*columns_of(PriceLineView, PriceBookLine)).where(
                PriceBookLine.version_id == version.id, PriceBookLine.code == code
            )
        )
    ).one_or_none()
    return None if row is None else PriceLineView(*row)


async def price_book_currency(work: UnitOfWork) -> str | None:
    """The currency of the version that was published last; None before the first one."""
    currency: str | None = await work.session.scalar(
        select(PriceBookVersion.currency)
        .where(PriceBookVersion.state == PriceBookState.PUBLISHED)
        .order_by(PriceBookVersion.number.desc())
        .limit(1)
    )
    return currency


async def prices_on(work: UnitOfWork, day: date) -> DayPrices | None:
    """All prices that hold on `day`, as `price_on` finds them; None while nothing is published."""
    version = await _version_on(work, day)
    if version is None:
        return None
    rows = await work.session.execute(
        select(*columns_of(PriceLineView, PriceBookLine))
        .where(PriceBookLine.version_id == version.id)
        .order_by(PriceBookLine.code)
    )
    return DayPrices(version.currency, [PriceLineView(*row) for row in rows])


async def _version_on(work: UnitOfWork, day: date) -> Row[UUID, str] | None:
    rows = await work.session.execute(
        select(PriceBookVersion.id, PriceBookVersion.currency)
        .where(PriceBookVersion.state == PriceBookState.PUBLISHED, PriceBookVersion.effective_from <= day)
        .order_by(PriceBookVersion.effective_from.desc(), PriceBookVersion.number.desc(), PriceBookVersion.id)
        .limit(1)
    )
    return rows.one_or_none()


async def tax_rates_on(work: UnitOfWork, day: date) -> Mapping[str, Decimal | None]:
    """Code → share of the tax rates that hold on `day`; None for exempt."""
    rows = await work.session.execute(
        select(TaxRate.code, TaxRate.rate)
        .where(TaxRate.valid_from <= day, or_(TaxRate.valid_until.is_(None), TaxRate.valid_until > day))
        .order_by(TaxRate.code)
    )
    return {row.code: row.rate for row in rows}
