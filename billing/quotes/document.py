"""The quote on paper, as the client gets it: numbered, hashed, without cost and margin."""

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Final

import msgspec

from app.platform.documents import DocumentKind, Layout, Print
from app.platform.kernel.counters import Period
from billing.money import Money, PriceMode, TaxedAmount, by_rate, price_text
from billing.quotes.models import OfferedQuote
from billing.quotes.wording import amount_text, percent_text, quantity_text


class PrintedLine(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One line. Amounts are whole minor units; `discount` and `tax_rate` are shares, the rate None for exempt."""

    name: str
    unit: str
    quantity: Decimal
    unit_price: Decimal
    net: int
    tax: int
    gross: int
    discount: Decimal = Decimal(0)
    tax_rate: Decimal | None = None
    tax_name: str = ""
    price_mode: PriceMode = PriceMode.TAX_INCLUDED


class OfferContent(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """All that an offer says. Days are of the client's zone."""

    number: str
    version: int
    """Counts from 1; a later one takes the place of the one before."""
    partner_name: str
    client_name: str
    title: str
    offered_on: date
    valid_until: date
    currency: str
    lines: tuple[PrintedLine, ...]
    net: int
    tax: int
    gross: int
    prepared_by: str
    hot_line: str = ""
    ticket_number: str = ""
    words: str = ""


def _page(offer: OfferContent, printing: Print) -> dict[str, object]:
    _ = printing.translate
    facts = [
        (_("客户"), offer.client_name),
        (_("服务单号"), offer.ticket_number),
        (_("报价日期"), offer.offered_on.isoformat()),
        (_("有效期至"), offer.valid_until.isoformat()),
        (_("报价人"), offer.prepared_by),
    ]
    return {
        "texts": {
            "title": _("报价单"),
            "number": _("报价单号"),
            "version": _("第 %(version)s 版", version=offer.version),
            "replaces": _("本版替代第 %(version)s 版", version=offer.version - 1) if offer.version > 1 else "",
            "hot_line": _("服务热线"),
            "lines": _("报价内容"),
            "words": _("说明"),
            "net": _("不含税合计"),
            "tax": _("税额"),
            "gross": _("价税合计"),
            "currency": _("货币：%(currency)s", currency=offer.currency),
            "accept": _("同意报价，请在客户门户或邮件链接里确认；过了有效期，请让我们重新报价。"),
            "content_hash": _("内容校验（SHA-256）"),
            "page_of": _("第 %(page)s 页，共 %(pages)s 页"),
        },
        "partner": offer.partner_name,
        "hot_line": offer.hot_line,
        "number": offer.number,
        "subject": offer.title,
        "words": offer.words,
        "content_hash": printing.content_hash,
        "facts": [[name, value] for name, value in facts if value],
        "heads": [_("内容"), _("数量"), _("单价"), _("折扣"), _("税率"), _("价税合计")],
        "lines": [
            {
                "name": line.name,
                "quantity": f"{quantity_text(line.quantity)} {line.unit}",
                "price": price_text(line.unit_price)
                + ("" if line.price_mode is PriceMode.TAX_INCLUDED else _("（不含税）")),
                "discount": percent_text(line.discount) if line.discount else "—",
                "tax": _(line.tax_name),
                "amount": amount_text(line.gross, offer.currency),
            }
            for line in offer.lines
        ],
        "groups": [
            [_("税率 %(rate)s", rate=_("免税") if group.rate is None else percent_text(group.rate)), *_told(group)]
            for group in by_rate((_taxed(line, offer.currency) for line in offer.lines), offer.currency)
        ],
        "net": amount_text(offer.net, offer.currency),
        "tax": amount_text(offer.tax, offer.currency),
        "gross": amount_text(offer.gross, offer.currency),
    }


def _taxed(line: PrintedLine, currency: str) -> TaxedAmount:
    net, tax, gross = (Money(minor, currency) for minor in (line.net, line.tax, line.gross))
    return TaxedAmount(net, tax, gross, line.tax_rate)


def _told(group: TaxedAmount) -> list[str]:
    return [amount_text(each.minor, each.currency) for each in (group.net, group.tax, group.gross)]


OFFERED_QUOTE: Final = DocumentKind(
    name="offered_quote",
    rows=OfferedQuote,
    about=OfferedQuote.quote_id,
    content=OfferContent,
    layout=Layout(template=Path(__file__).parent / "print" / "offer.typ", page=_page),
    prefix="BJ",
    period=Period.YEAR,
    digits=4,
    follows_records=False,
)
