"""The receipt of a payment on paper."""

from collections.abc import Mapping
from datetime import date
from typing import Final

import msgspec

from app.platform.documents import Layout, Print, Printable
from billing.invoicing import SHEET, Table, drawn_when_asked, sheet_page
from billing.money import Money, money_text
from billing.payments.schemas import AllocationView, PaymentView
from billing.payments.states import METHOD_NAMES, PaymentMethod


class SettledDocument(msgspec.Struct, frozen=True):
    """A document, and how much of it the payment settled."""

    number: str
    day: date
    amount: int


class ReceiptContent(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """All that a receipt says. Amounts are minor units."""

    number: str
    received_on: date
    method: PaymentMethod
    currency: str
    amount: int
    seller: str
    client: str
    payer: str
    settled: tuple[SettledDocument, ...]
    deposit: int
    withdrawn: int
    refunded: int


def _page(receipt: ReceiptContent, printing: Print) -> Mapping[str, object]:
    _ = printing.translate

    def money(minor: int) -> str:
        return money_text(Money(minor, receipt.currency))

    rows = [[each.number, each.day.isoformat(), money(each.amount)] for each in receipt.settled]
    if receipt.deposit:
        rows.append([_("预收款"), "", money(receipt.deposit)])
    if receipt.withdrawn:
        rows.append([_("因争议被扣回"), "", money(receipt.withdrawn)])
    if receipt.refunded:
        rows.append([_("已退款"), "", money(receipt.refunded)])
    return sheet_page(
        printing,
        number=receipt.number,
        title=_("收款收据"),
        facts=[
            (_("单号"), receipt.number),
            (_("到账日期"), receipt.received_on.isoformat()),
            (_("付款方式"), _(METHOD_NAMES[receipt.method])),
            *([(_("付款人"), receipt.payer)] if receipt.payer else []),
        ],
        parties=(receipt.seller, receipt.client),
        sum_of=(_("收款金额"), Money(receipt.amount, receipt.currency)),
        table=Table(
            head=[_("核销的账单"), _("日期"), _("金额")],
            rows=rows,
            total=[_("合计"), "", money(receipt.amount)],
            wide=1,
        ),
        in_words=True,
    )


_RECEIPT: Final = Layout(template=SHEET, page=_page)


def receipt_sheet(payment: PaymentView, allocations: list[AllocationView], seller: str) -> Printable:
    """The receipt of a payment that stands, for drawing."""
    content = ReceiptContent(
        number=payment.number,
        received_on=payment.received_on,
        method=payment.method,
        currency=payment.currency,
        amount=payment.amount,
        seller=seller,
        client=payment.client_name,
        payer=payment.payer_name,
        settled=tuple(
            SettledDocument(each.document_number, each.day, each.amount) for each in allocations if not each.reversed
        ),
        deposit=payment.unallocated,
        withdrawn=payment.withdrawn,
        refunded=payment.refunded,
    )
    return drawn_when_asked(f"{payment.number}.pdf", _RECEIPT, content, payment.recorded_at)
