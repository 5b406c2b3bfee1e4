"""Online payments in the demo, as the provider's news would leave them: paid, paid twice and given back, given up.

Nobody speaks to a provider: these are recorded rows, and the account is parted from at the end.
"""

from collections.abc import Awaitable, Callable
from datetime import datetime, time, timedelta
from typing import Final
from uuid import UUID

from app.demo.onboarding import Client, Partner
from app.platform.kernel.actor import Actor
from app.platform.kernel.unit_of_work import UnitOfWork, UnitOfWorkFactory
from billing.gateway import (
    BalanceLine,
    BalancePage,
    Connections,
    GatewayAccount,
    GatewayRefund,
    ObjectKind,
    RefundState,
)
from billing.invoicing import OpenItemView
from billing.money import Money
from billing.payments import (
    CheckoutMove,
    Checkouts,
    CheckoutStart,
    CollectedPayment,
    OnlineRefunds,
    Payments,
    RefundPaid,
    RefundReason,
    RefundRequest,
    Refunds,
    begin_reconciliation,
    take_balance_page,
)
from tenants.company_time import company_day, company_zone

_FEE: Final = 12
"""Of a thousand, what the payment provider keeps; headquarters keep as much again."""
_MORE: Final = 1_50
"""What the payment provider takes more of a payment than it said at first, in fen."""
_MONTHLY_FEE: Final = 18_00
"""What the payment provider takes by the month, of which no record of ours tells, in fen."""
_ALONE: Final = "公司只有负责人可以审批退款"


