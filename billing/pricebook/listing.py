"""The list of one version's prices."""

from typing import Any, Final
from uuid import UUID

from sqlalchemy import select

from app.agreements.catalogue import SERVICE_CATEGORIES
from app.platform.kernel.columns import columns_of
from app.platform.kernel.text_search import contains
from app.platform.kernel.texts import N_
from app.platform.kernel.unit_of_work import UnitOfWork
from app.platform.lists import Column, Filter, Found, RecordList, Wanted, select_rows
from billing.pricebook.models import PriceBookLine
from billing.pricebook.permissions import PriceBookPermission
from billing.pricebook.schemas import PRICE_MODE_NAMES, PriceLineView

NO_VERSION: Final = UUID(int=0)
SERVICE_CATEGORY_NAMES: Final = {category.code: category.name for category in SERVICE_CATEGORIES}


async def _rows(work: UnitOfWork, wanted: Wanted) -> Found[PriceLineView]:
    found = await select_rows(work, select(*columns_of(PriceLineView, PriceBookLine)), wanted)
    return [(PriceLineView(*row), value) for row, value in found]


def _matches(word: str) -> Any:
    return contains(word, PriceBookLine.code, PriceBookLine.name)


PRICES: Final = RecordList(
    key="prices",
    label=N_("价格"),
    base="/workspace/price-book/prices",
    permission=PriceBookPermission.PRICE_BOOK_READ,
    record_kind="price_book",
    id=PriceBookLine.id,
    title=PriceBookLine.code,
    columns=(
        Column(key="code", label=N_("编号"), sort=PriceBookLine.code, main=True),
        Column(key="name", label=N_("服务"), sort=PriceBookLine.name, width=40),
        Column(key="service_category", label=N_("服务类别"), names=SERVICE_CATEGORY_NAMES),
        Column(key="unit_price", label=N_("单价"), sort=PriceBookLine.unit_price, number=True),
        Column(key="price_mode", label=N_("是否含税"), names=PRICE_MODE_NAMES, narrow=True),
        Column(key="unit", label=N_("单位"), narrow=True),
        Column(key="tax", label=N_("税率"), narrow=True),
    ),
    sort="code",
    rows=_rows,
    filters=(
        Filter(
            key="version",
            condition=lambda version_id: PriceBookLine.version_id == version_id,
            read=UUID,
            otherwise=PriceBookLine.version_id == NO_VERSION,
        ),
        Filter(
            key="category",
            label=N_("全部服务类别"),
            names=SERVICE_CATEGORY_NAMES,
            condition=lambda code: PriceBookLine.service_category == code,
        ),
    ),
    matches=_matches,
    search_label=N_("编号或服务名称"),
)
