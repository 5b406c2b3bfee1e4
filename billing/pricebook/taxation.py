"""As what a kind of charge is taxed where nobody says otherwise: tax rate, 项目名称 and 税收分类编码."""

from collections.abc import Sequence
from datetime import date
from typing import Final

from sqlalchemy import select

from app.platform.kernel.columns import columns_of
from app.platform.kernel.invariants import present
from app.platform.kernel.unit_of_work import UnitOfWork
from billing.pricebook.models import TaxItem
from billing.pricebook.schemas import TaxItemView

ALL_OTHERS: Final = ""
"""The kind of all charges that have no item of their own."""


async def tax_items(work: UnitOfWork) -> list[TaxItemView]:
    """All, of every day, by kind of charge and first day."""
    rows = await work.session.execute(
        select(*columns_of(TaxItemView, TaxItem)).order_by(TaxItem.category, TaxItem.valid_from)
    )
    return [TaxItemView(*row) for row in rows]


def tax_item_of(items: Sequence[TaxItemView], category: str, day: date, tax: str | None = None) -> TaxItemView:
    """The item of a kind of charge on a day, or else that of all others. A charge that was taxed by another rate than
    the item's (what was quoted is sometimes a service, sometimes a part) stands as the item that has its rate."""
    held = [item for item in items if item.valid_from <= day and (item.valid_until is None or day < item.valid_until)]
    by_category = {item.category: item for item in held}
    found = present(by_category.get(category, by_category.get(ALL_OTHERS)), "every day has an item of all others")
    if tax is None or found.tax == tax:
        return found
    return next((item for item in held if item.tax == tax), found)