class OnlineSimulation:
    """What clients pay on the provider's pages, and what goes back."""

    def __init__(self, units_of_work: UnitOfWorkFactory) -> None:
        self._begin = units_of_work.begin
        self._paid: dict[UUID, CollectedPayment] = {}
        """By partner: the last payment that stands alone on its day."""

    async def connect(self, partner: Partner) -> None:
        """The company has an account that may charge."""
        async with self._begin(partner.owner) as work:
            connections = Connections(work)
            opened = await connections.open(partner.emails["owner"])
            account = GatewayAccount(
                id=f"acct_{opened.id.hex}", charges_enabled=True, payouts_enabled=True, currency="CNY"
            )
            await connections.opened(opened.id, account)

    async def part(self, partner: Partner) -> None:
        """Nobody pays online any more: the demo's buttons would lead nowhere."""
        async with self._begin(partner.owner) as work:
            connections = Connections(work)
            connection = await connections.current()
            if connection is not None:
                await connections.disconnect(connection.version)

    async def pay(self, partner: Partner, client: Client, item: OpenItemView) -> Money:
        """The client pays one document; what is there for a payout then."""
        taken = await self._collect(partner, await self._start(client, item), item)
        self._paid[partner.id] = taken
        return _there(taken)

    async def pay_twice(self, partner: Partner, client: Client, item: OpenItemView) -> Money:
        """Two of the client's people pay the same document, a third gives up; what was paid twice goes back."""
        attempts = [await self._start(client, item) for _ in range(3)]
        taken = [await self._collect(partner, attempt, item) for attempt in attempts[:2]]
        there = _there(taken[0]) + _there(taken[1])
        async with self._begin(Actor.system(partner.id)) as work:
            await Checkouts(work).end(attempts[2], CheckoutMove.EXPIRE)
            twice = (await Checkouts(work).get(attempts[1])).payment_id
        if twice is None:
            return there
        fee = _fee(item)

        async def go(work: UnitOfWork, refund_id: UUID) -> None:
            refunds = OnlineRefunds(work)
            sent = await refunds.send(refund_id)
            if sent is not None:
                await refunds.told(
                    GatewayRefund(
                        id=f"re_{refund_id.hex}",
                        payment_id=sent.gateway_payment_id,
                        amount=sent.amount,
                        state=RefundState.SUCCEEDED,
                        application_fee=fee,
                        failure_reason="",
                        reference=str(refund_id),
                        payment_reference=str(attempts[1]),
                    )
                )

        await self._give_back(partner, twice, item.open, "同一张账单付了两次", go)
        return there - Money(item.open, item.currency) + fee

    async def compare_books(self, partner: Partner, public_url: str) -> None:
        """The provider's books of the last payment's day: it took a little more than it said, and its fee by the
        month, which nobody here has written down."""
        taken = self._paid.pop(partner.id, None)
        if taken is None:
            return
        async with self._begin(Actor.system(partner.id)) as work:
            connection = await Connections(work).current()
            if connection is None or not connection.account_id:
                return
            zone = await company_zone(work)
            since = datetime.combine(taken.captured_at.astimezone(zone).date(), time.min, zone)
            day = await begin_reconciliation(work, connection.account_id, since, since + timedelta(days=1), zone)
            lines = [_charged(taken), _monthly_fee(taken)]
            await take_balance_page(work, day, BalancePage(lines=lines, next_after=None), public_url)

    async def transfer_back(self, partner: Partner, payment_id: UUID, amount: int) -> None:
        """What was overpaid goes back by bank transfer."""

        async def go(work: UnitOfWork, refund_id: UUID) -> None:
            version = (await Refunds(work).get(refund_id)).version
            await Refunds(work).pay(refund_id, RefundPaid(version, await company_day(work)))

        await self._give_back(partner, payment_id, amount, "多付的货款，客户要求退回", go)

    async def _start(self, client: Client, item: OpenItemView) -> UUID:
        async with self._begin(client.approver) as work:
            return (await Checkouts(work).start(CheckoutStart((item.id,)))).id

    async def _collect(self, partner: Partner, checkout_id: UUID, item: OpenItemView) -> CollectedPayment:
        amount, fee = Money(item.open, item.currency), _fee(item)
        async with self._begin(Actor.system(partner.id)) as work:
            taken = CollectedPayment(
                gateway_payment_id=f"pi_{checkout_id.hex}",
                amount=amount,
                fee=fee,
                application_fee=fee,
                captured_at=work.now - timedelta(hours=3),
            )
            await Checkouts(work).collect(checkout_id, taken)
        return taken

    async def _give_back(
        self,
        partner: Partner,
        payment_id: UUID,
        amount: int,
        reason: str,
        go: Callable[[UnitOfWork, UUID], Awaitable[None]],
    ) -> None:
        """Asked for, approved and gone at once, so that no worker has anything left to ask a provider for."""
        async with self._begin(partner.owner) as work:
            version = (await Payments(work).get(payment_id)).version
            refunds = Refunds(work)
            asked = await refunds.request(payment_id, RefundRequest(version, amount, reason))
            await refunds.approve_alone(asked.id, RefundReason(asked.version, _ALONE))
            await go(work, asked.id)


def _there(taken: CollectedPayment) -> Money:
    """What is left of a payment for a payout."""
    return taken.amount - taken.fee - taken.application_fee


def _charged(taken: CollectedPayment) -> BalanceLine:
    kept = Money(taken.fee.minor + taken.application_fee.minor + _MORE, taken.amount.currency)
    return BalanceLine(
        id=f"txn_{taken.gateway_payment_id}",
        kind="charge",
        about=ObjectKind.PAYMENT,
        about_id=taken.gateway_payment_id,
        amount=taken.amount,
        fee=kept,
        application_fee=taken.application_fee,
        net=taken.amount - kept,
        created_at=taken.captured_at,
        available_on=(taken.captured_at + timedelta(days=2)).date(),
    )


def _monthly_fee(taken: CollectedPayment) -> BalanceLine:
    amount, nothing = Money(-_MONTHLY_FEE, taken.amount.currency), Money(0, taken.amount.currency)
    return BalanceLine(
        id=f"txn_fee_{taken.gateway_payment_id}",
        kind="stripe_fee",
        about=None,
        about_id="",
        amount=amount,
        fee=nothing,
        application_fee=nothing,
        net=amount,
        created_at=taken.captured_at,
        available_on=(taken.captured_at + timedelta(days=2)).date(),
    )


def _fee(item: OpenItemView) -> Money:
    return Money(item.open * _FEE // 1_000, item.currency)
