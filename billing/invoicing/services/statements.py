"""What a client's account says over some days: read from the ledger, with the numbers of the documents."""

from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Final, NamedTuple
from uuid import UUID

import msgspec
from sqlalchemy import ColumnElement, and_, case, func, or_, select

from app.assets.clients.models import Client
from app.platform.kernel.errors import Invalid, NotFound
from app.platform.kernel.texts import N_
from app.platform.kernel.unit_of_work import UnitOfWork
from billing.invoicing.credit_models import CreditNote
from billing.invoicing.models import Invoice
from billing.invoicing.permissions import InvoicePermission
from billing.invoicing.services.giving_back import CREDIT_NOTE
from billing.invoicing.services.issuing import INVOICE
from billing.invoicing.services.profiles import COMPANY_CURRENCY
from billing.ledger import AccountKind
from billing.ledger.models import LedgerAccount, LedgerEntry, LedgerPosting

REVERSAL: Final = "reversal"
SOURCE_NAMES: Final = {
    INVOICE: N_("账单"),
    CREDIT_NOTE: N_("红字单"),
    "payment": N_("收款"),
    "payment_allocation": N_("收款核销"),
    "refund": N_("退款"),
    REVERSAL: N_("冲销"),
}


class StatementLine(msgspec.Struct, frozen=True, kw_only=True):
    """One entry on the client's account: what it adds to what is owed, or takes off, and what is owed then."""

    day: date
    source_kind: str
    number: str
    added: int
    taken_off: int
    balance: int


class AccountChange(NamedTuple):
    """What adds to what a client owes, or takes off."""

    day: date
    at: datetime
    source_kind: str
    number: str
    amount: int


class Statement(msgspec.Struct, frozen=True, kw_only=True):
    """What a client owed before `since`, what happened up to and with `until`, and what it owes then."""

    client_id: UUID
    client_name: str
    currency: str
    since: date
    until: date
    opening: int
    lines: list[StatementLine]
    closing: int


async def document_changes(work: UnitOfWork, client_id: UUID, until: date, currency: str) -> list[AccountChange]:
    """Invoices and credit notes of a client up to and with `until`, as its own people may read them."""
    found: list[AccountChange] = []
    for model, kind, sign in ((Invoice, INVOICE, 1), (CreditNote, CREDIT_NOTE, -1)):
        rows = await work.session.execute(
            select(model.issued_on, model.issued_at, model.number, model.gross).where(
                model.client_id == client_id, model.currency == currency, model.issued_on <= until
            )
        )
        found += [AccountChange(day, at, kind, number, sign * gross) for day, at, number, gross in rows]
    return found


async def statement(
    work: UnitOfWork, client_id: UUID, since: date, until: date, currency: str = COMPANY_CURRENCY
) -> Statement:
    """
    Raises:
        Forbidden: without `invoice:write`.
        NotFound: no such client.
        Invalid: it ends before it begins.
    """
    work.actor.require(InvoicePermission.INVOICE_WRITE)
    if until < since:
        raise Invalid(fields={"until": N_("结束日期不能早于开始日期。")})
    name = await work.session.scalar(select(Client.name).where(Client.id == client_id))
    if name is None:
        raise NotFound
    account = and_(
        LedgerAccount.kind == AccountKind.RECEIVABLE,
        LedgerAccount.client_id == client_id,
        LedgerAccount.currency == currency,
    )
    change: ColumnElement[int] = case(
        (LedgerPosting.debit_account_id == LedgerAccount.id, LedgerPosting.amount), else_=-LedgerPosting.amount
    )
    touched = or_(
        LedgerPosting.debit_account_id == LedgerAccount.id, LedgerPosting.credit_account_id == LedgerAccount.id
    )
    opening = await work.session.scalar(
        select(func.coalesce(func.sum(change), 0))
        .select_from(LedgerAccount)
        .join(LedgerPosting, touched)
        .where(account, LedgerPosting.day < since)
    )
    rows = (
        await work.session.execute(
            select(
                LedgerEntry.id,
                LedgerEntry.day,
                LedgerEntry.source_kind,
                LedgerEntry.source_id,
                LedgerEntry.remark,
                func.sum(change).label("change"),
            )
            .select_from(LedgerAccount)
            .join(LedgerPosting, touched)
            .join(
                LedgerEntry,
                and_(LedgerEntry.tenant_id == LedgerPosting.tenant_id, LedgerEntry.id == LedgerPosting.entry_id),
            )
            .where(account, LedgerPosting.day >= since, LedgerPosting.day <= until)
            .group_by(
                LedgerEntry.id, LedgerEntry.day, LedgerEntry.source_kind, LedgerEntry.source_id, LedgerEntry.remark
            )
            .order_by(LedgerEntry.day, LedgerEntry.id)
        )
    ).all()
    numbers = await _numbers(work, [row.source_id for row in rows])
    balance = int(opening or 0)
    lines = []
    for row in rows:
        amount = int(row.change)
        balance += amount
        lines.append(
            StatementLine(
                day=row.day,
                source_kind=row.source_kind,
                number=numbers.get(row.source_id, row.remark),
                added=max(amount, 0),
                taken_off=max(-amount, 0),
                balance=balance,
            )
        )
    return Statement(
        client_id=client_id,
        client_name=name,
        currency=currency,
        since=since,
        until=until,
        opening=int(opening or 0),
        lines=lines,
        closing=balance,
    )


async def _numbers(work: UnitOfWork, ids: Collection[UUID]) -> Mapping[UUID, str]:
    found: dict[UUID, str] = {}
    for model in (Invoice, CreditNote):
        rows = await work.session.execute(select(model.id, model.number).where(model.id.in_(ids)))
        found.update((row.id, row.number) for row in rows)
    return found
