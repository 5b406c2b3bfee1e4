"""The list of 发票."""

from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, select

from app.platform.kernel.text_search import contains
from app.platform.kernel.texts import N_
from app.platform.kernel.unit_of_work import UnitOfWork
from app.platform.lists import Column, Filter, Found, RecordList, Wanted, select_rows
from billing.invoicing.addresses import FAPIAOS
from billing.invoicing.fapiao_models import Fapiao
from billing.invoicing.fapiao_schemas import FapiaoView
from billing.invoicing.fapiao_states import FAPIAO_STATE_NAMES
from billing.invoicing.listing import main_unit
from billing.invoicing.permissions import InvoicePermission
from billing.invoicing.schemas import FAPIAO_KIND_NAMES
from billing.invoicing.services.fapiaos import fapiao_view


async def _rows(work: UnitOfWork, wanted: Wanted) -> Found[FapiaoView]:
    statement: Any = select(Fapiao)
    found = await select_rows(work, statement, wanted)
    return [(fapiao_view(row[0]), value) for row, value in found]


def _matches(word: str) -> ColumnElement[bool]:
    return contains(word, Fapiao.invoice_number, Fapiao.buyer_title, Fapiao.number)


FAPIAO_LIST: Final = RecordList(
    key="fapiaos",
    label=N_("发票"),
    base=FAPIAOS,
    permission=InvoicePermission.INVOICE_WRITE,
    record_kind="fapiao",
    id=Fapiao.id,
    title=Fapiao.invoice_number,
    columns=(
        Column(key="invoice_number", label=N_("账单编号"), sort=Fapiao.invoice_number, main=True, falling=True),
        Column(key="buyer_title", label=N_("购买方名称"), sort=Fapiao.buyer_title, width=40),
        Column(key="kind", label=N_("发票种类"), names=FAPIAO_KIND_NAMES, narrow=True),
        Column(key="state", label=N_("状态"), names=FAPIAO_STATE_NAMES, sort=Fapiao.state, narrow=True),
        Column(
            key="gross",
            label=N_("含税金额"),
            value=lambda row: main_unit(row.gross, row.currency),
            sort=Fapiao.gross,
            falling=True,
            number=True,
        ),
        Column(key="number", label=N_("发票号码"), width=24),
        Column(key="issued_on", label=N_("开票日期"), sort=Fapiao.issued_on, nullable=True, falling=True, narrow=True),
    ),
    sort="-invoice_number",
    rows=_rows,
    filters=(
        Filter(
            key="state",
            label=N_("全部发票"),
            names=FAPIAO_STATE_NAMES,
            condition=lambda state: Fapiao.state == state,
            as_tabs=True,
        ),
        Filter(key="client", read=UUID, condition=lambda client_id: Fapiao.client_id == client_id),
    ),
    matches=_matches,
    search_label=N_("账单编号、购买方或发票号码"),
)
