"""What Stripe promises and refuses, asked through its own SDK: of the stand-in, and of Stripe where a key was given."""

from typing import Any

import pytest
import stripe

from app.platform.kernel.ids import new_id
from tests.fakes.conftest import Merchant


async def refused(request: Any, kind: type[stripe.StripeError] = stripe.InvalidRequestError) -> Any:
    """The error with which a request is answered."""
    with pytest.raises(kind) as caught:
        await request
    return caught.value


async def test_what_the_document_does_not_know_is_refused(merchant: Merchant) -> None:
    intents = merchant.client.v1.payment_intents
    asked: Any = {"amount": 1000, "currency": "usd", "colour": "green"}
    error = await refused(intents.create_async(asked, merchant.here))
    assert (error.http_status, error.code, error.param) == (400, "parameter_unknown", "colour")


async def test_what_it_requires_must_be_there(merchant: Merchant) -> None:
    asked: Any = {"amount": 1000}
    error = await refused(merchant.client.v1.payment_intents.create_async(asked, merchant.here))
    assert (error.http_status, error.code, error.param) == (400, "parameter_missing", "currency")


async def test_an_empty_text_is_no_text(merchant: Merchant) -> None:
    asked: Any = {"amount": 1000, "currency": "usd", "description": ""}
    error = await refused(merchant.client.v1.payment_intents.create_async(asked, merchant.here))
    assert (error.http_status, error.code, error.param) == (400, "parameter_invalid_empty", "description")


async def test_an_amount_is_an_integer(merchant: Merchant) -> None:
    asked: Any = {"amount": "10.5", "currency": "usd"}
    error = await refused(merchant.client.v1.payment_intents.create_async(asked, merchant.here))
    assert (error.http_status, error.code, error.param) == (400, "parameter_invalid_integer", "amount")


@pytest.mark.parametrize(("amount", "code"), [(10, "amount_too_small"), (100_000_000, "amount_too_large")])
async def test_an_amount_has_its_bounds(merchant: Merchant, amount: int, code: str) -> None:
    asked: Any = {"amount": amount, "currency": "usd"}
    error = await refused(merchant.client.v1.payment_intents.create_async(asked, merchant.here))
    assert error.code == code


async def test_a_payment_takes_both_fees(merchant: Merchant) -> None:
    paid = await merchant.paid(10_000, fee=300, expand=["latest_charge.balance_transaction"])
    assert (paid.status, paid.amount_received, paid.application_fee_amount) == ("succeeded", 10_000, 300)
    movement = paid.latest_charge.balance_transaction
    fees = {each.type: each.amount for each in movement.fee_details}
    assert fees["application_fee"] == 300
    assert fees["stripe_fee"] > 0
    assert movement.net == movement.amount - movement.fee == 10_000 - sum(fees.values())


async def test_a_fee_above_the_payment_is_refused(merchant: Merchant) -> None:
    error = await refused(merchant.paid(1000, fee=1001))
    assert error.http_status == 400


async def test_the_platform_takes_no_fee_of_itself(merchant: Merchant) -> None:
    asked: Any = {"amount": 1000, "currency": "usd", "application_fee_amount": 10}
    error = await refused(merchant.client.v1.payment_intents.create_async(asked))
    assert error.param == "application_fee_amount"


async def test_the_same_key_answers_the_same(merchant: Merchant) -> None:
    options, asked = merchant.here, {"amount": 1000, "currency": "usd"}
    intents = merchant.client.v1.payment_intents
    first = await intents.create_async(asked, options)  # type: ignore[arg-type]  # a plain dictionary
    again = await intents.create_async(asked, options)  # type: ignore[arg-type]  # a plain dictionary
    assert again.id == first.id
    assert again.last_response is not None
    assert again.last_response.headers["idempotent-replayed"] == "true"


async def test_the_same_key_with_another_body_is_refused(merchant: Merchant) -> None:
    options = merchant.here
    await merchant.client.v1.payment_intents.create_async({"amount": 1000, "currency": "usd"}, options)
    other = merchant.client.v1.payment_intents.create_async({"amount": 1001, "currency": "usd"}, options)
    error = await refused(other, stripe.IdempotencyError)
    assert error.http_status == 400


async def test_a_key_of_a_request_that_was_not_understood_is_free(merchant: Merchant) -> None:
    options = merchant.here
    asked: Any = {"amount": 1000}
    await refused(merchant.client.v1.payment_intents.create_async(asked, options))
    made = await merchant.client.v1.payment_intents.create_async({"amount": 1000, "currency": "usd"}, options)
    assert made.status == "requires_payment_method"


