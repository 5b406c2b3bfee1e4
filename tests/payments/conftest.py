"""A partner whose clients owe something, and what its bank tells."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import date
from itertools import count
from typing import TypeVar
from uuid import UUID

import pytest
from sqlalchemy import select

from app.platform.kernel.actor import Actor
from app.platform.kernel.ids import new_id
from app.platform.kernel.unit_of_work import UnitOfWork, UnitOfWorkFactory
from billing.gateway import Connections, GatewayAccount
from billing.invoicing.models import OpenItem
from billing.ledger import AccountKind, EntrySource, Ledger, LedgerAccountName, Transfer
from billing.ledger.repository import LedgerRepository
from billing.money import Money
from billing.payments.models import BankLine, Payment, PaymentDispute
from billing.payments.schemas import BankLineView
from billing.payments.services import BankLines
from billing.payments.states import DisputeState, PaymentMethod
from tests.factories.network import ClientCompany, PartnerCompany

Result = TypeVar("Result")
TODAY = date(2026, 11, 16)


async def told_by_the_bank(
    units_of_work: UnitOfWorkFactory, partner: PartnerCompany, minor: int, *said: str, day: date = TODAY
) -> UUID:
    """A line of a bank statement, with its text, payer and the payer's account."""
    line_id = new_id()
    text, payer, account = (*said, "", "", "")[:3]
    async with units_of_work.begin(partner.system) as work:
        work.session.add(
            BankLine(
                tenant_id=partner.id,
                id=line_id,
                day=day,
                amount=minor,
                currency="CNY",
                payer_name=payer,
                payer_account=account,
                text=text,
                fingerprint=line_id.hex,
                occurrence=1,
                state="open",
                imported_at=work.now,
            )
        )
    return line_id


@dataclass
class Books:
    """Each call in a transaction of its own."""

    units_of_work: UnitOfWorkFactory
    partner: PartnerCompany
    client: ClientCompany
    _serial: "count[int]" = field(default_factory=lambda: count(1))

    async def as_(self, actor: Actor, act: Callable[[UnitOfWork], Awaitable[Result]]) -> Result:
        async with self.units_of_work.begin(actor) as work:
            return await act(work)

    async def owes(self, minor: int, client_id: UUID | None = None, due_on: date = TODAY) -> UUID:
        """A document of this amount is issued; its open item."""
        number, item_id, document_id = next(self._serial), new_id(), new_id()
        owner = client_id or self.client.id
        async with self.units_of_work.begin(self.partner.system) as work:
            work.session.add(
                OpenItem(
                    tenant_id=self.partner.id,
                    client_id=owner,
                    id=item_id,
                    document_kind="invoice",
                    document_id=document_id,
                    number=f"FP-2026-{number:06}",
                    issued_on=TODAY,
                    due_on=due_on,
                    currency="CNY",
                    total=minor,
                    open=minor,
                )
            )
            receivable = LedgerAccountName(AccountKind.RECEIVABLE, owner)
            revenue = LedgerAccountName(AccountKind.REVENUE, detail="service")
            await Ledger(work).post(
                EntrySource("invoice", document_id, "issue"),
                TODAY,
                [Transfer(receivable, revenue, Money(minor, "CNY"))],
            )
        return item_id

    async def takes_payments(self) -> None:
        """The company has an account at the payment provider that may charge."""
        async with self.units_of_work.begin(self.partner.owner) as work:
            connections = Connections(work)
            connection = await connections.open("boss@example.com")
            account = GatewayAccount(id="acct_1", charges_enabled=True, payouts_enabled=True, currency="CNY")
            await connections.opened(connection.id, account)

    async def told(
        self, minor: int, text: str = "", payer: str = "", account: str = "", day: date = TODAY
    ) -> BankLineView:
        """A line of a bank statement."""
        line_id = await told_by_the_bank(self.units_of_work, self.partner, minor, text, payer, account, day=day)
        return await self.as_(self.partner.owner, lambda work: BankLines(work).get(line_id))

    async def line(self, line_id: UUID) -> BankLineView:
        return await self.as_(self.partner.owner, lambda work: BankLines(work).get(line_id))

    async def open(self, item_id: UUID) -> int:
        async with self.units_of_work.begin(self.partner.system) as work:
            found = await work.session.scalar(select(OpenItem.open).where(OpenItem.id == item_id))
            assert found is not None
            return found

    async def balance(self, kind: AccountKind) -> int:
        """What stands on all accounts of a kind, on the side on which they grow."""
        async with self.units_of_work.begin(self.partner.system) as work:
            return sum(each.balance.minor for each in await LedgerRepository(work.session).balances(kind=kind))

    async def check(self) -> None:
        """Documents, ledger and payments say the same."""
        async with self.units_of_work.begin(self.partner.system) as work:
            items = (await work.session.scalars(select(OpenItem))).all()
            payments = (await work.session.scalars(select(Payment).where(Payment.state == "received"))).all()
            disputes = (await work.session.scalars(select(PaymentDispute))).all()
            balances = await LedgerRepository(work.session).balances()
        stands = {
            (kind, client_id): sum(
                each.balance.minor for each in balances if each.kind == kind and each.client_id == client_id
            )
            for kind in AccountKind
            for client_id in {each.client_id for each in balances}
        }
        for client_id in {item.client_id for item in items} | {payment.client_id for payment in payments}:
            open_amount = sum(item.open for item in items if item.client_id == client_id)
            deposit = sum(payment.unallocated for payment in payments if payment.client_id == client_id)
            assert stands.get((AccountKind.RECEIVABLE, client_id), 0) == open_amount
            assert stands.get((AccountKind.CLIENT_DEPOSIT, client_id), 0) == deposit
        came = {
            method: sum(
                payment.amount - payment.withdrawn - payment.refunded
                for payment in payments
                if payment.method == method
            )
            for method in PaymentMethod
        }
        kept = sum(stands.get((kind, None), 0) for kind in (AccountKind.GATEWAY_FEE, AccountKind.APPLICATION_FEE))
        beyond = {state: sum(each.beyond for each in disputes if each.state == state) for state in DisputeState}
        kept += beyond[DisputeState.OPEN] + beyond[DisputeState.LOST]
        assert stands.get((AccountKind.DISPUTED_PAYMENT, None), 0) == beyond[DisputeState.OPEN]
        assert stands.get((AccountKind.BANK, None), 0) == came[PaymentMethod.TRANSFER]
        assert stands.get((AccountKind.GATEWAY_CLEARING, None), 0) == came[PaymentMethod.ONLINE] - kept


@pytest.fixture
def books(units_of_work: UnitOfWorkFactory, partner: PartnerCompany, client: ClientCompany) -> Books:
    return Books(units_of_work, partner, client)
