"""The sheet from which 发票 are entered at the tax office: one row for each line, in the order of the invoice. Pure.

Amounts and prices are texts: a cell of Excel that holds a number is a float.
"""

from collections.abc import Iterator, Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

import msgspec

from app.platform.kernel.texts import N_
from billing.invoicing.document import Party
from billing.money import Money

COLUMNS: Final = (
    N_("账单编号"),
    N_("蓝字或红字"),
    N_("发票种类"),
    N_("购买方名称"),
    N_("购买方税号"),
    N_("购买方地址电话"),
    N_("购买方开户行及账号"),
    N_("销售方名称"),
    N_("销售方税号"),
    N_("销售方地址电话"),
    N_("销售方开户行及账号"),
    N_("项目名称"),
    N_("税收分类编码"),
    N_("规格型号"),
    N_("单位"),
    N_("数量"),
    N_("单价"),
    N_("金额"),
    N_("税率"),
    N_("税额"),
    N_("备注"),
    N_("蓝字发票号码"),
    N_("红字信息确认单编号"),
)
_PRICE_PLACES: Final = Decimal("0.00000001")


class FapiaoLine(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One line as it is entered; amounts are minor units. Of a part that was given back, quantity and price are left
    open."""

    position: int
    item: str
    code: str
    name: str
    unit: str = ""
    quantity: Decimal | None = None
    net: int
    tax: int
    tax_rate: Decimal | None = None


class FapiaoContent(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is entered at the tax office."""

    seller: Party
    buyer: Party
    currency: str
    lines: tuple[FapiaoLine, ...]


class SheetEntry(msgspec.Struct, frozen=True, kw_only=True):
    """One 发票 on the sheet. `red` takes back what it says, with the signs turned."""

    invoice_number: str
    kind: str
    content: FapiaoContent
    remark: str = ""
    red: bool = False
    number: str = ""
    confirmation: str = ""


def sheet_rows(entries: Sequence[SheetEntry]) -> Iterator[list[str]]:
    """The cells of every line, in the order of `COLUMNS`."""
    for entry in entries:
        content = entry.content
        head = [
            entry.invoice_number,
            "红字" if entry.red else "蓝字",
            entry.kind,
            *_party(content.buyer),
            *_party(content.seller),
        ]
        for line in sorted(content.lines, key=lambda each: each.position):
            yield [
                *head,
                f"*{line.item}*{line.name}",
                line.code,
                "",
                line.unit,
                *_quantity_and_price(line, content.currency, red=entry.red),
                _amount(line.net, content.currency, red=entry.red),
                "免税" if line.tax_rate is None else f"{(line.tax_rate * 100).normalize():f}%",
                _amount(line.tax, content.currency, red=entry.red),
                entry.remark,
                entry.number if entry.red else "",
                entry.confirmation,
            ]


def _party(party: Party) -> list[str]:
    return [
        party.title,
        party.tax_number,
        " ".join(filter(None, (party.address, party.phone))),
        " ".join(filter(None, (party.bank_name, party.bank_account))),
    ]


def _amount(minor: int, currency: str, *, red: bool) -> str:
    return f"{Money(-minor if red else minor, currency).value:f}"


def _quantity_and_price(line: FapiaoLine, currency: str, *, red: bool) -> list[str]:
    """The price without tax that belongs to the net amount, to eight places."""
    if not line.quantity or line.quantity < 0 or line.net <= 0:
        return ["", ""]
    price = (Money(line.net, currency).value / line.quantity).quantize(_PRICE_PLACES, ROUND_HALF_UP).normalize()
    quantity = -line.quantity if red else line.quantity
    return [f"{quantity.normalize():f}", f"{price:f}"]
