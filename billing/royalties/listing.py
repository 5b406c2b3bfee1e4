"""The lists of statements and invoices: headquarters' of all partners, and a partner's own."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any, Final

from sqlalchemy import ColumnElement, select

from app.platform.kernel.columns import columns_of
from app.platform.kernel.text_search import contains
from app.platform.kernel.texts import N_
from app.platform.kernel.unit_of_work import UnitOfWork
from app.platform.lists import Column, Filter, Found, RecordList, Wanted, select_rows
from billing.money import Money
from billing.royalties.models import RoyaltyInvoice, RoyaltyStatement
from billing.royalties.permissions import RoyaltyPermission
from billing.royalties.schemas import RoyaltyInvoiceSummary, StatementSummary
from billing.royalties.states import (
    ROYALTY_INVOICE_STATE_NAMES,
    STATEMENT_STATE_NAMES,
    RoyaltyInvoiceState,
    StatementState,
)


async def _statements(work: UnitOfWork, wanted: Wanted) -> Found[StatementSummary]:
    rows = await select_rows(work, select(*columns_of(StatementSummary, RoyaltyStatement)), wanted)
    return [(_named(StatementSummary, row), value) for row, value in rows]


async def _invoices(work: UnitOfWork, wanted: Wanted) -> Found[RoyaltyInvoiceSummary]:
    rows = await select_rows(work, select(*columns_of(RoyaltyInvoiceSummary, RoyaltyInvoice)), wanted)
    return [(_named(RoyaltyInvoiceSummary, row), value) for row, value in rows]


def _named(view: type[Any], row: Any) -> Any:
    """The columns are in the order of the fields, which are given by name."""
    return view(**dict(zip(view.__struct_fields__, row, strict=True)))


def _statement_matches(word: str) -> ColumnElement[bool]:
    return contains(word, RoyaltyStatement.number, RoyaltyStatement.partner_name)


def _invoice_matches(word: str) -> ColumnElement[bool]:
    return contains(word, RoyaltyInvoice.number, RoyaltyInvoice.partner_name)


def _money(name: str) -> Callable[[Any], Decimal]:
    return lambda row: Money(getattr(row, name), row.currency).value


def _month(text: str) -> date:
    """
    Raises:
        ValueError: no month like 2026-11.
    """
    return date.fromisoformat(f"{text}-01")


def _statement_list(key: str, base: str, partner: tuple[Column, ...]) -> RecordList[StatementSummary]:
    return RecordList(
        key=key,
        label=N_("特许权使用费结算单"),
        base=base,
        permission=RoyaltyPermission.ROYALTY_READ,
        record_kind="royalty_statement",
        id=RoyaltyStatement.id,
        title=RoyaltyStatement.number,
        columns=(
            Column(key="number", label=N_("结算单"), sort=RoyaltyStatement.number, main=True),
            *partner,
            Column(
                key="month",
                label=N_("月份"),
                value=lambda row: f"{row.month:%Y-%m}",
                sort=RoyaltyStatement.month,
                falling=True,
                narrow=True,
                width=10,
            ),
            Column(
                key="revenue",
                label=N_("收入（不含税）"),
                value=_money("revenue"),
                sort=RoyaltyStatement.revenue,
                falling=True,
                number=True,
            ),
            Column(
                key="amount",
                label=N_("应付（不含税）"),
                value=_money("amount"),
                sort=RoyaltyStatement.amount,
                falling=True,
                number=True,
            ),
            Column(key="currency", label=N_("币种"), shown=False, narrow=True, width=8),
            Column(key="answer_by", label=N_("确认期限"), sort=RoyaltyStatement.answer_by, narrow=True, width=12),
            Column(key="state", label=N_("状态"), names=STATEMENT_STATE_NAMES, narrow=True),
        ),
        sort="-month",
        rows=_statements,
        filters=(
            Filter(
                key="state",
                label=N_("全部"),
                names=STATEMENT_STATE_NAMES,
                read=StatementState,
                condition=lambda state: RoyaltyStatement.state == state,
                as_tabs=True,
            ),
            Filter(key="month", read=_month, condition=lambda month: RoyaltyStatement.month == month),
        ),
        matches=_statement_matches,
        search_label=N_("结算单编号或服务商"),
    )


def _invoice_list(key: str, base: str, partner: tuple[Column, ...]) -> RecordList[RoyaltyInvoiceSummary]:
    return RecordList(
        key=key,
        label=N_("特许权使用费账单"),
        base=base,
        permission=RoyaltyPermission.ROYALTY_READ,
        record_kind="royalty_invoice",
        id=RoyaltyInvoice.id,
        title=RoyaltyInvoice.number,
        columns=(
            Column(key="number", label=N_("账单"), sort=RoyaltyInvoice.number, main=True),
            *partner,
            Column(key="month", label=N_("月份"), value=lambda row: f"{row.month:%Y-%m}", narrow=True, width=10),
            Column(key="issued_on", label=N_("开具日期"), sort=RoyaltyInvoice.issued_on, falling=True, narrow=True),
            Column(key="due_on", label=N_("付款期限"), sort=RoyaltyInvoice.due_on, narrow=True, width=12),
            Column(
                key="gross", label=N_("应付（含税）"), value=_money("gross"), sort=RoyaltyInvoice.gross, number=True
            ),
            Column(key="open", label=N_("未付"), value=_money("open"), sort=RoyaltyInvoice.open, number=True),
            Column(key="currency", label=N_("币种"), shown=False, narrow=True, width=8),
            Column(key="state", label=N_("状态"), names=ROYALTY_INVOICE_STATE_NAMES, narrow=True),
        ),
        sort="-issued_on",
        rows=_invoices,
        filters=(
            Filter(
                key="state",
                label=N_("全部"),
                names=ROYALTY_INVOICE_STATE_NAMES,
                read=RoyaltyInvoiceState,
                condition=lambda state: RoyaltyInvoice.state == state,
                as_tabs=True,
            ),
        ),
        matches=_invoice_matches,
        search_label=N_("账单编号或服务商"),
    )


_PARTNER: Final = (Column(key="partner_name", label=N_("服务商"), sort=RoyaltyStatement.partner_name, width=30),)
_PAYER: Final = (Column(key="partner_name", label=N_("服务商"), sort=RoyaltyInvoice.partner_name, width=30),)
HQ_STATEMENTS: Final = _statement_list("hq_royalties", "/hq/royalties", _PARTNER)
OWN_STATEMENTS: Final = _statement_list("royalties", "/workspace/royalties", ())
HQ_INVOICES: Final = _invoice_list("hq_royalty_invoices", "/hq/royalties/invoices", _PAYER)
OWN_INVOICES: Final = _invoice_list("royalty_invoices", "/workspace/royalties/invoices", ())
