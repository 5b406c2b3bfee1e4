"""The list of postings: each with its entry's day and source, and the names of the two accounts."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

import msgspec
from sqlalchemy import and_, or_, select
from sqlalchemy.orm import aliased

from app.assets.clients.models import Client
from app.platform.kernel.texts import N_
from app.platform.kernel.unit_of_work import UnitOfWork
from app.platform.lists import Choices, Column, Filter, Found, RecordList, Wanted, select_rows
from billing.ledger.accounts import ACCOUNT_NAMES
from billing.ledger.models import LedgerAccount, LedgerEntry, LedgerPosting
from billing.ledger.permissions import LedgerPermission
from billing.money import Money
from billing.periods import months_after

_DEBIT, _CREDIT = aliased(LedgerAccount), aliased(LedgerAccount)
_DEBIT_CLIENT, _CREDIT_CLIENT = aliased(Client), aliased(Client)
_COLUMNS: Final[tuple[Any, ...]] = (
    LedgerPosting,
    LedgerEntry,
    _DEBIT,
    _CREDIT,
    _DEBIT_CLIENT.short_name,
    _CREDIT_CLIENT.short_name,
)


class PostingRow(msgspec.Struct, frozen=True):
    """One posting as finance reads it; `client_name` is the client whose account it moves."""

    id: UUID
    entry_id: UUID
    day: date
    remark: str
    debit_kind: str
    debit_detail: str
    credit_kind: str
    credit_detail: str
    client_name: str
    amount: Decimal
    """In the currency's main unit."""
    currency: str
    posted_at: datetime
    is_reversal: bool


async def _rows(work: UnitOfWork, wanted: Wanted) -> Found[PostingRow]:
    statement = (
        select(*_COLUMNS)
        .join(LedgerEntry, LedgerEntry.id == LedgerPosting.entry_id)
        .join(_DEBIT, _DEBIT.id == LedgerPosting.debit_account_id)
        .join(_CREDIT, _CREDIT.id == LedgerPosting.credit_account_id)
        .outerjoin(_DEBIT_CLIENT, _DEBIT_CLIENT.id == _DEBIT.client_id)
        .outerjoin(_CREDIT_CLIENT, _CREDIT_CLIENT.id == _CREDIT.client_id)
    )
    return [
        (
            PostingRow(
                id=posting.id,
                entry_id=entry.id,
                day=entry.day,
                remark=entry.remark,
                debit_kind=debit.kind,
                debit_detail=debit.detail,
                credit_kind=credit.kind,
                credit_detail=credit.detail,
                client_name=debit_client or credit_client or "",
                amount=Money(posting.amount, posting.currency).value,
                currency=posting.currency,
                posted_at=entry.posted_at,
                is_reversal=entry.reverses_id is not None,
            ),
            value,
        )
        for (posting, entry, debit, credit, debit_client, credit_client), value in await select_rows(
            work, statement, wanted
        )
    ]


async def _clients(work: UnitOfWork, _: Mapping[str, str]) -> Choices:
    statement = (
        select(Client.id, Client.short_name)
        .where(Client.id.in_(select(LedgerAccount.client_id)))
        .order_by(Client.short_name, Client.id)
    )
    return [(str(client_id), name) for client_id, name in await work.session.execute(statement)]


def _named(posting: PostingRow) -> str:
    """What the entry follows from; its day where nothing was remarked."""
    return posting.remark or posting.day.isoformat()


POSTINGS: Final = RecordList(
    key="ledger_postings",
    label=N_("分录"),
    base="/workspace/ledger/postings",
    permission=LedgerPermission.LEDGER_READ,
    record_kind="ledger_entry",
    id=LedgerPosting.id,
    title=LedgerPosting.id,
    columns=(
        Column(key="remark", label=N_("摘要"), value=_named, main=True, width=30),
        Column(key="day", label=N_("日期"), sort=LedgerPosting.day, falling=True, narrow=True, width=12),
        Column(key="debit_kind", label=N_("借方"), names=ACCOUNT_NAMES),
        Column(key="credit_kind", label=N_("贷方"), names=ACCOUNT_NAMES),
        Column(key="client_name", label=N_("客户")),
        Column(key="amount", label=N_("金额"), sort=LedgerPosting.amount, falling=True, number=True, width=14),
        Column(key="currency", label=N_("币种"), narrow=True, shown=False, width=6),
        Column(key="posted_at", label=N_("记账时间"), narrow=True, shown=False),
    ),
    sort="-day",
    rows=_rows,
    filters=(
        Filter(
            key="account",
            label=N_("全部科目"),
            names=ACCOUNT_NAMES,
            condition=lambda kind: or_(_DEBIT.kind == kind, _CREDIT.kind == kind),
        ),
        Filter(
            key="client",
            label=N_("全部客户"),
            read=UUID,
            choices=_clients,
            condition=lambda client: or_(_DEBIT.client_id == client, _CREDIT.client_id == client),
        ),
        Filter(
            key="month",
            read=lambda text: date.fromisoformat(f"{text}-01"),
            condition=lambda month: and_(LedgerPosting.day >= month, LedgerPosting.day < months_after(month, 1)),
        ),
    ),
)
