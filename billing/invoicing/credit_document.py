"""A credit note on paper."""

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Final

import msgspec

from app.platform.documents import DocumentKind, Layout, Print
from app.platform.kernel.counters import Period
from billing.invoicing.amounts import in_capitals, rates_of
from billing.invoicing.credit_models import CreditNoteDocument
from billing.invoicing.document import Party, party_lines, rate_text
from billing.money import Money, TaxedAmount, money_text


class CreditedLine(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What was given back of one line. Amounts are minor units."""

    name: str
    net: int
    tax: int
    gross: int
    tax_rate: Decimal | None = None


class CreditNoteContent(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """All that a credit note says."""

    number: str
    issued_on: date
    invoice_number: str
    invoice_issued_on: date
    currency: str
    seller: Party
    buyer: Party
    lines: tuple[CreditedLine, ...]
    net: int
    tax: int
    gross: int
    reason: str


def _page(note: CreditNoteContent, printing: Print) -> dict[str, object]:
    _, currency = printing.translate, note.currency

    def money(minor: int) -> str:
        return money_text(Money(minor, currency))

    amounts = [
        TaxedAmount(Money(each.net, currency), Money(each.tax, currency), Money(each.gross, currency), each.tax_rate)
        for each in note.lines
    ]
    return {
        "texts": {
            "title": _("红字单"),
            "seller": _("服务方"),
            "buyer": _("客户"),
            "given_back": _("退回金额"),
            "name": _("收费项目"),
            "rate": _("税率"),
            "net": _("不含税金额"),
            "tax": _("税额"),
            "gross": _("含税金额"),
            "total": _("合计"),
            "capitals": _("金额大写"),
            "reason": _("原因"),
            "content_hash": _("内容校验（SHA-256）"),
            "page_of": _("第 %(page)s 页，共 %(pages)s 页"),
            "no_fapiao": _("本单不是红字发票；红字发票另行开具。"),
        },
        "number": note.number,
        "content_hash": printing.content_hash,
        "facts": [
            [_("红字单编号"), note.number],
            [_("开具日期"), note.issued_on.isoformat()],
            [_("原账单"), note.invoice_number],
            [_("原账单日期"), note.invoice_issued_on.isoformat()],
        ],
        "seller": party_lines(note.seller, _),
        "buyer": party_lines(note.buyer, _),
        "lines": [
            {
                "name": each.name,
                "rate": rate_text(each.tax_rate, _),
                "net": money(each.net),
                "tax": money(each.tax),
                "gross": money(each.gross),
            }
            for each in note.lines
        ],
        "rates": [
            {
                "rate": rate_text(group.rate, _),
                "net": money_text(group.net),
                "tax": money_text(group.tax),
                "gross": money_text(group.gross),
            }
            for group in rates_of(amounts, currency)
        ],
        "net": money(note.net),
        "tax": money(note.tax),
        "gross": money(note.gross),
        "capitals": in_capitals(Money(note.gross, currency)) if currency == "CNY" else "",
        "reason": note.reason,
    }


CREDIT_NOTE_DOCUMENT: Final = DocumentKind(
    name="credit_note_document",
    rows=CreditNoteDocument,
    about=CreditNoteDocument.credit_note_id,
    content=CreditNoteContent,
    layout=Layout(template=Path(__file__).parent / "print" / "credit_note.typ", page=_page),
    prefix="HZ",
    period=Period.YEAR,
    follows_records=False,
)
