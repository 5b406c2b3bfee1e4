"""A partner's online payments at Stripe's stand-in, and what Stripe tells the program's endpoint of them, in any order
and any number; a worker does what follows, with the program's own appliers."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import httpx
import stripe
from sqlalchemy import func, select

from app.platform.kernel.errors import DomainError
from app.platform.kernel.ids import new_id
from app.platform.kernel.outbox import OutboxEvent
from app.platform.kernel.runtime import Runtime
from billing.gateway import Connections, GatewayAccount
from billing.gateway.events import GatewayObjectChanged
from billing.gateway.models import GatewayEvent, GatewayObject
from billing.gateway.tasks import object_changed
from billing.invoicing.models import OpenItem
from billing.ledger.repository import LedgerRepository
from billing.payments.models import Checkout, Payment, PaymentAllocation, PaymentDispute
from billing.payments.refund_models import Refund
from tests.fakes.stripe.stand_in import StripePlatform
from tests.payments.conftest import Books

HOOK = "/api/v1/payment-events/stripe"
CHARGED = [300_00, 500_00, 800_00, 120_00, 60_00]
SURPLUS = 40_00
"""What is paid above the fourth invoice."""
Told = tuple[UUID, dict[str, Any]]


@dataclass
class OnlineStory:
    """Five invoices of one client, paid on five Checkout pages; some payers object afterwards, and somebody of the
    partner's gives money back on Stripe's own pages."""

    books: Books
    platform: StripePlatform
    visitor: httpx.AsyncClient
    runtime: Runtime
    account: str = ""
    client: stripe.StripeClient = field(init=False)
    payments: list[str] = field(default_factory=list)
    """Stripe's, in the order of the story."""

    def __post_init__(self) -> None:
        self.client = self.platform.client()

    @property
    def here(self) -> Any:
        return {"stripe_account": self.account}

    async def happen(self) -> None:
        """Everything; nobody has been told of anything yet."""
        self.account = await self._connect()
        self.platform.complete_account(self.account)
        for number, minor in enumerate(CHARGED):
            item = await self.books.owes(minor)
            self.payments.append(await self._paid(item, minor, minor + (SURPLUS if number == 3 else 0)))
        self._disputed(self.payments[0], None, won=True)
        self._disputed(self.payments[1], 200_00, won=False)
        self._disputed(self.payments[2], None, won=None)
        came_back = await self._refunded(self.payments[3], 160_00)
        self.platform.decide_refund(self.account, came_back, paid=False)
        await self._refunded(self.payments[3], 10_00, refund_application_fee=True)
        await self._refunded(self.payments[4], 20_00)

    async def _connect(self) -> str:
        made = await self.client.v1.accounts.create_async({"type": "standard", "country": "HK"})
        account = GatewayAccount(id=made.id, charges_enabled=False, payouts_enabled=False, currency="HKD")
        opened = await self.books.as_(self.books.partner.owner, lambda work: Connections(work).open("boss@example.com"))
        await self.books.as_(self.books.partner.owner, lambda work: Connections(work).opened(opened.id, account))
        return made.id

    def _disputed(self, payment: str, amount: int | None, *, won: bool | None) -> None:
        dispute = self.platform.open_dispute(self.account, payment, amount)
        if won is not None:
            self.platform.decide_dispute(self.account, dispute["id"], won=won)

    async def _refunded(self, payment: str, amount: int, **more: Any) -> str:
        asked: Any = {"payment_intent": payment, "amount": amount, **more}
        return (await self.client.v1.refunds.create_async(asked, self.here)).id

    async def _paid(self, item: UUID, minor: int, amount: int) -> str:
        metadata = {"yinghuo_reference": str(await self._started(item, minor, amount))}
        price = {"currency": "cny", "unit_amount": amount, "product_data": {"name": "账单"}}
        asked: Any = {
            "mode": "payment",
            "success_url": "https://example.com/paid",
            "line_items": [{"price_data": price, "quantity": 1}],
            "payment_intent_data": {"application_fee_amount": amount // 100, "metadata": metadata},
        }
        session = await self.client.v1.checkout.sessions.create_async(asked, self.here)
        return str(self.platform.pay(self.account, session.id)["payment_intent"])

    async def _started(self, item: UUID, minor: int, amount: int) -> UUID:
        """The client wants to pay."""
        checkout_id = new_id()
        async with self.books.units_of_work.begin(self.books.partner.system) as work:
            work.session.add(
                Checkout(
                    tenant_id=work.tenant_id,
                    id=checkout_id,
                    client_id=self.books.client.id,
                    documents=[[str(item), "", minor]],
                    amount=amount,
                    currency="CNY",
                    state="opening",
                    started_by_name="许会计",
                    started_at=work.now,
                    version=1,
                )
            )
        return checkout_id

    async def hear(self, _url: str, headers: dict[str, str], body: bytes) -> int:
        return (await self.visitor.post(HOOK, content=body, headers=headers)).status_code

    async def deliver_all(self, chance: random.Random | None = None, duplicates: int = 0) -> None:
        """Until Stripe has nothing to say any more."""
        while set(await self.platform.deliver(self.hear, shuffled=chance, duplicates=duplicates)) - {200}:
            pass

    async def waiting(self) -> list[Told]:
        """What a worker has to do or has done: doing it again changes nothing."""
        async with self.books.units_of_work.begin(self.books.partner.system) as work:
            found = await work.session.execute(
                select(OutboxEvent.id, OutboxEvent.payload)
                .where(OutboxEvent.topic == GatewayObjectChanged.topic)
                .order_by(OutboxEvent.id)
            )
            return [(event_id, payload) for event_id, payload in found]

    async def does(self, told: Told) -> None:
        """A worker does one of it.

        Raises:
            DomainError: something else comes first; it is tried again.
        """
        await object_changed(self.runtime, self.books.partner.id, *told)

    async def work_off(self, chance: random.Random | None = None, told: Sequence[Told] | None = None) -> None:
        """A worker does everything; what came before its object it does later."""
        left = list(await self.waiting() if told is None else told)
        while left:
            if chance is not None:
                chance.shuffle(left)
            later = []
            for each in left:
                try:
                    await self.does(each)
                except DomainError:
                    later.append(each)
            assert len(later) < len(left), "something never finds its object"
            left = later

    async def kept(self) -> tuple[int, int]:
        """How many events and objects are written down for this partner."""
        async with self.books.units_of_work.begin(self.books.partner.system) as work:
            events = await work.session.scalar(select(func.count()).select_from(GatewayEvent))
            objects = await work.session.scalar(select(func.count()).select_from(GatewayObject))
        return events or 0, objects or 0

    async def rows(self) -> dict[str, Any]:
        """What the partner's records say, the identifiers left out."""
        async with self.books.units_of_work.begin(self.books.partner.system) as work:
            session = work.session
            payments = (await session.scalars(select(Payment).order_by(Payment.amount))).all()
            refunds = (await session.scalars(select(Refund).order_by(Refund.amount))).all()
            disputes = (await session.scalars(select(PaymentDispute).order_by(PaymentDispute.amount))).all()
            items = (await session.scalars(select(OpenItem).order_by(OpenItem.total))).all()
            applied = (await session.scalars(select(PaymentAllocation))).all()
            balances = await LedgerRepository(session).balances()
        net: dict[int, int] = {}
        by_id = {payment.id: payment.amount for payment in payments}
        for each in applied:
            settled = each.amount if each.reverses_id is None else -each.amount
            net[by_id[each.payment_id]] = net.get(by_id[each.payment_id], 0) + settled
        return {
            "payments": [(each.amount, each.unallocated, each.withdrawn, each.refunded) for each in payments],
            "refunds": [(each.amount, each.state) for each in refunds],
            "disputes": [(each.amount, each.fee, each.state) for each in disputes],
            "documents": [(each.total, each.open) for each in items],
            "settled": net,
            "ledger": sorted((each.kind, each.detail, each.balance.minor) for each in balances),
        }
