"""An invoice on paper."""

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Final

import msgspec

from app.platform.documents import DocumentKind, Layout, Print
from app.platform.kernel.counters import Period
from app.platform.kernel.texts import Translator
from billing.invoicing.amounts import in_capitals, rates_of
from billing.invoicing.models import InvoiceDocument
from billing.money import Money, PriceMode, TaxedAmount, money_text, price_text


class Party(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Seller or buyer as they stood on the day of issue."""

    title: str
    tax_number: str = ""
    address: str = ""
    phone: str = ""
    bank_name: str = ""
    bank_account: str = ""


class PrintedLine(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One line. Amounts are minor units."""

    name: str
    day: date
    quantity: Decimal
    unit: str
    unit_price: Decimal
    net: int
    tax: int
    gross: int
    tax_rate: Decimal | None = None
    price_mode: PriceMode = PriceMode.TAX_INCLUDED
    period_start: date | None = None
    period_end: date | None = None
    branch: str = ""
    department: str = ""
    ticket_number: str = ""


class PrintedShare(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What belongs to one department."""

    branch: str = ""
    department: str = ""
    cost_centre: str = ""
    net: int
    tax: int
    gross: int


class InvoiceContent(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """All that an invoice says."""

    number: str
    issued_on: date
    due_on: date
    period_start: date
    period_end: date
    """The first day after it."""
    currency: str
    seller: Party
    buyer: Party
    lines: tuple[PrintedLine, ...]
    shares: tuple[PrintedShare, ...]
    net: int
    tax: int
    gross: int
    note: str = ""


def party_lines(party: Party, _: Translator) -> list[str]:
    """The lines of an address, without what is not known."""
    where = " ".join(filter(None, (party.address, party.phone)))
    number = [_("税号 %(number)s", number=party.tax_number)] if party.tax_number else []
    return [party.title, *number, *([where] if where else [])]


def rate_text(rate: Decimal | None, _: Translator) -> str:
    """6%, or exempt."""
    return _("免税") if rate is None else f"{(rate * 100).normalize():f}%"


class _Page:
    """The invoice's facts as the words that stand on the page."""

    def __init__(self, invoice: InvoiceContent, translate: Translator) -> None:
        self.invoice = invoice
        self.translate = translate

    def money(self, minor: int) -> str:
        return money_text(Money(minor, self.invoice.currency))

    def texts(self) -> dict[str, str]:
        """Headings and the like."""
        _ = self.translate
        return {
            "title": _("服务账单"),
            "seller": _("服务方"),
            "buyer": _("客户"),
            "to_pay": _("应付金额"),
            "name": _("收费项目"),
            "day": _("日期"),
            "quantity": _("数量"),
            "unit_price": _("单价"),
            "rate": _("税率"),
            "net": _("不含税金额"),
            "tax": _("税额"),
            "gross": _("含税金额"),
            "total": _("合计"),
            "capitals": _("金额大写"),
            "shares": _("按部门分摊"),
            "department": _("部门"),
            "cost_centre": _("成本中心"),
            "note": _("备注"),
            "pay_to": _("请付款至"),
            "content_hash": _("内容校验（SHA-256）"),
            "page_of": _("第 %(page)s 页，共 %(pages)s 页"),
            "no_fapiao": _("本账单不是发票；发票另行开具。"),
        }

    def facts(self) -> list[list[str]]:
        """Name and value of what stands in the head."""
        _, invoice = self.translate, self.invoice
        last = date.fromordinal(invoice.period_end.toordinal() - 1)
        return [
            [_("账单编号"), invoice.number],
            [_("开具日期"), invoice.issued_on.isoformat()],
            [_("付款期限"), invoice.due_on.isoformat()],
            [_("计费期间"), f"{invoice.period_start} — {last}"],
        ]

    def line(self, line: PrintedLine) -> dict[str, str]:
        _ = self.translate
        days = line.day.isoformat()
        if line.period_start is not None and line.period_end is not None:
            days = f"{line.period_start} — {date.fromordinal(line.period_end.toordinal() - 1)}"
        below = " · ".join(filter(None, (line.branch, line.department, line.ticket_number)))
        return {
            "name": line.name,
            "below": below,
            "day": days,
            "quantity": f"{line.quantity.normalize():f} {line.unit}",
            "unit_price": price_text(line.unit_price),
            "mode": _("含税") if line.price_mode is PriceMode.TAX_INCLUDED else _("不含税"),
            "rate": rate_text(line.tax_rate, self.translate),
            "net": self.money(line.net),
            "tax": self.money(line.tax),
            "gross": self.money(line.gross),
        }

    def rates(self) -> list[dict[str, str]]:
        """One row for each tax rate."""
        currency = self.invoice.currency
        lines = [
            TaxedAmount(
                Money(each.net, currency), Money(each.tax, currency), Money(each.gross, currency), each.tax_rate
            )
            for each in self.invoice.lines
        ]
        return [
            {
                "rate": rate_text(group.rate, self.translate),
                "net": money_text(group.net),
                "tax": money_text(group.tax),
                "gross": money_text(group.gross),
            }
            for group in rates_of(lines, currency)
        ]

    def share(self, share: PrintedShare) -> dict[str, str]:
        _ = self.translate
        return {
            "department": " · ".join(filter(None, (share.branch, share.department or _("公共部分")))),
            "cost_centre": share.cost_centre,
            "net": self.money(share.net),
            "tax": self.money(share.tax),
            "gross": self.money(share.gross),
        }

    def pay_to(self) -> list[list[str]]:
        _, seller = self.translate, self.invoice.seller
        if not seller.bank_account:
            return []
        return [
            [_("户名"), seller.title],
            [_("开户银行"), seller.bank_name],
            [_("收款账号"), seller.bank_account],
            [_("附言"), self.invoice.number],
        ]


def _page(invoice: InvoiceContent, printing: Print) -> dict[str, object]:
    page = _Page(invoice, printing.translate)
    with_shares = len(invoice.shares) > 1 or any(share.department for share in invoice.shares)
    capitals = invoice.currency == "CNY"
    return {
        "texts": page.texts(),
        "number": invoice.number,
        "content_hash": printing.content_hash,
        "facts": page.facts(),
        "seller": party_lines(invoice.seller, printing.translate),
        "buyer": party_lines(invoice.buyer, printing.translate),
        "lines": [page.line(each) for each in invoice.lines],
        "rates": page.rates(),
        "shares": [page.share(each) for each in invoice.shares] if with_shares else [],
        "net": page.money(invoice.net),
        "tax": page.money(invoice.tax),
        "gross": page.money(invoice.gross),
        "capitals": in_capitals(Money(invoice.gross, invoice.currency)) if capitals else "",
        "note": invoice.note,
        "pay_to": page.pay_to(),
    }


INVOICE_DOCUMENT: Final = DocumentKind(
    name="invoice_document",
    rows=InvoiceDocument,
    about=InvoiceDocument.invoice_id,
    content=InvoiceContent,
    layout=Layout(template=Path(__file__).parent / "print" / "invoice.typ", page=_page),
    prefix="FP",
    period=Period.YEAR,
    follows_records=False,
)


def invoice_content(row: InvoiceDocument) -> InvoiceContent:
    """What a stored invoice says."""
    return msgspec.convert(row.content, InvoiceContent)
