"""Stripe's words in ours, spoken through its SDK with the stand-in."""

from datetime import UTC, datetime, timedelta

import pytest

from billing.gateway.port import (
    CheckoutRequest,
    CheckoutState,
    DisputeState,
    GatewayRefused,
    GatewayUnreachable,
    PaymentState,
    PayoutState,
    RefundState,
)
from billing.gateway.stripe_adapter import StripeGateway
from billing.money import Money
from tests.gateway.conftest import OpenedAccount


def invoice(minor: int = 212_000, fee: int = 2_120, currency: str = "CNY") -> CheckoutRequest:
    return CheckoutRequest(
        amount=Money(minor, currency),
        application_fee=Money(fee, currency),
        reference="checkout-7",
        description="账单 FP-2026-000007",
        success_url="https://desk.example.cn/portal/invoices?paid=1",
        cancel_url="https://desk.example.cn/portal/invoices",
        expires_at=datetime.now(UTC) + timedelta(hours=2),
    )


async def paid(opened: OpenedAccount, key: str = "pay") -> str:
    """The id of a payment that a client has made."""
    checkout = await opened.gateway.create_checkout(opened.id, invoice(), key)
    opened.platform.pay(opened.id, checkout.id)
    payment_id = (await opened.gateway.fetch_checkout(opened.id, checkout.id)).payment_id
    assert payment_id is not None
    return payment_id


async def test_a_new_account_cannot_charge_before_its_owner_has_told_everything(
    gateway: StripeGateway, opened: OpenedAccount
) -> None:
    fresh = await gateway.open_account("new@example.com", "another")
    assert (fresh.charges_enabled, fresh.payouts_enabled) == (False, False)
    assert fresh.missing
    assert (await gateway.fetch_account(opened.id)).charges_enabled
    link = await gateway.account_link(fresh.id, "https://desk.example.cn/back", "https://desk.example.cn/again")
    assert link.startswith("https://")


async def test_the_same_key_opens_one_account(gateway: StripeGateway) -> None:
    first = await gateway.open_account("boss@example.com", "once")
    assert (await gateway.open_account("boss@example.com", "once")).id == first.id


async def test_a_client_pays_on_a_page(opened: OpenedAccount) -> None:
    checkout = await opened.gateway.create_checkout(opened.id, invoice(), "pay")
    assert (checkout.state, checkout.reference) == (CheckoutState.OPEN, "checkout-7")
    assert checkout.url is not None
    opened.platform.pay(opened.id, checkout.id)
    over = await opened.gateway.fetch_checkout(opened.id, checkout.id)
    assert (over.state, over.url) == (CheckoutState.PAID, None)
    assert over.payment_id is not None
    payment = await opened.gateway.fetch_payment(opened.id, over.payment_id)
    assert (payment.state, payment.amount) == (PaymentState.SUCCEEDED, Money(212_000, "CNY"))
    assert payment.application_fee == Money(2_120, "CNY")
    assert payment.fee.minor > 0
    assert (payment.reference, payment.refunded.minor) == ("checkout-7", 0)


async def test_a_page_that_was_closed_takes_nothing(opened: OpenedAccount) -> None:
    checkout = await opened.gateway.create_checkout(opened.id, invoice(), "pay")
    closed = await opened.gateway.expire_checkout(opened.id, checkout.id)
    assert (closed.state, closed.payment_id) == (CheckoutState.EXPIRED, None)


async def test_money_goes_back_in_parts_and_never_beyond_what_came(opened: OpenedAccount) -> None:
    payment_id = await paid(opened)

    async def give_back(minor: int, key: str) -> RefundState:
        refund = await opened.gateway.create_refund(
            opened.id, payment_id, Money(minor, "CNY"), refund_application_fee=True, reference="TK-1", key=key
        )
        assert refund == await opened.gateway.fetch_refund(opened.id, refund.id)
        assert (refund.payment_id, refund.reference) == (payment_id, "TK-1")
        return refund.state

    assert await give_back(100_000, "first") is RefundState.SUCCEEDED
    with pytest.raises(GatewayRefused):
        await give_back(112_001, "beyond")
    assert (await opened.gateway.fetch_payment(opened.id, payment_id)).refunded == Money(100_000, "CNY")


async def test_a_dispute_opens_and_is_decided(opened: OpenedAccount) -> None:
    payment_id = await paid(opened)
    made = opened.platform.open_dispute(opened.id, payment_id)
    dispute = await opened.gateway.fetch_dispute(opened.id, made["id"])
    assert (dispute.state, dispute.payment_id, dispute.amount.minor) == (DisputeState.OPEN, payment_id, 212_000)
    opened.platform.decide_dispute(opened.id, made["id"], won=True)
    assert (await opened.gateway.fetch_dispute(opened.id, made["id"])).state is DisputeState.WON


async def test_what_is_paid_out_and_every_line_of_the_books_is_read(opened: OpenedAccount) -> None:
    await paid(opened)
    opened.platform.set_clock(datetime.now(UTC) + timedelta(days=8))
    (made,) = opened.platform.pay_out(opened.id)
    payout = await opened.gateway.fetch_payout(opened.id, made["id"])
    assert payout.state in (PayoutState.ON_ITS_WAY, PayoutState.PAID)
    lines = (
        await opened.gateway.balance_lines(
            opened.id, datetime.now(UTC) - timedelta(days=1), datetime.now(UTC) + timedelta(days=30)
        )
    ).lines
    assert {"charge", "payout"} <= {line.kind for line in lines}
    assert sum(line.net.minor for line in lines) == 0, "everything was paid out"
    assert payout.amount.minor == sum(line.net.minor for line in lines if line.kind != "payout")


async def test_an_answer_that_is_lost_is_no_refusal_and_the_same_key_finds_out(opened: OpenedAccount) -> None:
    opened.platform.goes_wrong("lost answer", "/v1/checkout/sessions")
    with pytest.raises(GatewayUnreachable):
        await opened.gateway.create_checkout(opened.id, invoice(), "once")
    made = await opened.gateway.create_checkout(opened.id, invoice(), "once")
    assert [each["id"] for each in opened.platform.objects(opened.id, "checkout.session")] == [made.id]


async def test_an_error_of_stripes_own_is_no_refusal(opened: OpenedAccount) -> None:
    opened.platform.goes_wrong("error", "/v1/checkout/sessions")
    with pytest.raises(GatewayUnreachable):
        await opened.gateway.create_checkout(opened.id, invoice(), "once")


async def test_what_another_account_has_does_not_exist_here(opened: OpenedAccount, gateway: StripeGateway) -> None:
    payment_id = await paid(opened)
    other = await gateway.open_account("other@example.com", "other")
    opened.platform.complete_account(other.id)
    with pytest.raises(GatewayRefused) as refused:
        await gateway.fetch_payment(other.id, payment_id)
    assert refused.value.code == "resource_missing"
