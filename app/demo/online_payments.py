"""Online payments in the demo, as the provider's news would leave them: paid, paid twice and given back, given up.

Nobody speaks to a provider: these are recorded rows, and the account is parted from at the end.
"""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Final
from uuid import UUID

from app.demo.onboarding import Client, Partner
from app.platform.kernel.actor import Actor
from app.platform.kernel.unit_of_work import UnitOfWork, UnitOfWorkFactory
from billing.gateway import Connections, GatewayAccount, GatewayRefund, RefundState
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
)
from tenants.company_time import company_day

_FEE: Final = 12
"""Of a thousand, what the payment provider keeps; headquarters keep as much again."""
_ALONE: Final = "公司只有负责人可以审批退款"


class OnlineSimulation:
    """What clients pay on the provider's pages, and what goes back."""

    def __init__(self, units_of_work: UnitOfWorkFactory) -> None:
        self._begin = units_of_work.begin

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
        return await self._collect(partner, await self._start(client, item), item)

    async def pay_twice(self, partner: Partner, client: Client, item: OpenItemView) -> Money:
        """Two of the client's people pay the same document, a third gives up; what was paid twice goes back."""
        attempts = [await self._start(client, item) for _ in range(3)]
        there = await self._collect(partner, attempts[0], item) + await self._collect(partner, attempts[1], item)
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

    async def transfer_back(self, partner: Partner, payment_id: UUID, amount: int) -> None:
        """What was overpaid goes back by bank transfer."""

        async def go(work: UnitOfWork, refund_id: UUID) -> None:
            version = (await Refunds(work).get(refund_id)).version
            await Refunds(work).pay(refund_id, RefundPaid(version, await company_day(work)))

        await self._give_back(partner, payment_id, amount, "多付的货款，客户要求退回", go)

    async def _start(self, client: Client, item: OpenItemView) -> UUID:
        async with self._begin(client.approver) as work:
            return (await Checkouts(work).start(CheckoutStart((item.id,)))).id

    async def _collect(self, partner: Partner, checkout_id: UUID, item: OpenItemView) -> Money:
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
        return amount - fee - fee

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


def _fee(item: OpenItemView) -> Money:
    return Money(item.open * _FEE // 1_000, item.currency)
