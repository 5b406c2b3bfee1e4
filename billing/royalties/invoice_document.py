"""Headquarters' invoice to a partner on paper."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Final

import msgspec

from app.platform.documents import Layout, Print
from app.platform.kernel.texts import Translator
from billing.money import Money, money_text
from billing.royalties.schemas import ChargeKind, StatementLine
from billing.royalties.wording import line_text, rate_text


class InvoiceParty(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A company as it stood on the day of issue."""

    title: str
    tax_number: str = ""
    bank_name: str = ""
    bank_account: str = ""


class RoyaltyInvoiceContent(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """All that the invoice says."""

    number: str
    statement_number: str
    month: date
    issued_on: date
    due_on: date
    currency: str
    seller: InvoiceParty
    buyer: InvoiceParty
    lines: tuple[StatementLine, ...]
    net: int
    tax_code: str
    tax: int
    gross: int
    tax_rate: Decimal | None = None
    of_plan: bool = False
    """For the partner's plan; else for its revenue."""


class _Page:
    """The invoice's facts as the words that stand on the page."""

    def __init__(self, invoice: RoyaltyInvoiceContent, translate: Translator) -> None:
        self.invoice, self.translate = invoice, translate

    def money(self, minor: int) -> str:
        return money_text(Money(minor, self.invoice.currency))

    def texts(self) -> dict[str, str]:
        """Headings and the like."""
        _, of_plan = self.translate, self.invoice.of_plan
        return {
            "title": _("套餐费账单") if of_plan else _("特许权使用费账单"),
            "seller": _("总部"),
            "buyer": _("服务商"),
            "to_pay": _("应付金额"),
            "name": _("项目"),
            "revenue": "" if of_plan else _("收入（不含税）"),
            "rate": "" if of_plan else _("费率"),
            "amount": _("金额（不含税）"),
            "net": _("不含税金额"),
            "tax": _("税额"),
            "gross": _("含税金额"),
            "total": _("合计"),
            "pay_to": _("请付款至"),
            "content_hash": _("内容校验（SHA-256）"),
            "page_of": _("第 %(page)s 页，共 %(pages)s 页"),
            "no_fapiao": _("本账单不是发票；发票另行开具。"),
        }

    def facts(self) -> list[list[str]]:
        """Name and value of what stands in the head."""
        _, invoice = self.translate, self.invoice
        return [
            [_("账单编号"), invoice.number],
            *(
                []
                if invoice.of_plan
                else [[_("结算单"), invoice.statement_number], [_("结算月份"), f"{invoice.month:%Y-%m}"]]
            ),
            [_("开具日期"), invoice.issued_on.isoformat()],
            [_("付款期限"), invoice.due_on.isoformat()],
        ]

    def line(self, line: StatementLine) -> dict[str, str]:
        """One row of the table."""
        of_revenue = line.kind is ChargeKind.REVENUE
        return {
            "name": line_text(line, self.translate),
            "below": f"{line.first} — {line.last}" if line.first else line.text,
            "revenue": self.money(line.revenue) if of_revenue else "",
            "rate": rate_text(line.rate) if of_revenue else "",
            "amount": self.money(line.amount),
        }

    def party(self, party: InvoiceParty) -> list[str]:
        """The lines of an address."""
        _ = self.translate
        return [party.title, *([_("税号 %(number)s", number=party.tax_number)] if party.tax_number else [])]


def _page(invoice: RoyaltyInvoiceContent, printing: Print) -> Mapping[str, object]:
    shown, _ = _Page(invoice, printing.translate), printing.translate
    seller = invoice.seller
    return {
        "texts": shown.texts(),
        "facts": shown.facts(),
        "number": invoice.number,
        "seller": shown.party(seller),
        "buyer": shown.party(invoice.buyer),
        "lines": [shown.line(each) for each in invoice.lines],
        "net": shown.money(invoice.net),
        "tax_rate": _("免税") if invoice.tax_rate is None else rate_text(invoice.tax_rate),
        "tax": shown.money(invoice.tax),
        "gross": shown.money(invoice.gross),
        "pay_to": [
            [_("户名"), seller.title],
            [_("开户行"), seller.bank_name],
            [_("账号"), seller.bank_account],
        ],
        "content_hash": printing.content_hash,
    }


LAYOUT: Final = Layout(template=Path(__file__).parent / "print" / "royalty_invoice.typ", page=_page)
