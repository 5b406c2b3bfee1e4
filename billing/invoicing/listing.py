"""The lists of issued invoices and of drafts."""

from datetime import date
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, select

from app.assets.clients.models import Client
from app.platform.kernel.text_search import contains
from app.platform.kernel.texts import N_
from app.platform.kernel.unit_of_work import UnitOfWork
from app.platform.lists import Column, Filter, Found, RecordList, Wanted, select_rows
from billing.invoicing.addresses import DRAFTS, INVOICES
from billing.invoicing.findings import FINDING_NAMES
from billing.invoicing.models import Invoice, InvoiceDraft, OpenItem
from billing.invoicing.permissions import InvoicePermission
from billing.invoicing.schemas import InvoiceDraftView, InvoiceView
from billing.invoicing.services.drafts import draft_view
from billing.invoicing.services.invoices import OF_INVOICE, OPEN, invoice_columns, invoice_view
from billing.invoicing.states import DRAFT_STATE_NAMES
from billing.money import Money
from tenants.company_time import company_day

STANDING_NAMES: Final = {"open": N_("未付清"), "overdue": N_("已逾期"), "settled": N_("已付清")}


def standing_condition(value: str, today: date) -> ColumnElement[bool]:
    """Invoices that are open, overdue or settled on the company's day `today`."""
    if value == "settled":
        return OPEN == 0
    return OPEN > 0 if value == "open" else and_(OPEN > 0, Invoice.due_on < today)


def main_unit(amount: int, currency: str) -> float:
    """For a cell of a sheet; the exact amount stands on the page and in the API."""
    return float(Money(amount, currency).value)


async def _invoices(work: UnitOfWork, wanted: Wanted) -> Found[InvoiceView]:
    statement: Any = select(*invoice_columns()).outerjoin(OpenItem, OF_INVOICE)
    if standing := wanted.values.get("standing"):
        statement = statement.where(standing_condition(standing, await company_day(work)))
    found = await select_rows(work, statement, wanted)
    return [(invoice_view(row), value) for row, value in found]


def _invoice_matches(word: str) -> ColumnElement[bool]:
    return contains(word, Invoice.number, Invoice.buyer_title)


INVOICE_LIST: Final = RecordList(
    key="invoices",
    label=N_("账单"),
    base=INVOICES,
    permission=InvoicePermission.INVOICE_READ,
    record_kind="invoice",
    id=Invoice.id,
    title=Invoice.number,
    columns=(
        Column(key="number", label=N_("账单编号"), sort=Invoice.number, main=True, falling=True),
        Column(key="buyer_title", label=N_("客户"), sort=Invoice.buyer_title, width=40),
        Column(key="issued_on", label=N_("开具日期"), sort=Invoice.issued_on, falling=True, narrow=True),
        Column(key="due_on", label=N_("付款期限"), sort=Invoice.due_on, narrow=True),
        Column(
            key="gross",
            label=N_("含税金额"),
            value=lambda row: main_unit(row.gross, row.currency),
            sort=Invoice.gross,
            falling=True,
            number=True,
        ),
        Column(
            key="open",
            label=N_("未付"),
            value=lambda row: main_unit(row.open, row.currency),
            sort=OPEN,
            falling=True,
            number=True,
        ),
        Column(key="currency", label=N_("币种"), shown=False, narrow=True),
    ),
    sort="-number",
    rows=_invoices,
    filters=(
        Filter(key="standing", label=N_("全部账单"), names=STANDING_NAMES, as_tabs=True),
        Filter(key="client", read=UUID, condition=lambda client_id: Invoice.client_id == client_id),
        Filter(key="since", read=date.fromisoformat, condition=lambda day: Invoice.issued_on >= day),
    ),
    matches=_invoice_matches,
    search_label=N_("账单编号或客户"),
)


async def _drafts(work: UnitOfWork, wanted: Wanted) -> Found[InvoiceDraftView]:
    statement: Any = select(InvoiceDraft, Client.name).join(
        Client, and_(Client.tenant_id == InvoiceDraft.tenant_id, Client.id == InvoiceDraft.client_id)
    )
    found = await select_rows(work, statement, wanted)
    return [(draft_view(row[0], row[1]), value) for row, value in found]


def _draft_matches(word: str) -> ColumnElement[bool]:
    return contains(word, Client.name, Client.short_name)


_FINDINGS: Final = func.jsonb_array_length(InvoiceDraft.findings)

DRAFT_LIST: Final = RecordList(
    key="invoice-drafts",
    label=N_("账单草稿"),
    base=DRAFTS,
    permission=InvoicePermission.INVOICE_WRITE,
    record_kind="invoice_draft",
    id=InvoiceDraft.id,
    title=Client.name,
    columns=(
        Column(key="client_name", label=N_("客户"), sort=Client.name, main=True, width=40),
        Column(key="state", label=N_("状态"), names=DRAFT_STATE_NAMES, sort=InvoiceDraft.state, narrow=True),
        Column(key="findings", label=N_("需要留意"), names=FINDING_NAMES, sort=_FINDINGS, falling=True, width=40),
        Column(
            key="gross",
            label=N_("含税金额"),
            value=lambda row: main_unit(row.gross, row.currency),
            sort=InvoiceDraft.gross,
            falling=True,
            number=True,
        ),
        Column(
            key="previous_gross",
            label=N_("上一张"),
            value=lambda row: None if row.previous_gross is None else main_unit(row.previous_gross, row.currency),
            number=True,
            optional=True,
        ),
        Column(key="currency", label=N_("币种"), shown=False, narrow=True),
    ),
    sort="-findings",
    rows=_drafts,
    filters=(
        Filter(
            key="state",
            label=N_("全部草稿"),
            names=DRAFT_STATE_NAMES,
            condition=lambda state: InvoiceDraft.state == state,
            otherwise=InvoiceDraft.state.in_(("draft", "submitted", "approved")),
            as_tabs=True,
        ),
        Filter(
            key="finding",
            label=N_("需要留意的"),
            names=FINDING_NAMES,
            condition=lambda finding: InvoiceDraft.findings.contains([finding]),
        ),
        Filter(key="client", read=UUID, condition=lambda client_id: InvoiceDraft.client_id == client_id),
        Filter(key="run", read=UUID, condition=lambda run_id: InvoiceDraft.run_id == run_id),
    ),
    matches=_draft_matches,
    search_label=N_("客户"),
)
