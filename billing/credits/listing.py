"""The list of credits."""

from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, select

from app.agreements.sla import TARGET_NAMES
from app.assets.clients.models import Client
from app.platform.kernel.columns import columns_of
from app.platform.kernel.text_search import contains
from app.platform.kernel.texts import N_
from app.platform.kernel.unit_of_work import UnitOfWork
from app.platform.lists import Column, Filter, Found, RecordList, Wanted, select_rows
from billing.credits.models import ServiceCredit
from billing.credits.permissions import CreditPermission
from billing.credits.schemas import ServiceCreditView
from billing.credits.service import credit_view
from billing.credits.states import CREDIT_STATE_NAMES, CreditState
from billing.money import Money

BASE: Final = "/workspace/credits"
_ROWS: Final[Any] = select(*columns_of(ServiceCreditView, ServiceCredit, client_name=Client.name)).join(
    Client, (Client.tenant_id == ServiceCredit.tenant_id) & (Client.id == ServiceCredit.client_id)
)


async def _credits(work: UnitOfWork, wanted: Wanted) -> Found[ServiceCreditView]:
    return [(credit_view(row), value) for row, value in await select_rows(work, _ROWS, wanted)]


def credit_matches(word: str) -> ColumnElement[bool]:
    """Credits whose ticket, contract or client holds the word."""
    return contains(word, ServiceCredit.ticket_number, ServiceCredit.contract_number, Client.name)


CREDITS: Final = RecordList(
    key="credits",
    label=N_("服务赔付"),
    base=BASE,
    permission=CreditPermission.SERVICE_CREDIT_READ,
    record_kind="service_credit",
    id=ServiceCredit.id,
    title=ServiceCredit.ticket_number,
    columns=(
        Column(key="ticket_number", label=N_("服务单"), sort=ServiceCredit.ticket_number, main=True),
        Column(key="client_name", label=N_("客户"), sort=Client.name, width=30),
        Column(key="kind", label=N_("超时的承诺"), names=TARGET_NAMES, narrow=True),
        Column(
            key="amount",
            label=N_("赔付金额"),
            note=N_("（元）"),
            value=lambda credit: float(Money(credit.amount, credit.currency).value),
            sort=ServiceCredit.amount,
            number=True,
        ),
        Column(key="contract_number", label=N_("合同编号"), optional=True),
        Column(key="created_at", label=N_("提出赔付的时间"), sort=ServiceCredit.created_at, falling=True, narrow=True),
        Column(key="state", label=N_("状态"), names=CREDIT_STATE_NAMES, narrow=True),
        Column(key="reason", label=N_("原因"), width=40, shown=False),
    ),
    sort="-created_at",
    rows=_credits,
    filters=(
        Filter(
            key="state",
            label=N_("全部"),
            names=CREDIT_STATE_NAMES,
            read=CreditState,
            condition=lambda state: ServiceCredit.state == state,
            as_tabs=True,
        ),
        Filter(key="ticket", read=UUID, condition=lambda ticket_id: ServiceCredit.ticket_id == ticket_id),
        Filter(key="client", read=UUID, condition=lambda client_id: ServiceCredit.client_id == client_id),
    ),
    matches=credit_matches,
    search_label=N_("服务单、合同或客户"),
)