async def test_a_declined_card_is_declined_again_under_its_key(merchant: Merchant) -> None:
    options, asked = (
        merchant.here,
        {
            "amount": 1000,
            "currency": "usd",
            "payment_method": "pm_card_chargeDeclined",
            "payment_method_types": ["card"],
            "confirm": True,
        },
    )
    intents: Any = merchant.client.v1.payment_intents
    first = await refused(intents.create_async(asked, options), stripe.CardError)
    again = await refused(intents.create_async(asked, options), stripe.CardError)
    assert (first.http_status, first.code) == (402, "card_declined")
    assert first.error is not None
    assert again.error is not None
    assert first.error["payment_intent"]["id"] == again.error["payment_intent"]["id"]
    assert first.error["decline_code"] == "generic_decline"


async def test_an_object_lives_in_one_account(merchant: Merchant) -> None:
    paid = await merchant.paid(1000)
    error = await refused(merchant.client.v1.payment_intents.retrieve_async(paid.id))
    assert (error.http_status, error.code) == (404, "resource_missing")
    nobody: Any = {"stripe_account": "acct_0000000000000000"}
    with pytest.raises(stripe.PermissionError):
        await merchant.client.v1.payment_intents.retrieve_async(paid.id, None, nobody)


async def test_what_does_not_exist_is_missing(merchant: Merchant) -> None:
    error = await refused(merchant.client.v1.refunds.retrieve_async("re_nobody", None, merchant.here))
    assert (error.http_status, error.code) == (404, "resource_missing")


async def test_refunds_end_at_what_was_paid(merchant: Merchant) -> None:
    paid = await merchant.paid(1000)
    refunds = merchant.client.v1.refunds
    first = await refunds.create_async({"payment_intent": paid.id, "amount": 600}, merchant.here)
    assert (first.status, first.amount, first.payment_intent) == ("succeeded", 600, paid.id)
    await refused(refunds.create_async({"payment_intent": paid.id, "amount": 401}, merchant.here))
    rest = await refunds.create_async({"payment_intent": paid.id}, merchant.here)
    assert rest.amount == 400
    error = await refused(refunds.create_async({"payment_intent": paid.id}, merchant.here))
    assert error.code == "charge_already_refunded"
    charge = await merchant.client.v1.charges.retrieve_async(paid.latest_charge.id, None, merchant.here)
    assert (charge.refunded, charge.amount_refunded) == (True, 1000)


async def test_a_fee_is_refunded_on_request_only_and_in_proportion(merchant: Merchant) -> None:
    paid = await merchant.paid(1000, fee=100)
    fee_id = paid.latest_charge.application_fee
    refunds, fees = merchant.client.v1.refunds, merchant.client.v1.application_fees
    await refunds.create_async({"payment_intent": paid.id, "amount": 500}, merchant.here)
    assert (await fees.retrieve_async(fee_id)).amount_refunded == 0
    asked: Any = {"payment_intent": paid.id, "amount": 250, "refund_application_fee": True}
    await refunds.create_async(asked, merchant.here)
    assert (await fees.retrieve_async(fee_id)).amount_refunded == 25


async def test_what_was_authorised_is_captured_or_released(merchant: Merchant) -> None:
    intents = merchant.client.v1.payment_intents
    held = await merchant.paid(1000, capture_method="manual")
    assert (held.status, held.amount_capturable) == ("requires_capture", 1000)
    await refused(intents.capture_async(held.id, {"amount_to_capture": 1001}, merchant.here))
    taken = await intents.capture_async(held.id, {"amount_to_capture": 700}, merchant.here)
    assert (taken.status, taken.amount_received) == ("succeeded", 700)
    await refused(merchant.client.v1.refunds.create_async({"payment_intent": held.id, "amount": 701}, merchant.here))
    error = await refused(intents.cancel_async(held.id, None, merchant.here))
    assert error.code == "payment_intent_unexpected_state"


async def test_a_session_is_expired_once(merchant: Merchant) -> None:
    sessions = merchant.client.v1.checkout.sessions
    session = await merchant.session(payment_intent_data={"application_fee_amount": 50})
    assert (session.status, session.payment_status, session.amount_total) == ("open", "unpaid", 5000)
    assert session.url.startswith("https://checkout.stripe.com/")
    gone = await sessions.expire_async(session.id, None, merchant.here)
    assert (gone.status, gone.url) == ("expired", None)
    await refused(sessions.expire_async(session.id, None, merchant.here))


