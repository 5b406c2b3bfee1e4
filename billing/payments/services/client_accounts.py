"""What a client reads of its own account: what is to be paid, what it paid, and its statement, all in its own ring."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

import msgspec
from sqlalchemy import func, select, tuple_

from app.assets.clients.models import Client
from app.platform.documents import Printable
from app.platform.kernel.errors import Forbidden, Invalid, NotFound
from app.platform.kernel.texts import N_
from app.platform.kernel.unit_of_work import UnitOfWork
from billing.invoicing import (
    REVERSAL,
    AccountChange,
    OpenItemView,
    Statement,
    StatementLine,
    company_name,
    document_changes,
    open_items,
    statement_sheet,
)
from billing.payments.models import Payment, PaymentAllocation
from billing.payments.permissions import PaymentPermission
from billing.payments.receipt import receipt_sheet
from billing.payments.schemas import PaymentView
from billing.payments.services.allocating import APPLIED
from billing.payments.services.payments import Payments, payment_view
from billing.payments.states import PaymentState
from tenants.company_time import company_day


class AccountSum(msgspec.Struct, frozen=True):
    """In one currency: what is open, what of it is overdue, and what was paid ahead."""

    currency: str
    open: int
    overdue: int
    deposit: int


class ClientAccount:
    """The account of the actor's own client.

    Raises:
        Forbidden: without `payment:read`, or the actor belongs to no client.
    """

    def __init__(self, work: UnitOfWork) -> None:
        work.actor.require(PaymentPermission.PAYMENT_READ)
        if work.actor.client_id is None:
            raise Forbidden
        self._work = work
        self._client_id = work.actor.client_id

    async def to_pay(self) -> list[OpenItemView]:
        """Documents of which something is open, the one that is due first before the others."""
        return await open_items(self._work, self._client_id)

    async def sums(self, to_pay: Sequence[OpenItemView]) -> list[AccountSum]:
        """By currency; none where nothing is open and nothing was paid ahead."""
        rows = await self._work.session.execute(
            select(Payment.currency, func.sum(Payment.unallocated))
            .where(Payment.client_id == self._client_id, Payment.unallocated > 0)
            .group_by(Payment.currency)
        )
        deposits = {currency: int(minor) for currency, minor in rows}
        today = await self.today()
        return [
            AccountSum(
                currency,
                sum(item.open for item in to_pay if item.currency == currency),
                sum(item.open for item in to_pay if item.currency == currency and item.due_on < today),
                deposits.get(currency, 0),
            )
            for currency in sorted({item.currency for item in to_pay} | deposits.keys())
        ]

    async def payments(self, after: tuple[date, UUID] | None, limit: int) -> list[PaymentView]:
        """The newest first."""
        statement = (
            select(Payment, Client.name)
            .join(Client, (Client.tenant_id == Payment.tenant_id) & (Client.id == Payment.client_id))
            .where(Payment.client_id == self._client_id)
            .order_by(Payment.received_on.desc(), Payment.id.desc())
            .limit(limit)
        )
        if after is not None:
            statement = statement.where(tuple_(Payment.received_on, Payment.id) < after)
        return [payment_view(*row) for row in await self._work.session.execute(statement)]

    async def statement(self, since: date, until: date, currency: str) -> Statement:
        """What the client owed before `since`, what happened up to and with `until`, and what it owes then: told by its
        documents and payments, which say what the ledger says.

        Raises:
            Invalid: it ends before it begins.
        """
        if until < since:
            raise Invalid(fields={"until": N_("结束日期不能早于开始日期。")})
        opening, lines = 0, list[StatementLine]()
        balance = 0
        for day, _, source_kind, number, change in await self._changes(until, currency):
            balance += change
            if day < since:
                opening = balance
                continue
            lines.append(
                StatementLine(
                    day=day,
                    source_kind=source_kind,
                    number=number,
                    added=max(change, 0),
                    taken_off=max(-change, 0),
                    balance=balance,
                )
            )
        name = await self._work.session.scalar(select(Client.name).where(Client.id == self._client_id))
        return Statement(
            client_id=self._client_id,
            client_name=name or "",
            currency=currency,
            since=since,
            until=until,
            opening=opening,
            lines=lines,
            closing=balance,
        )

    async def printable_statement(self, since: date, until: date, currency: str) -> Printable:
        """The statement for drawing.

        Raises:
            Invalid: it ends before it begins.
        """
        told = await self.statement(since, until, currency)
        return statement_sheet(told, await company_name(self._work), self._work.now)

    async def today(self) -> date:
        """In the company's zone."""
        return await company_day(self._work)

    async def _changes(self, until: date, currency: str) -> list[AccountChange]:
        """What adds to what is owed or takes off, in its order."""
        session = self._work.session
        found = await document_changes(self._work, self._client_id, until, currency)
        allocations = await session.execute(
            select(PaymentAllocation)
            .join(
                Payment,
                (Payment.tenant_id == PaymentAllocation.tenant_id) & (Payment.id == PaymentAllocation.payment_id),
            )
            .where(
                PaymentAllocation.client_id == self._client_id,
                Payment.currency == currency,
                PaymentAllocation.day <= until,
            )
        )
        for (made,) in allocations:
            undone = made.reverses_id is not None
            kind, amount = (REVERSAL, made.amount) if undone else (APPLIED, -made.amount)
            found.append(AccountChange(made.day, made.made_at, kind, made.document_number, amount))
        return sorted(found)


async def receipt_of(work: UnitOfWork, payment_id: UUID) -> Printable:
    """The receipt of a payment for drawing.

    Raises:
        Forbidden: without `payment:read`.
        NotFound: no such payment for this actor, or it was taken back.
    """
    payments = Payments(work)
    payment = await payments.get(payment_id)
    if payment.state is not PaymentState.RECEIVED:
        raise NotFound
    return receipt_sheet(payment, await payments.allocations(payment_id), await company_name(work))
