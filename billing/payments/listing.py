"""The lists of payments and of the lines of bank statements."""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, select

from app.assets.clients.models import Client
from app.platform.kernel.columns import columns_of
from app.platform.kernel.text_search import contains
from app.platform.kernel.texts import N_
from app.platform.kernel.unit_of_work import UnitOfWork
from app.platform.lists import Choices, Column, Filter, Found, RecordList, Wanted, select_rows
from billing.money import Money
from billing.payments.models import BankLine, Payment
from billing.payments.permissions import PaymentPermission
from billing.payments.schemas import BankLineView, PaymentView
from billing.payments.services.bank_lines import line_view
from billing.payments.services.payments import payment_view
from billing.payments.states import (
    LINE_REASON_NAMES,
    LINE_STATE_NAMES,
    METHOD_NAMES,
    STANDING_NAMES,
    BankLineState,
    PaymentMethod,
)

PAYMENT_ROWS: Final[Any] = select(Payment, Client.name).join(
    Client, (Client.tenant_id == Payment.tenant_id) & (Client.id == Payment.client_id)
)


def yuan(minor: int, currency: str) -> float:
    """As a number of a sheet."""
    return float(Money(minor, currency).value)


async def _payments(work: UnitOfWork, wanted: Wanted) -> Found[PaymentView]:
    found = await select_rows(work, PAYMENT_ROWS, wanted)
    return [(payment_view(*row), value) for row, value in found]


async def _clients(work: UnitOfWork, _: Mapping[str, str]) -> Choices:
    who_paid = select(Payment.client_id).where(Payment.tenant_id == work.tenant_id)
    rows = await work.session.execute(
        select(Client.id, Client.name).where(Client.id.in_(who_paid)).order_by(Client.name, Client.id)
    )
    return [(str(client_id), name) for client_id, name in rows]


def payment_matches(word: str) -> ColumnElement[bool]:
    """Payments whose number, payer, text or client holds the word."""
    return contains(word, Payment.number, Payment.payer_name, Payment.text, Client.name)


PAYMENTS: Final = RecordList(
    key="payments",
    label=N_("收款"),
    base="/workspace/payments",
    permission=PaymentPermission.PAYMENT_READ,
    record_kind="payment",
    id=Payment.id,
    title=Payment.number,
    columns=(
        Column(key="number", label=N_("单号"), sort=Payment.number, main=True),
        Column(key="client_name", label=N_("客户"), sort=Client.name, width=30),
        Column(key="received_on", label=N_("到账日期"), sort=Payment.received_on, falling=True, narrow=True),
        Column(
            key="amount",
            label=N_("金额"),
            value=lambda payment: yuan(payment.amount, payment.currency),
            sort=Payment.amount,
            number=True,
        ),
        Column(
            key="unallocated",
            label=N_("未核销"),
            value=lambda payment: yuan(payment.unallocated, payment.currency),
            sort=Payment.unallocated,
            number=True,
        ),
        Column(key="method", label=N_("付款方式"), names=METHOD_NAMES, narrow=True, optional=True),
        Column(key="payer_name", label=N_("付款人"), width=30, optional=True),
        Column(key="text", label=N_("附言"), width=40, shown=False),
        Column(key="standing", label=N_("状态"), names=STANDING_NAMES, narrow=True),
        Column(key="recorded_by_name", label=N_("入账人"), shown=False),
    ),
    sort="-received_on",
    rows=_payments,
    filters=(
        Filter(
            key="deposit",
            label=N_("全部"),
            names={"yes": N_("还有未核销的")},
            condition=lambda _: Payment.unallocated > 0,
            as_tabs=True,
        ),
        Filter(
            key="method",
            label=N_("全部付款方式"),
            names=METHOD_NAMES,
            read=PaymentMethod,
            condition=lambda method: Payment.method == method,
        ),
        Filter(
            key="client",
            label=N_("全部客户"),
            choices=_clients,
            read=UUID,
            condition=lambda client_id: Payment.client_id == client_id,
        ),
    ),
    matches=payment_matches,
    search_label=N_("单号、付款人、附言或客户"),
)


async def _lines(work: UnitOfWork, wanted: Wanted) -> Found[BankLineView]:
    found = await select_rows(work, select(*columns_of(BankLineView, BankLine)), wanted)
    return [(line_view(row), value) for row, value in found]


def line_matches(word: str) -> ColumnElement[bool]:
    """Lines whose payer, account, text or reference holds the word."""
    return contains(word, BankLine.payer_name, BankLine.payer_account, BankLine.text, BankLine.reference)


LINES: Final = RecordList(
    key="bank-lines",
    label=N_("银行流水"),
    base="/workspace/payments/lines",
    permission=PaymentPermission.PAYMENT_READ,
    record_kind="bank_line",
    id=BankLine.id,
    title=BankLine.payer_name,
    columns=(
        Column(
            key="payer_name",
            label=N_("对方户名"),
            sort=BankLine.payer_name,
            main=True,
            unnamed=N_("没有户名"),
            width=30,
        ),
        Column(key="day", label=N_("交易日期"), sort=BankLine.day, falling=True, narrow=True),
        Column(
            key="amount",
            label=N_("金额"),
            value=lambda line: yuan(line.amount, line.currency),
            sort=BankLine.amount,
            number=True,
        ),
        Column(key="text", label=N_("附言"), width=40),
        Column(key="payer_account", label=N_("对方账号"), shown=False),
        Column(key="reference", label=N_("流水号"), shown=False),
        Column(key="state", label=N_("状态"), names=LINE_STATE_NAMES, narrow=True),
        Column(key="reason", label=N_("原因"), names=LINE_REASON_NAMES, optional=True),
    ),
    sort="-day",
    rows=_lines,
    filters=(
        Filter(
            key="state",
            label=N_("全部状态"),
            names=LINE_STATE_NAMES,
            read=BankLineState,
            condition=lambda state: BankLine.state == state,
        ),
    ),
    matches=line_matches,
    search_label=N_("户名、账号、附言或流水号"),
)