async def test_a_session_takes_no_fee_above_its_amount(merchant: Merchant) -> None:
    await refused(merchant.session(payment_intent_data={"application_fee_amount": 5001}))


async def test_a_session_ends_within_a_day(merchant: Merchant) -> None:
    error = await refused(merchant.session(expires_at=4_000_000_000))
    assert error.param == "expires_at"


async def test_a_list_is_read_page_by_page(merchant: Merchant) -> None:
    made = [
        await merchant.client.v1.payment_intents.create_async(
            {"amount": 1000 + number, "currency": "usd"}, merchant.here
        )
        for number in range(3)
    ]
    intents = merchant.client.v1.payment_intents
    first = await intents.list_async({"limit": 2}, merchant.here)
    assert [each.id for each in first.data] == [made[2].id, made[1].id]
    assert first.has_more
    after = await intents.list_async({"limit": 2, "starting_after": made[1].id}, merchant.here)
    assert after.data[0].id == made[0].id
    before = await intents.list_async({"limit": 1, "ending_before": made[0].id}, merchant.here)
    assert before.data[0].id == made[1].id
    await refused(intents.list_async({"limit": 101}, merchant.here))


async def test_metadata_is_merged_and_bounded(merchant: Merchant) -> None:
    intents = merchant.client.v1.payment_intents
    made = await intents.create_async(
        {"amount": 1000, "currency": "usd", "metadata": {"a": "1", "b": "2"}}, merchant.here
    )
    changed = await intents.update_async(made.id, {"metadata": {"a": "", "c": "3"}}, merchant.here)
    assert changed.metadata.to_dict() == {"b": "2", "c": "3"}
    await refused(intents.update_async(made.id, {"metadata": {"a": "x" * 501}}, merchant.here))
    many = {f"key{number}": "x" for number in range(51)}
    await refused(intents.update_async(made.id, {"metadata": many}, merchant.here))


async def test_an_account_is_opened_by_the_platform_and_completed_at_stripe(merchant: Merchant) -> None:
    key: Any = {"idempotency_key": f"test-{new_id()}"}
    account = await merchant.client.v1.accounts.create_async({"type": "standard", "country": "US"}, key)
    assert (account.charges_enabled, account.details_submitted) == (False, False)
    asked: Any = {"account": account.id, "type": "account_onboarding"}
    urls = {"refresh_url": "https://example.com/again", "return_url": "https://example.com/done"}
    link = await merchant.client.v1.account_links.create_async(asked | urls)
    assert link.url.startswith("https://connect.stripe.com/")
    await refused(merchant.client.v1.account_links.create_async(asked))
    cannot: Any = {"stripe_account": account.id}
    payment: Any = {
        "amount": 1000,
        "currency": "usd",
        "payment_method": "pm_card_visa",
        "confirm": True,
        "payment_method_types": ["card"],
    }
    await refused(merchant.client.v1.payment_intents.create_async(payment, cannot))


@pytest.mark.parametrize(("currency", "amount"), [("jpy", 500), ("kwd", 1500), ("cny", 1000)])
async def test_a_currency_keeps_its_decimals(merchant: Merchant, currency: str, amount: int) -> None:
    asked: Any = {"amount": amount, "currency": currency}
    made = await merchant.client.v1.payment_intents.create_async(asked, merchant.here)
    assert (made.amount, made.currency) == (amount, currency)


async def test_of_three_decimals_the_last_is_none(merchant: Merchant) -> None:
    asked: Any = {"amount": 1005, "currency": "kwd"}
    await refused(merchant.client.v1.payment_intents.create_async(asked, merchant.here))


async def test_what_is_no_reference_cannot_be_expanded(merchant: Merchant) -> None:
    paid = await merchant.paid(1000)
    asked: Any = {"expand": ["amount"]}
    await refused(merchant.client.v1.payment_intents.retrieve_async(paid.id, asked, merchant.here))


async def test_a_movement_leads_to_what_moved_it(merchant: Merchant) -> None:
    paid = await merchant.paid(1000)
    asked: Any = {"source": paid.latest_charge.id, "expand": ["data.source"]}
    found = await merchant.client.v1.balance_transactions.list_async(asked, merchant.here)
    [movement] = found.data
    source: Any = movement.source
    assert (source.object, source.payment_intent) == ("charge", paid.id)
