"""A payment: an intent that is confirmed with a card, the charge that comes of it, and what it moves."""

from dataclasses import dataclass

from tests.fakes.stripe.balance import book, checked_amount, stripe_fee
from tests.fakes.stripe.errors import Object, Refusal, malformed, missing
from tests.fakes.stripe.records import Account, merged_metadata, new_id
from tests.fakes.stripe.routes import Request, speaks, understands

TEMPLATE = "/v1/payment_intents"
CANCELABLE = frozenset(
    {"requires_payment_method", "requires_capture", "requires_confirmation", "requires_action", "processing"}
)


@dataclass(frozen=True)
class Card:
    """A card of Stripe's test mode, and what it does."""

    declines: str | None = None
    needs_action: bool = False
    refund: str = "succeeded"
    disputed: bool = False


CARDS = {
    "pm_card_visa": Card(),
    "pm_card_mastercard": Card(),
    "pm_card_bypassPending": Card(),
    "pm_card_chargeDeclined": Card(declines="generic_decline"),
    "pm_card_visa_chargeDeclined": Card(declines="generic_decline"),
    "pm_card_chargeDeclinedInsufficientFunds": Card(declines="insufficient_funds"),
    "pm_card_visa_chargeDeclinedInsufficientFunds": Card(declines="insufficient_funds"),
    "pm_card_authenticationRequired": Card(needs_action=True),
    "pm_card_createDispute": Card(disputed=True),
    "pm_card_pendingRefund": Card(refund="pending"),
    "pm_card_refundFail": Card(refund="failed"),
}


def card(name: str) -> Card:
    """What a test card does.

    Raises:
        Refusal: there is no such card.
    """
    if name not in CARDS:
        raise missing("PaymentMethod", name, "payment_method", 400)
    return CARDS[name]


def check_fee(account: Account, fee: int | None, amount: int, param: str) -> None:
    """A platform's fee is taken from a connected account's payment, and never more than the payment.

    Raises:
        Refusal: it is.
    """
    if fee is None:
        return
    if account is account.platform.own:
        raise Refusal(
            "Can only apply an application_fee_amount when the PaymentIntent is attempting a direct payment (using an "
            "OAuth key or Stripe-Account header) or destination payment (using `transfer_data[destination]`).",
            param=param,
        )
    if fee < 1:
        raise malformed("This value must be greater than or equal to 1.", param, "parameter_invalid_integer")
    if fee > amount:
        raise Refusal("Your application fee must be less than or equal to the amount of the payment.", param=param)


def check_charges(account: Account) -> None:
    """Only an account that Stripe has let charge may.

    Raises:
        Refusal: it was not.
    """
    if account.profile is not None and not account.profile["charges_enabled"]:
        raise Refusal("Your account cannot currently make charges.", code="account_invalid")


understands(TEMPLATE, "automatic_payment_methods", "enabled", "allow_redirects")


@speaks(
    "post",
    TEMPLATE,
    *("amount", "application_fee_amount", "automatic_payment_methods", "capture_method", "confirm", "currency"),
    *("description", "metadata", "payment_method", "payment_method_types", "receipt_email", "return_url"),
)
def create(request: Request) -> Object:
    """A new intent, confirmed at once if so asked."""
    account, given = request.account, request.given
    checked_amount(given["amount"], given["currency"])
    check_fee(account, given.get("application_fee_amount"), given["amount"], "application_fee_amount")
    check_charges(account)
    if "payment_method" in given:
        card(given["payment_method"])
    redirects = given.get("automatic_payment_methods", {}).get("allow_redirects", "always") == "always"
    if given.get("confirm") and "return_url" not in given and redirects and "payment_method_types" not in given:
        message = "You must provide a `return_url`, since this intent may use payment methods that redirect."
        raise malformed(message, "return_url")
    intent = new_intent(account, given)
    if given.get("confirm"):
        confirm(account, intent, given.get("payment_method"))
    return intent


