"""Rules of Stripe that only the stand-in lets a test see: hours pass, the network breaks, banks decide."""

import asyncio
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
import stripe

from tests.fakes.conftest import Merchant, opened
from tests.fakes.stripe.controls import CONTROLS
from tests.fakes.stripe.routes import ROUTES
from tests.fakes.stripe.service import Service
from tests.fakes.stripe.stand_in import StripePlatform, StripeStandIn

NOON = datetime(2026, 11, 16, 4, 0, tzinfo=UTC)
INTENT: Any = {"amount": 1000, "currency": "usd"}


async def test_a_key_is_forgotten_after_a_day(stripe_stand_in: StripePlatform, shop: Merchant) -> None:
    stripe_stand_in.set_clock(NOON)
    intents, options = shop.client.v1.payment_intents, shop.here
    first = await intents.create_async(INTENT, options)
    stripe_stand_in.set_clock(NOON + timedelta(hours=23, minutes=59))
    assert (await intents.create_async(INTENT, options)).id == first.id
    stripe_stand_in.set_clock(NOON + timedelta(hours=24))
    assert (await intents.create_async(INTENT, options)).id != first.id


async def test_a_key_in_flight_is_refused(stripe_stand_in: StripePlatform, shop: Merchant) -> None:
    intents, options = shop.client.v1.payment_intents, shop.here
    stripe_stand_in.goes_wrong("hold", "/v1/payment_intents")
    first = asyncio.create_task(intents.create_async(INTENT, options))
    assert await asyncio.to_thread(stripe_stand_in.tell, "until_held")
    with pytest.raises(stripe.StripeError) as caught:
        await intents.create_async(INTENT, options)
    assert caught.value.http_status == 409
    assert "idempotency_key_in_use" in str(caught.value.json_body)
    stripe_stand_in.tell("release")
    assert (await intents.create_async(INTENT, options)).id == (await first).id


async def test_a_lost_answer_is_found_again_under_its_key(stripe_stand_in: StripePlatform, shop: Merchant) -> None:
    intents, options = shop.client.v1.payment_intents, shop.here
    stripe_stand_in.goes_wrong("lost answer", "/v1/payment_intents")
    with pytest.raises(stripe.APIConnectionError):
        await intents.create_async(INTENT, options)
    found = await intents.create_async(INTENT, options)
    assert [each["id"] for each in stripe_stand_in.objects(shop.account, "payment_intent")] == [found.id]


async def test_a_lost_request_has_done_nothing(stripe_stand_in: StripePlatform, shop: Merchant) -> None:
    stripe_stand_in.goes_wrong("lost request", "/v1/payment_intents")
    with pytest.raises(stripe.APIConnectionError):
        await shop.client.v1.payment_intents.create_async(INTENT, shop.here)
    assert stripe_stand_in.objects(shop.account, "payment_intent") == []


async def test_an_error_of_stripe_is_kept_under_its_key(stripe_stand_in: StripePlatform, shop: Merchant) -> None:
    options = shop.here
    stripe_stand_in.goes_wrong("error", "/v1/payment_intents")
    for _ in range(2):
        with pytest.raises(stripe.APIError) as caught:
            await shop.client.v1.payment_intents.create_async(INTENT, options)
        assert caught.value.http_status == 500


async def test_too_many_requests_are_told_to_wait(stripe_stand_in: StripePlatform, shop: Merchant) -> None:
    stripe_stand_in.tell("limit_requests", to=1)
    options = shop.here
    await shop.client.v1.payment_intents.create_async(INTENT, shop.here)
    with pytest.raises(stripe.RateLimitError):
        await shop.client.v1.payment_intents.create_async(INTENT, options)
    stripe_stand_in.tell("limit_requests", to=None)
    assert (await shop.client.v1.payment_intents.create_async(INTENT, options)).status == "requires_payment_method"


async def test_what_is_not_spoken_is_said_to_be_so(shop: Merchant) -> None:
    grouped: Any = {"amount": 1000, "currency": "usd", "transfer_group": "x"}
    customers, intents = shop.client.v1.customers, shop.client.v1.payment_intents
    for request in (customers.create_async({"name": "x"}), intents.create_async(grouped)):
        with pytest.raises(stripe.APIError) as caught:
            await request
        assert caught.value.http_status == 501


async def test_no_key_and_a_wrong_one_are_refused(stripe_stand_in: StripePlatform) -> None:
    wrong = stripe.StripeClient(
        "sk_test_wrong", base_addresses={"api": stripe_stand_in.address}, http_client=stripe.HTTPXClient()
    )
    with pytest.raises(stripe.AuthenticationError):
        await wrong.v1.balance.retrieve_async()


