"""How old what is open is: by client and currency, in steps of thirty days after the due day."""

from datetime import date, timedelta
from typing import Final
from uuid import UUID

import msgspec
from sqlalchemy import ColumnElement, and_, case, func, select

from app.assets.clients.models import Client
from app.platform.kernel.texts import N_
from app.platform.kernel.unit_of_work import UnitOfWork
from billing.invoicing.models import OpenItem
from billing.invoicing.permissions import InvoicePermission
from billing.ledger import AccountKind, client_balances
from tenants.company_time import company_day

STEP_NAMES: Final = (N_("未到期"), N_("1–30 天"), N_("31–60 天"), N_("61–90 天"), N_("90 天以上"))
_ENDS: Final = (0, 30, 60, 90)
"""Days after the due day on which a step ends."""


class AgeingRow(msgspec.Struct, frozen=True, kw_only=True):
    """What one client owes in one currency: not due, overdue by up to 30, 60, 90 days, and by more."""

    client_id: UUID
    client_name: str
    currency: str
    steps: list[int]
    total: int


class AgeingDifference(msgspec.Struct, frozen=True, kw_only=True):
    """A client whose open documents are not what its account in the ledger says."""

    client_id: UUID
    currency: str
    open_items: int
    ledger: int


async def ageing(work: UnitOfWork) -> list[AgeingRow]:
    """By client, those who owe the most first.

    Raises:
        Forbidden: without `invoice:write`.
    """
    work.actor.require(InvoicePermission.INVOICE_WRITE)
    today = await company_day(work)
    steps = [func.sum(case((_within(step, today), OpenItem.open), else_=0)) for step in range(len(STEP_NAMES))]
    total = func.sum(OpenItem.open)
    rows = await work.session.execute(
        select(OpenItem.client_id, Client.name, OpenItem.currency, total, *steps)
        .join(Client, and_(Client.tenant_id == OpenItem.tenant_id, Client.id == OpenItem.client_id))
        .where(OpenItem.open > 0)
        .group_by(OpenItem.client_id, Client.name, OpenItem.currency)
        .order_by(OpenItem.currency, total.desc(), OpenItem.client_id)
    )
    return [
        AgeingRow(
            client_id=row[0],
            client_name=row[1],
            currency=row[2],
            total=int(row[3]),
            steps=[int(each) for each in row[4:]],
        )
        for row in rows
    ]


async def document_differences(work: UnitOfWork) -> list[AgeingDifference]:
    """Clients whose open documents are not what the ledger says; empty: documents and books agree.

    Raises:
        Forbidden: without `invoice:write`.
    """
    work.actor.require(InvoicePermission.INVOICE_WRITE)
    in_ledger = await client_balances(work, AccountKind.RECEIVABLE)
    found = {key: [0, balance] for key, balance in in_ledger.items()}
    in_documents = await work.session.execute(
        select(OpenItem.client_id, OpenItem.currency, func.sum(OpenItem.open)).group_by(
            OpenItem.client_id, OpenItem.currency
        )
    )
    for client_id, currency, open_ in in_documents:
        found.setdefault((client_id, currency), [0, 0])[0] = int(open_)
    return [
        AgeingDifference(client_id=client_id, currency=currency, open_items=sums[0], ledger=sums[1])
        for (client_id, currency), sums in sorted(found.items(), key=lambda each: (str(each[0][0]), each[0][1]))
        if sums[0] != sums[1]
    ]


def _within(step: int, today: date) -> ColumnElement[bool]:
    """Whether an item is in the step: overdue by more days than the step before ends, and by no more than this."""
    conditions = []
    if step > 0:
        conditions.append(OpenItem.due_on < today - timedelta(days=_ENDS[step - 1]))
    if step < len(_ENDS):
        conditions.append(OpenItem.due_on >= today - timedelta(days=_ENDS[step]))
    return and_(*conditions)
