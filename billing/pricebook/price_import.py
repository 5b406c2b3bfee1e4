"""The list of prices: what it names is written into the price book's draft."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

import msgspec

from app.agreements.catalogue import SERVICE_CATEGORIES
from app.platform.imports.declaration import BroughtAlong, Field, Home, ImportedList, ImportKind, RowPlace, UniqueField
from app.platform.imports.reading.converters import choice_field, code_field, decimal_field, text_field
from app.platform.imports.reading.issues import RowIssue, Severity
from app.platform.imports.reading.rows import ParsedRow
from app.platform.kernel.texts import N_, translator
from app.platform.kernel.unit_of_work import UnitOfWork
from billing.money import PriceMode
from billing.pricebook.errors import PriceOutOfBounds, TaxRateMissing
from billing.pricebook.models import CODE_LENGTH, NAME_LENGTH, UNIT_LENGTH
from billing.pricebook.permissions import PriceBookPermission
from billing.pricebook.schemas import CODE_PATTERN, PLACES, PriceLineWrite
from billing.pricebook.service import PriceBook
from billing.pricebook.standard import StandardPrices

_CATEGORY_SPELLINGS: Final = {
    word.lower(): category.code
    for category in SERVICE_CATEGORIES
    for word in (category.code, category.name, translator("en")(category.name))
}
_MODE_SPELLINGS: Final = {
    **dict.fromkeys(("含税", "是", "含", "yes", "with tax", "tax_included"), PriceMode.TAX_INCLUDED.value),
    **dict.fromkeys(("不含税", "否", "不含", "no", "without tax", "tax_excluded"), PriceMode.TAX_EXCLUDED.value),
}
_DIGITS: Final = 11
"""Before the point: what a price has at most."""


class PriceDraft(msgspec.Struct, frozen=True, kw_only=True):
    """A row of a price list."""

    code: str
    unit_price: str
    name: str | None = None
    unit: str | None = None
    service_category: str | None = None
    tax: str | None = None
    price_mode: str | None = None


@dataclass
class PricePlan:
    """What the rows do to the draft."""

    new: list[PriceLineWrite] = field(default_factory=list)
    changed: list[PriceLineWrite] = field(default_factory=list)
    unchanged: int = 0
    refused: int = 0
    issues: dict[RowPlace, Sequence[RowIssue]] = field(default_factory=dict)
    brought_along: BroughtAlong = field(default_factory=BroughtAlong)

    @property
    def counts(self) -> dict[str, int]:
        """How many rows are new, changed, unchanged and refused."""
        return {
            "new": len(self.new),
            "changed": len(self.changed),
            "unchanged": self.unchanged,
            "refused": self.refused,
        }

    def refuse(self, row: ParsedRow, field: str, code: str, **parameters: str) -> None:
        """The row cannot be imported."""
        self.refused += 1
        self.issues[row.place] = (RowIssue("", field, code, Severity.ERROR, parameters),)


class PriceImporter:
    """A price is known by its code. What a row leaves out stays as the version before has it."""

    def __init__(self, _: ImportedList) -> None:
        pass

    async def plan(self, work: UnitOfWork, rows: Sequence[ParsedRow], *, lock: bool) -> PricePlan:
        """New prices, and those that differ from what the draft has or would begin with."""
        book = PriceBook(work)
        if lock:
            await book.begin()
        stored = await book.prices_to_go_on_from()
        taxes = await _tax_spellings(work)
        plan, wanted = PricePlan(), dict[str, tuple[ParsedRow, PriceLineWrite]]()
        for row in rows:
            if row.values is None:
                plan.refused += 1
                continue
            line = _line(row.values, stored.get(row.values.code), taxes)
            if isinstance(line, str):
                plan.refuse(row, line, "code_unusable" if line == "code" else "value_missing")
            else:
                wanted[line.code] = (row, line)
        refused = await book.refusals([line for _, line in wanted.values()])
        for code, (row, line) in wanted.items():
            match refused.get(code):
                case PriceOutOfBounds() as error:
                    limits = {name: str(error.parameters[name]) for name in ("price", "floor", "ceiling")}
                    plan.refuse(row, "unit_price", "price_out_of_bounds", **limits)
                case TaxRateMissing():
                    plan.refuse(row, "tax", "tax_unknown", value=line.tax)
                case None if code not in stored:
                    plan.new.append(line)
                case None if line == stored[code]:
                    plan.unchanged += 1
                case None:
                    plan.changed.append(line)
        return plan

    async def write(self, work: UnitOfWork, plan: PricePlan) -> None:
        """Write the plan into the draft."""
        await PriceBook(work).take_over([*plan.new, *plan.changed])


async def _tax_spellings(work: UnitOfWork) -> Mapping[str, str]:
    """Codes and names of tax rates, in both languages, to their codes."""
    english = translator("en")
    rates = await StandardPrices(work).tax_rates()
    return {word.lower(): rate.code for rate in rates for word in (rate.code, rate.name, english(rate.name))}


def _line(row: PriceDraft, stored: PriceLineWrite | None, taxes: Mapping[str, str]) -> PriceLineWrite | str:
    """The price that the row means, or the field that a new price lacks or cannot have."""
    if re.fullmatch(CODE_PATTERN, row.code) is None:
        return "code"
    values: dict[str, Any] = {
        "name": row.name,
        "unit": row.unit,
        "service_category": row.service_category,
        "tax": None if row.tax is None else taxes.get(row.tax.lower(), row.tax),
    }
    missing = next((name for name, said in values.items() if said is None), "")
    if missing and stored is None:
        return missing
    values = {name: getattr(stored, name) if said is None else said for name, said in values.items()}
    mode = row.price_mode or (stored.price_mode if stored else PriceMode.TAX_INCLUDED)
    return PriceLineWrite(code=row.code, unit_price=Decimal(row.unit_price), price_mode=PriceMode(mode), **values)


PRICE_LIST: Final = ImportKind(
    name="prices",
    title=N_("价格清单"),
    unit=N_("条价格"),
    permission=PriceBookPermission.PRICE_BOOK_WRITE,
    home=Home("/workspace/price-book", N_("价目表"), "price-book"),
    fields=(
        Field("code", N_("编号"), code_field(CODE_LENGTH), "服务编号 价格编号 产品编号 code sku", required=True),
        Field("name", N_("服务"), text_field(NAME_LENGTH), "服务名称 项目名称 名称 service name"),
        Field(
            "service_category",
            N_("服务类别"),
            choice_field(_CATEGORY_SPELLINGS),
            "类别 分类 category servicecategory",
        ),
        Field(
            "unit_price", N_("单价"), decimal_field(PLACES, _DIGITS), "价格 售价 价格元 price unitprice", required=True
        ),
        Field("price_mode", N_("是否含税"), choice_field(_MODE_SPELLINGS), "含税 价格口径 taxincluded pricemode"),
        Field("unit", N_("单位"), text_field(UNIT_LENGTH), "计量单位 unit"),
        Field("tax", N_("税率"), text_field(20), "增值税率 tax taxrate vat"),
    ),
    importer=PriceImporter,
    draft=PriceDraft,
    unique=(UniqueField("code", "value_duplicate", Severity.ERROR),),
    messages={
        "price_out_of_bounds": N_("价格 %(price)s 超出总部规定的范围：%(floor)s 到 %(ceiling)s。"),
        "code_unusable": N_("编号由字母、数字、点、横线组成。"),
        "tax_unknown": N_("今天没有“%(value)s”这个税率。"),
    },
)