def new_intent(account: Account, given: Object) -> Object:
    """An intent as it begins."""
    intent = account.add(
        "payment_intent",
        amount=given["amount"],
        amount_capturable=0,
        amount_received=0,
        application=account.platform.application if account is not account.platform.own else None,
        application_fee_amount=given.get("application_fee_amount"),
        capture_method=given.get("capture_method", "automatic_async"),
        client_secret=None,
        confirmation_method="automatic",
        currency=given["currency"],
        description=given.get("description"),
        metadata=merged_metadata({}, given.get("metadata")),
        payment_method=given.get("payment_method"),
        payment_method_types=given.get("payment_method_types", ["card"]),
        receipt_email=given.get("receipt_email"),
        status="requires_confirmation" if given.get("payment_method") else "requires_payment_method",
    )
    intent["client_secret"] = f"{intent['id']}_secret_{new_id('')}"
    account.emit("payment_intent.created", intent)
    return intent


def unexpected(intent: Object, verb: str) -> Refusal:
    """The intent is not where that can be done."""
    message = f"This PaymentIntent's status is {intent['status']}: it cannot be {verb}."
    return Refusal(message, code="payment_intent_unexpected_state", more={"payment_intent": dict(intent)})


@speaks("post", f"{TEMPLATE}/{{intent}}/confirm", "payment_method", "return_url")
def confirm_intent(request: Request) -> Object:
    """Pay."""
    intent = request.subject("payment_intent", "intent")
    confirm(request.account, intent, request.given.get("payment_method"))
    return intent


def confirm(account: Account, intent: Object, method: str | None) -> None:
    """Try the card.

    Raises:
        Refusal: it declines, or the intent does not wait for one.
    """
    if intent["status"] not in {"requires_payment_method", "requires_confirmation"}:
        raise unexpected(intent, "confirmed")
    method = method or intent["payment_method"]
    if method is None:
        raise unexpected(intent, "confirmed without a payment method")
    used = card(method)
    intent["payment_method"] = new_id("pm_")
    if used.needs_action:
        intent["status"] = "requires_action"
        account.emit("payment_intent.requires_action", intent)
        return
    if used.declines:
        raise _declined(account, intent, used.declines)
    succeed(account, intent, used)


def _declined(account: Account, intent: Object, reason: str) -> Refusal:
    charge = _charge(account, intent, "failed")
    message = "Your card was declined." if reason == "generic_decline" else "Your card has insufficient funds."
    charge |= {"failure_code": "card_declined", "failure_message": message}
    error = {"type": "card_error", "code": "card_declined", "decline_code": reason, "message": message}
    intent |= {"status": "requires_payment_method", "payment_method": None, "latest_charge": charge["id"]}
    intent["last_payment_error"] = error | {"charge": charge["id"]}
    account.emit("charge.failed", charge)
    account.emit("payment_intent.payment_failed", intent)
    more = {"decline_code": reason, "charge": charge["id"], "payment_intent": dict(intent)}
    return Refusal(message, code="card_declined", kind="card_error", status=402, more=more)


def _charge(account: Account, intent: Object, status: str) -> Object:
    charge = account.add(
        "charge",
        amount=intent["amount"],
        amount_captured=0,
        amount_refunded=0,
        application=intent["application"],
        application_fee_amount=intent["application_fee_amount"],
        billing_details={"address": None, "email": None, "name": None, "phone": None, "tax_id": None},
        captured=False,
        currency=intent["currency"],
        description=intent["description"],
        disputed=False,
        metadata=dict(intent["metadata"]),
        paid=status == "succeeded",
        payment_intent=intent["id"],
        payment_method=intent["payment_method"],
        refunded=False,
        status=status,
    )
    charge.pop("refunds", None)
    return charge


def succeed(account: Account, intent: Object, used: Card) -> None:
    charge = _charge(account, intent, "succeeded")
    account.objects["card"][charge["id"]] = {"refund": used.refund}
    intent["latest_charge"] = charge["id"]
    if intent["capture_method"] == "manual":
        intent |= {"status": "requires_capture", "amount_capturable": intent["amount"]}
        account.emit("charge.succeeded", charge)
        account.emit("payment_intent.amount_capturable_updated", intent)
        return
    take(account, intent, charge, intent["amount"])
    account.emit("charge.succeeded", charge)
    account.emit("payment_intent.succeeded", intent)
    if used.disputed:
        from tests.fakes.stripe.disputes import open_dispute

        open_dispute(account, charge, charge["amount"], "fraudulent")


