"""A partner's online payments at Stripe's stand-in, and the webhooks that tell of them, in any order and any number.

Whoever hears a webhook fetches its object and applies what it finds, in one transaction of its own. What comes before
its object is refused, and Stripe sends it again.
"""

import json
import random
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import stripe
from sqlalchemy import select

from app.platform.kernel.errors import NotFound
from billing.invoicing.models import OpenItem
from billing.ledger.repository import LedgerRepository
from billing.money import Money
from billing.payments.models import Payment, PaymentAllocation, PaymentDispute
from billing.payments.schemas import AllocationPart, CapturedPayment, OpenedDispute
from billing.payments.services import OnlinePayments
from billing.payments.states import DisputeMove
from tests.fakes.stripe.stand_in import StripePlatform
from tests.payments.conftest import Books

CHARGED = [300_00, 500_00, 800_00, 120_00, 60_00]
DECISIONS = {"won": DisputeMove.WIN, "lost": DisputeMove.LOSE}


@dataclass
class OnlineStory:
    """Five invoices of one client, paid on five Checkout pages; some payers object afterwards."""

    books: Books
    platform: StripePlatform
    client: stripe.StripeClient = field(init=False)
    account: str = ""
    began: datetime = field(init=False)
    payments: list[str] = field(default_factory=list)
    """The provider's, in the order of the story."""

    def __post_init__(self) -> None:
        self.client = self.platform.client()

    @property
    def here(self) -> Any:
        return {"stripe_account": self.account}

    async def happen(self, at: datetime | None) -> None:
        """Everything, at that hour or the machine's; nobody has been told of anything yet."""
        self.began = at or datetime.now(UTC)
        self.platform.set_clock(at)
        self.account = await self.connect()
        self.platform.complete_account(self.account)
        for number, minor in enumerate(CHARGED):
            item = await self.books.owes(minor)
            surplus = 40_00 if number == 3 else 0
            self.payments.append(await self._paid(item, minor, minor + surplus))
        self._disputed(self.payments[0], None, won=True)
        self._disputed(self.payments[1], 200_00, won=False)
        self._disputed(self.payments[2], None, won=None)

    async def connect(self) -> str:
        """An account at Stripe, and an endpoint that hears of it."""
        endpoint: Any = {"url": "https://example.com/hook", "enabled_events": ["*"], "connect": True}
        await self.client.v1.webhook_endpoints.create_async(endpoint)
        return (await self.client.v1.accounts.create_async({"type": "standard", "country": "HK"})).id

    def _disputed(self, payment: str, amount: int | None, *, won: bool | None) -> None:
        dispute = self.platform.open_dispute(self.account, payment, amount)
        if won is not None:
            self.platform.decide_dispute(self.account, dispute["id"], won=won)

    async def _paid(self, item: UUID, minor: int, amount: int) -> str:
        metadata = {"yinghuo_reference": f"{self.books.client.id}/{item}/{minor}"}
        price = {"currency": "cny", "unit_amount": amount, "product_data": {"name": "账单"}}
        asked: Any = {
            "mode": "payment",
            "success_url": "https://example.com/paid",
            "line_items": [{"price_data": price, "quantity": 1}],
            "payment_intent_data": {"application_fee_amount": amount // 100, "metadata": metadata},
        }
        session = await self.client.v1.checkout.sessions.create_async(asked, self.here)
        return str(self.platform.pay(self.account, session.id)["payment_intent"])

    async def hear(self, _url: str, _headers: dict[str, str], body: bytes) -> int:
        """One webhook, from the fetched object into the books; 500 where its object is not known yet."""
        event = json.loads(body)
        told = event["data"]["object"]
        try:
            if event["type"] == "payment_intent.succeeded":
                await self._payment(told["id"])
            elif event["type"].startswith("charge.dispute."):
                await self._dispute(told["id"])
        except NotFound:
            return 500
        return 200

    async def _payment(self, payment_id: str) -> None:
        asked: Any = {"expand": ["latest_charge.balance_transaction"]}
        found: Any = await self.client.v1.payment_intents.retrieve_async(payment_id, asked, self.here)
        fees = {each.type: each.amount for each in found.latest_charge.balance_transaction.fee_details}
        client_id, item_id, minor = found.metadata["yinghuo_reference"].split("/")
        captured = CapturedPayment(
            gateway_payment_id=found.id,
            client_id=UUID(client_id),
            amount=Money(found.amount_received, "CNY"),
            fee=Money(fees["stripe_fee"], "CNY"),
            application_fee=Money(fees["application_fee"], "CNY"),
            captured_at=datetime.fromtimestamp(found.latest_charge.created, UTC),
            parts=(AllocationPart(UUID(item_id), int(minor)),),
        )
        await self.books.as_(self.books.partner.system, lambda work: OnlinePayments(work).record(captured))

    async def _dispute(self, dispute_id: str) -> None:
        found: Any = await self.client.v1.disputes.retrieve_async(dispute_id, None, self.here)
        opened = OpenedDispute(
            gateway_dispute_id=found.id,
            gateway_payment_id=found.payment_intent,
            amount=Money(found.amount, "CNY"),
            fee=Money(sum(each.fee for each in found.balance_transactions), "CNY"),
            reason=found.reason,
        )
        async with self.books.units_of_work.begin(self.books.partner.system) as work:
            await OnlinePayments(work).dispute(opened)
            if found.status in DECISIONS:
                await OnlinePayments(work).decide_dispute(found.id, DECISIONS[found.status])

    async def deliver_all(self, chance: random.Random | None = None, duplicates: int = 0) -> None:
        """Until Stripe has nothing to say any more; what was refused comes again hours later."""
        at = self.began
        while await self.platform.deliver(self.hear, shuffled=chance, duplicates=duplicates):
            at += timedelta(hours=13)
            self.platform.set_clock(at)

    async def rows(self) -> dict[str, Any]:
        """What the partner's records say, the identifiers left out."""
        async with self.books.units_of_work.begin(self.books.partner.system) as work:
            session = work.session
            payments = (await session.scalars(select(Payment).order_by(Payment.amount))).all()
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
            "payments": [(each.amount, each.unallocated, each.withdrawn, each.state) for each in payments],
            "disputes": [(each.amount, each.fee, each.state) for each in disputes],
            "documents": [(each.total, each.open) for each in items],
            "settled": net,
            "ledger": sorted((each.kind, each.detail, each.balance.minor) for each in balances),
        }
