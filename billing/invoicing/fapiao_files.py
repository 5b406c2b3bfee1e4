"""What the XML file of a 数电发票 tells, and whether it is of the 发票 to which it is brought. Pure.

The file was inspected when it came: it is well-formed and declares no entities. Only what is needed is read, by the
names of the tax office's elements; prefixes of namespaces do not matter.
"""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Final
from xml.etree import ElementTree

import msgspec

from app.platform.kernel.texts import N_
from billing.invoicing.fapiao_errors import FapiaoFileDiffers, FapiaoFileUnreadable
from billing.invoicing.fapiao_models import FAPIAO_NUMBER_LENGTH, Fapiao
from billing.invoicing.fapiao_sheet import FapiaoContent
from billing.invoicing.fapiao_states import FapiaoState
from billing.money import Money, price_text

XML: Final = "application/xml"
_NUMBER, _SELLER, _BUYER, _BUYER_TITLE = N_("发票号码"), N_("销售方税号"), N_("购买方税号"), N_("购买方名称")
_NET, _TAX, _GROSS = N_("金额"), N_("税额"), N_("价税合计")


class ToldFapiao(msgspec.Struct, frozen=True, kw_only=True):
    """What the file says; amounts are minor units of yuan, negative on a red one."""

    number: str
    issued_on: date
    seller_tax_number: str
    buyer_tax_number: str
    buyer_title: str
    net: int
    tax: int
    gross: int


def read_fapiao(data: bytes) -> ToldFapiao:
    """
    Raises:
        FapiaoFileUnreadable: no 发票, or something of it is missing.
    """
    try:
        root = ElementTree.fromstring(data)  # noqa: S314 - inspected: it declares nothing that could grow
    except ElementTree.ParseError as broken:
        raise FapiaoFileUnreadable from broken
    if _name(root) != "EInvoice":
        raise FapiaoFileUnreadable
    said = dict(_texts(root))
    number = said.get("InvoiceNumber") or said.get("EIid", "")
    if len(number) != FAPIAO_NUMBER_LENGTH or not (number.isascii() and number.isdigit()):
        raise FapiaoFileUnreadable
    try:
        return ToldFapiao(
            number=number,
            issued_on=date.fromisoformat((said.get("IssueTime") or said["RequestTime"])[:10]),
            seller_tax_number=said["SellerIdNum"],
            buyer_tax_number=said.get("BuyerIdNum", ""),
            buyer_title=said["BuyerName"],
            net=_minor(said["TotalAmWithoutTax"]),
            tax=_minor(said["TotalTaxAm"]),
            gross=_minor(said["TotalTax-includedAmount"]),
        )
    except (KeyError, ValueError, InvalidOperation) as missing:
        raise FapiaoFileUnreadable from missing


def check_told(row: Fapiao, told: ToldFapiao) -> None:
    """Whether a file is of this 发票: of its blue one, or of the red one that takes it back.

    Raises:
        FapiaoFileDiffers: what the file says otherwise.
    """
    content = msgspec.convert(row.content, FapiaoContent)
    red = told.gross < 0
    number = row.red_number if red else row.number
    waits = FapiaoState.RED_CONFIRMED if red else FapiaoState.REQUESTED
    pairs = [
        (_SELLER, told.seller_tax_number, content.seller.tax_number),
        (_BUYER_TITLE, told.buyer_title, row.buyer_title),
    ]
    if row.buyer_tax_number:
        pairs.append((_BUYER, told.buyer_tax_number, row.buyer_tax_number))
    if not (red and row.credit_note_id is not None):  # a part that is taken back has amounts of its own
        sign = -1 if red else 1
        pairs += [
            (what, _text(found), _text(sign * expected))
            for what, found, expected in (
                (_NET, told.net, row.net),
                (_TAX, told.tax, row.tax_amount),
                (_GROSS, told.gross, row.gross),
            )
        ]
    if row.state != waits:
        pairs.append((_NUMBER, told.number, number))
    for what, found, expected in pairs:
        if found != expected:
            raise FapiaoFileDiffers(what=what, found=found, expected=expected)


def _texts(root: ElementTree.Element) -> Iterator[tuple[str, str]]:
    """Name and text of every element that has one; where a name comes twice, the first counts."""
    seen = set()
    for element in root.iter():
        name, text = _name(element), (element.text or "").strip()
        if text and name not in seen:
            seen.add(name)
            yield name, text


def _name(element: ElementTree.Element) -> str:
    return element.tag.rpartition("}")[2]


def _minor(text: str) -> int:
    amount = Decimal(text) * 100
    if not amount.is_finite() or amount != amount.to_integral_value():
        raise ValueError(text)
    return int(amount)


def _text(minor: int) -> str:
    return price_text(Money(minor, "CNY").value)