def take(account: Account, intent: Object, charge: Object, amount: int) -> None:
    """The money arrives: the charge is captured, Stripe and the platform take their fees."""
    platform, currency = account.platform, charge["currency"]
    fee = min(intent["application_fee_amount"] or 0, amount)
    fees = (("stripe_fee", stripe_fee(amount, currency)), ("application_fee", fee))
    movement = book(account, "charge", amount, currency, charge["id"], fees)
    charge |= {"captured": True, "amount_captured": amount, "balance_transaction": movement["id"]}
    intent |= {"status": "succeeded", "amount_received": amount, "amount_capturable": 0}
    if amount < charge["amount"]:
        charge["amount_refunded"] = charge["amount"] - amount
    if fee:
        taken = platform.own.add(
            "application_fee",
            account=account.id,
            amount=fee,
            amount_refunded=0,
            application=platform.application,
            charge=charge["id"],
            currency=currency,
            refunded=False,
        )
        url = f"/v1/application_fees/{taken['id']}/refunds"
        taken["refunds"] = {"object": "list", "data": [], "has_more": False, "url": url}
        earned = book(platform.own, "application_fee", fee, currency, taken["id"])
        taken["balance_transaction"] = earned["id"]
        charge |= {"application_fee": taken["id"], "application_fee_amount": fee}
        platform.own.emit("application_fee.created", taken)


@speaks("post", f"{TEMPLATE}/{{intent}}/capture", "amount_to_capture", "application_fee_amount")
def capture(request: Request) -> Object:
    """Take what was authorised, or less; what is not taken is released."""
    account, given = request.account, request.given
    intent = request.subject("payment_intent", "intent")
    if intent["status"] != "requires_capture":
        raise unexpected(intent, "captured")
    amount: int = ({"amount_to_capture": intent["amount_capturable"]} | given)["amount_to_capture"]
    if not 1 <= amount <= intent["amount_capturable"]:
        message = f"The requested capture amount is greater than the amount you can capture: {intent['amount']}."
        raise Refusal(message, code="amount_too_large", param="amount_to_capture")
    if "application_fee_amount" in given:
        check_fee(account, given["application_fee_amount"], amount, "application_fee_amount")
        intent["application_fee_amount"] = given["application_fee_amount"]
    charge = account.objects["charge"][intent["latest_charge"]]
    take(account, intent, charge, amount)
    account.emit("charge.captured", charge)
    account.emit("payment_intent.succeeded", intent)
    return intent


@speaks("post", f"{TEMPLATE}/{{intent}}/cancel", "cancellation_reason")
def cancel(request: Request) -> Object:
    """Nothing will be paid; a Checkout Session's intent ends with its session only."""
    account, intent = request.account, request.subject("payment_intent", "intent")
    if intent["status"] not in CANCELABLE or account.those(
        "checkout.session", payment_intent=intent["id"], status="open"
    ):
        raise unexpected(intent, "canceled")
    intent |= {"status": "canceled", "canceled_at": request.platform.now(), "amount_capturable": 0}
    intent["cancellation_reason"] = request.given.get("cancellation_reason")
    charge = account.objects["charge"].get(intent["latest_charge"] or "")
    if charge is not None and charge["status"] == "succeeded":
        charge |= {"amount_refunded": charge["amount"], "refunded": True}
    account.emit("payment_intent.canceled", intent)
    return intent


@speaks(
    "post", f"{TEMPLATE}/{{intent}}", "amount", "application_fee_amount", "description", "metadata", "receipt_email"
)
def update(request: Request) -> Object:
    """Change it while nothing was paid; its words always."""
    account, given = request.account, dict(request.given)
    intent = request.subject("payment_intent", "intent")
    waiting = intent["status"] in {"requires_payment_method", "requires_confirmation", "requires_action"}
    if not waiting and {"amount", "application_fee_amount"} & given.keys():
        raise unexpected(intent, "updated")
    amount: int = ({"amount": intent["amount"]} | given)["amount"]
    checked_amount(amount, intent["currency"])
    if given.get("application_fee_amount") != "":
        check_fee(
            account,
            given.get("application_fee_amount", intent["application_fee_amount"]),
            amount,
            "application_fee_amount",
        )
    intent["metadata"] = merged_metadata(intent["metadata"], given.pop("metadata", None))
    intent.update({name: None if value == "" else value for name, value in given.items() if name != "expand"})
    return intent
