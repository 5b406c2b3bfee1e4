"""Documents ↔ ledger ↔ payments: each night, and whenever somebody looks. They agree by construction; what a restore,
an operator with SQL or a fault of ours breaks is found here and told to who keeps the books."""

from typing import Final
from uuid import UUID

import msgspec
from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from app.assets.clients.models import Client
from app.people.identity import in_roles, read_recipients
from app.platform.kernel.logs import log
from app.platform.kernel.texts import N_
from app.platform.kernel.time_source import platform_day
from app.platform.kernel.unit_of_work import UnitOfWork
from app.platform.notifications import Notice, Severity, notify
from billing.invoicing import document_differences
from billing.ledger import AccountKind, client_balances, verify_ledger
from billing.payments.comparison_models import BooksCheck
from billing.payments.models import Payment
from billing.payments.permissions import PaymentPermission
from billing.payments.states import PaymentState

PAGE: Final = "/workspace/payments/comparison"
TOLD: Final = ("partner_finance", "partner_owner")
_DIFFER: Final = N_("单据、账目和收款对不上：%(count)s 处，请核对")
_log = log("billing.payments")


class BooksDifference(msgspec.Struct, frozen=True, kw_only=True):
    """A client of whom the records say something else than its account in the ledger."""

    account: AccountKind
    """receivable: open documents; client_deposit: what payments have left."""
    client_id: UUID
    client_name: str
    currency: str
    records: int
    ledger: int


async def books_differences(work: UnitOfWork) -> list[BooksDifference]:
    """Where documents or payments are not what the ledger says; empty: all three agree.

    Raises:
        Forbidden: without `payment:read` and `invoice:write`.
    """
    work.actor.require(PaymentPermission.PAYMENT_READ)
    found = [
        (AccountKind.RECEIVABLE, each.client_id, each.currency, each.open_items, each.ledger)
        for each in await document_differences(work)
    ]
    found += [
        (AccountKind.CLIENT_DEPOSIT, client_id, currency, left, stands)
        for (client_id, currency), (left, stands) in sorted((await _deposits(work)).items(), key=str)
        if left != stands
    ]
    names = await _names(work, {each[1] for each in found})
    return [
        BooksDifference(
            account=account,
            client_id=client_id,
            client_name=names.get(client_id, ""),
            currency=currency,
            records=records,
            ledger=ledger,
        )
        for account, client_id, currency, records, ledger in found
    ]


async def compare_books(work: UnitOfWork, public_url: str) -> int:
    """Compare, check the ledger by itself, and tell finance in the bell what does not hold, once a day; how many."""
    found = len(await books_differences(work)) + len(await verify_ledger(work))
    seen = {"differences": found, "checked_at": work.now}
    await work.session.execute(
        insert(BooksCheck)
        .values(tenant_id=work.tenant_id, id=work.tenant_id, **seen)
        .on_conflict_do_update(index_elements=["tenant_id", "id"], set_=seen)
    )
    if found:
        _log.error("books.differ", tenant_id=str(work.tenant_id), findings=found)
        notice = Notice(
            reference=f"books:{platform_day(work.now).isoformat()}",
            text=_DIFFER,
            parameters={"count": found},
            link=PAGE,
            severity=Severity.ATTENTION,
        )
        await notify(work, in_roles(await read_recipients(work), TOLD), notice, public_url=public_url)
    return found


async def _deposits(work: UnitOfWork) -> dict[tuple[UUID, str], tuple[int, int]]:
    """By client and currency: what its payments have left, and what its deposit in the ledger is."""
    rows = await work.session.execute(
        select(Payment.client_id, Payment.currency, func.sum(Payment.unallocated))
        .where(Payment.state == PaymentState.RECEIVED)
        .group_by(Payment.client_id, Payment.currency)
    )
    left = {(client_id, currency): int(amount) for client_id, currency, amount in rows}
    stands = await client_balances(work, AccountKind.CLIENT_DEPOSIT)
    return {key: (left.get(key, 0), stands.get(key, 0)) for key in left.keys() | stands.keys()}


async def _names(work: UnitOfWork, client_ids: set[UUID]) -> dict[UUID, str]:
    rows = await work.session.execute(select(Client.id, Client.name).where(Client.id.in_(client_ids)))
    return {row.id: row.name for row in rows}