async def test_another_platforms_account_is_no_account(stripe_process: StripeStandIn, shop: Merchant) -> None:
    other = await opened(stripe_process.platform())
    asked: Any = {"stripe_account": other.account}
    with pytest.raises(stripe.PermissionError):
        await shop.client.v1.payment_intents.list_async(None, asked)
    with pytest.raises(stripe.PermissionError):
        await shop.client.v1.accounts.retrieve_async(other.account)


async def test_an_account_that_removed_the_platform_is_gone(stripe_stand_in: StripePlatform, shop: Merchant) -> None:
    stripe_stand_in.deauthorize(shop.account)
    with pytest.raises(stripe.PermissionError):
        await shop.client.v1.accounts.retrieve_async(shop.account)


async def test_a_restricted_account_charges_no_more(stripe_stand_in: StripePlatform, shop: Merchant) -> None:
    stripe_stand_in.restrict_account(shop.account, ["individual.verification.document"], payouts=True)
    account = await shop.client.v1.accounts.retrieve_async(shop.account)
    assert account.requirements is not None
    assert account.requirements.currently_due == ["individual.verification.document"]
    with pytest.raises(stripe.InvalidRequestError):
        await shop.session()


async def test_a_page_is_paid_once(stripe_stand_in: StripePlatform, shop: Merchant) -> None:
    session = await shop.session(payment_intent_data={"application_fee_amount": 50, "metadata": {"checkout": "7"}})
    assert session.payment_intent is None
    declined = stripe_stand_in.pay(shop.account, session.id, "pm_card_chargeDeclined")
    assert (declined["status"], declined["payment_status"]) == ("open", "unpaid")
    with pytest.raises(stripe.InvalidRequestError):
        await shop.client.v1.payment_intents.cancel_async(declined["payment_intent"], None, shop.here)
    paid = stripe_stand_in.pay(shop.account, session.id)
    assert (paid["status"], paid["payment_status"], paid["url"]) == ("complete", "paid", None)
    with pytest.raises(AssertionError, match="nobody can pay"):
        stripe_stand_in.pay(shop.account, session.id)
    with pytest.raises(stripe.InvalidRequestError):
        await shop.client.v1.checkout.sessions.expire_async(session.id, None, shop.here)
    intent = await shop.client.v1.payment_intents.retrieve_async(paid["payment_intent"], None, shop.here)
    assert (intent.status, intent.metadata["checkout"]) == ("succeeded", "7")


@pytest.mark.parametrize(("yes", "status"), [(True, "paid"), (False, "unpaid")])
async def test_a_delayed_payment_is_decided_later(
    stripe_stand_in: StripePlatform, shop: Merchant, yes: bool, status: str
) -> None:
    session = await shop.session()
    waiting = stripe_stand_in.pay(shop.account, session.id, delayed=True)
    assert (waiting["status"], waiting["payment_status"]) == ("complete", "unpaid")
    decided = stripe_stand_in.decide_delayed(shop.account, session.id, paid=yes)
    assert decided["payment_status"] == status


async def test_a_page_expires_by_itself(stripe_stand_in: StripePlatform, shop: Merchant) -> None:
    stripe_stand_in.set_clock(NOON)
    session = await shop.session(expires_at=int((NOON + timedelta(hours=1)).timestamp()))
    stripe_stand_in.set_clock(NOON + timedelta(hours=1))
    found = await shop.client.v1.checkout.sessions.retrieve_async(session.id, None, shop.here)
    assert found.status == "expired"


async def test_a_refund_may_come_back(stripe_stand_in: StripePlatform, shop: Merchant) -> None:
    paid = await shop.paid(1000, card="pm_card_refundFail")
    refund = await shop.client.v1.refunds.create_async({"payment_intent": paid.id, "amount": 400}, shop.here)
    failed = stripe_stand_in.decide_refund(shop.account, refund.id, paid=False)
    assert (failed["status"], failed["failure_reason"]) == ("failed", "expired_or_canceled_card")
    again = await shop.client.v1.refunds.create_async({"payment_intent": paid.id}, shop.here)
    assert again.amount == 1000
    moved = [(each["type"], each["amount"]) for each in stripe_stand_in.objects(shop.account, "balance_transaction")]
    assert moved == [("charge", 1000), ("refund", -400), ("refund_failure", 400), ("refund", -1000)]


async def test_a_dispute_takes_the_money_and_may_bring_it_back(stripe_stand_in: StripePlatform, shop: Merchant) -> None:
    paid = await shop.paid(5000)
    dispute = stripe_stand_in.open_dispute(shop.account, paid.id, 2000)
    with pytest.raises(stripe.InvalidRequestError) as caught:
        await shop.client.v1.refunds.create_async({"payment_intent": paid.id}, shop.here)
    assert caught.value.code == "charge_disputed"
    evidence: Any = {"evidence": {"uncategorized_text": "signed acceptance"}}
    sent = await shop.client.v1.disputes.update_async(dispute["id"], evidence, shop.here)
    assert sent.status == "under_review"
    won = stripe_stand_in.decide_dispute(shop.account, dispute["id"], won=True)
    assert (won["status"], [each["amount"] for each in won["balance_transactions"]]) == ("won", [-2000, 2000])
    with pytest.raises(stripe.InvalidRequestError):
        await shop.client.v1.disputes.close_async(dispute["id"], None, shop.here)


async def test_a_card_that_is_disputed_takes_the_payment_back(shop: Merchant) -> None:
    paid = await shop.paid(2000, card="pm_card_createDispute")
    found = await shop.client.v1.disputes.list_async({"payment_intent": paid.id}, shop.here)
    assert [(each.amount, each.status) for each in found.data] == [(2000, "needs_response")]


async def test_an_inquiry_moves_nothing(stripe_stand_in: StripePlatform, shop: Merchant) -> None:
    paid = await shop.paid(5000)
    inquiry = stripe_stand_in.open_dispute(shop.account, paid.id, inquiry=True)
    assert (inquiry["status"], inquiry["balance_transactions"]) == ("warning_needs_response", [])
    assert stripe_stand_in.decide_dispute(shop.account, inquiry["id"], won=True)["status"] == "warning_closed"


async def test_a_payout_takes_what_is_available(stripe_stand_in: StripePlatform, shop: Merchant) -> None:
    stripe_stand_in.set_clock(NOON)
    await shop.paid(10_000, fee=100)
    assert stripe_stand_in.pay_out(shop.account) == []
    with pytest.raises(stripe.InvalidRequestError) as caught:
        await shop.client.v1.payouts.create_async({"amount": 100, "currency": "usd"}, shop.here)
    assert caught.value.code == "balance_insufficient"
    stripe_stand_in.set_clock(NOON + timedelta(days=2))
    [payout] = stripe_stand_in.pay_out(shop.account)
    inside = await shop.client.v1.balance_transactions.list_async({"payout": payout["id"]}, shop.here)
    assert sum(each.net for each in inside.data) == 0
    assert {each.type for each in inside.data} == {"charge", "payout"}
    assert stripe_stand_in.move_payout(shop.account, payout["id"], "paid")["reconciliation_status"] == "completed"
    assert stripe_stand_in.move_payout(shop.account, payout["id"], "failed")["failure_code"] == "account_closed"
    held = await shop.client.v1.balance.retrieve_async(None, shop.here)
    assert held.available[0].amount == payout["amount"]


async def test_an_unknown_path_is_no_request(stripe_stand_in: StripePlatform) -> None:
    async with httpx.AsyncClient(base_url=stripe_stand_in.address, trust_env=False) as client:
        answer = await client.get("/v1/nothing", headers={"authorization": f"Bearer {stripe_stand_in.key}"})
    assert answer.status_code == 404
    assert answer.json()["error"]["type"] == "invalid_request_error"


def test_every_event_is_one_of_stripes() -> None:
    document = Service().document
    endpoint = document.operations["post", "/v1/webhook_endpoints"].schema
    known = set(endpoint["properties"]["enabled_events"]["items"]["enum"])
    sources = [path.read_text() for path in Path(__file__).with_name("stripe").glob("*.py")]
    named = {name for source in sources for name in re.findall(r'emit\("([a-z_.]+)"', source)}
    assert len(named) > 25
    assert named <= known
    assert {f"payout.{status}" for status in ("paid", "failed", "canceled")} <= known


def test_every_request_that_is_spoken_is_one_of_stripes() -> None:
    assert CONTROLS, "with them every file of the stand-in has told what it speaks"
    operations = Service().document.operations
    for method, template in ROUTES:
        assert (method, template) in operations
        known = set(operations[method, template].schema["properties"]) | {"expand"}
        assert ROUTES[method, template].parameters <= known, f"{method} {template}"
