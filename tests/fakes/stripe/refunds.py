"""Refunds: never more than is left of a charge; the platform's fee comes back on request only, and in proportion."""

from tests.fakes.stripe.balance import book
from tests.fakes.stripe.errors import Object, Refusal, malformed
from tests.fakes.stripe.records import Account, merged_metadata, page
from tests.fakes.stripe.routes import Request, speaks, wanted


@speaks(
    "post",
    "/v1/refunds",
    *("amount", "charge", "metadata", "payment_intent", "reason", "refund_application_fee"),
)
def create(request: Request) -> Object:
    """Give money back."""
    account, given = request.account, request.given
    charge = _charge(account, given)
    amount = _amount(charge, given)
    if account.those("dispute", charge=charge["id"]) and not _refundable(account, charge):
        message = f"Charge {charge['id']} has been charged back; cannot issue a refund."
        raise Refusal(message, code="charge_disputed")
    with_fee = given.get("refund_application_fee", False)
    if with_fee and not charge["application_fee"]:
        message = "You cannot refund the application fee of a charge that has none."
        raise Refusal(message, param="refund_application_fee")
    refund = account.add(
        "refund",
        amount=amount,
        charge=charge["id"],
        currency=charge["currency"],
        metadata=merged_metadata({}, given.get("metadata")),
        payment_intent=charge["payment_intent"],
        reason=given.get("reason"),
        status="succeeded",
        destination_details={"type": "card"},
    )
    way = account.objects["card"].get(charge["id"], {}).get("refund", "succeeded")
    if way == "pending":
        refund["status"] = "pending"
    fee_back = give_fee_back(account, charge, amount) if with_fee else 0
    fees = (("application_fee", -fee_back),)
    movement = book(account, "refund", -amount, charge["currency"], refund["id"], fees, at_once=True)
    refund["balance_transaction"] = movement["id"]
    charge["amount_refunded"] += amount
    charge["refunded"] = charge["amount_refunded"] == charge["amount"]
    account.emit("charge.refunded", charge)
    account.emit("refund.created", refund)
    return refund


def _charge(account: Account, given: Object) -> Object:
    if ("charge" in given) == ("payment_intent" in given):
        message = "One of the following params should be provided for this request: payment_intent or charge."
        raise malformed(message, "charge", "parameter_missing")
    if "charge" in given:
        charge = wanted(account, "charge", given, "charge")
    else:
        intent = wanted(account, "payment_intent", given, "payment_intent")
        found = account.objects["charge"].get(intent["latest_charge"] or "")
        if found is None or found["status"] != "succeeded":
            raise Refusal("This PaymentIntent does not have a successful charge to refund.", param="payment_intent")
        charge = found
    if not charge["captured"]:
        raise Refusal("This charge has not been captured; cancel its PaymentIntent.", code="charge_not_refundable")
    return charge


def _amount(charge: Object, given: Object) -> int:
    left = charge["amount"] - charge["amount_refunded"]
    if left == 0:
        message = f"Charge {charge['id']} has already been refunded."
        raise Refusal(message, code="charge_already_refunded")
    amount: int = given.get("amount", left)
    if amount < 1:
        raise malformed("This value must be greater than or equal to 1.", "amount", "parameter_invalid_integer")
    if amount > left:
        message = f"Refund amount ({amount}) is greater than unrefunded amount on charge ({left})"
        raise Refusal(message, param="amount")
    return amount


def _refundable(account: Account, charge: Object) -> bool:
    return all(each["is_charge_refundable"] for each in account.those("dispute", charge=charge["id"]))


def give_fee_back(account: Account, charge: Object, amount: int) -> int:
    """Of the platform's fee the part that the refund is of the charge, and no more than is left of it."""
    fee = account.platform.own.objects["application_fee"][charge["application_fee"]]
    captured: int = charge["amount_captured"]
    part: int = (2 * fee["amount"] * amount + captured) // (2 * captured)
    part = min(part, fee["amount"] - fee["amount_refunded"])
    if part:
        refund_fee(account.platform.own, fee, part, {})
    return part


def refund_fee(own: Account, fee: Object, amount: int, metadata: Object) -> Object:
    """The platform gives so much of its fee back."""
    refund = own.add("fee_refund", amount=amount, currency=fee["currency"], fee=fee["id"], metadata=metadata)
    movement = book(own, "application_fee_refund", -amount, fee["currency"], refund["id"], at_once=True)
    refund["balance_transaction"] = movement["id"]
    fee["amount_refunded"] += amount
    fee["refunded"] = fee["amount_refunded"] == fee["amount"]
    fee["refunds"]["data"].insert(0, refund)
    own.emit("application_fee.refunded", fee)
    return refund


@speaks("post", "/v1/application_fees/{id}/refunds", "amount", "metadata")
def create_fee_refund(request: Request) -> Object:
    """The fee alone, by the platform; the money goes to the connected account."""
    fee = request.subject("application_fee", "id")
    left = fee["amount"] - fee["amount_refunded"]
    amount = request.given.get("amount", left)
    if not 1 <= amount <= left:
        raise Refusal(f"Refund amount ({amount}) is greater than unrefunded amount on fee ({left})", param="amount")
    refund = refund_fee(request.account, fee, amount, merged_metadata({}, request.given.get("metadata")))
    account = request.platform.accounts[fee["account"]]
    book(account, "adjustment", amount, fee["currency"], fee["charge"], category="fee", at_once=True)
    return refund


@speaks("get", "/v1/application_fees/{id}/refunds", "ending_before", "limit", "starting_after")
def list_fee_refunds(request: Request) -> Object:
    """What of a fee was given back."""
    fee = request.subject("application_fee", "id")
    return page(request.account.those("fee_refund", fee=fee["id"]), request.given, request.url)


@speaks("post", "/v1/refunds/{refund}", "metadata")
def update(request: Request) -> Object:
    """Only its metadata."""
    refund = request.subject("refund", "refund")
    refund["metadata"] = merged_metadata(refund["metadata"], request.given.get("metadata"))
    account = request.account
    account.emit("refund.updated", refund)
    return refund


@speaks("post", "/v1/refunds/{refund}/cancel")
def cancel(request: Request) -> Object:
    """Only one that waits for the payer's bank details can be; a card's never does."""
    refund = request.subject("refund", "refund")
    raise Refusal(f"Only refunds that require an action can be canceled; this one is {refund['status']}.")


def decide(account: Account, refund: Object, *, paid: bool, reason: str = "expired_or_canceled_card") -> Object:
    """The payer's bank has taken the money, or sent it back, even days after it seemed paid."""
    if refund["status"] not in {"pending", "succeeded"}:
        raise malformed(f"This refund is {refund['status']}.", "refund")
    before = {"status": refund["status"]}
    if paid:
        refund["status"] = "succeeded"
        account.emit("refund.updated", refund, before)
        return refund
    charge = account.objects["charge"][refund["charge"]]
    back = book(account, "refund_failure", refund["amount"], refund["currency"], refund["id"], at_once=True)
    refund |= {"status": "failed", "failure_reason": reason, "failure_balance_transaction": back["id"]}
    charge["amount_refunded"] -= refund["amount"]
    charge["refunded"] = False
    account.emit("refund.updated", refund, before)
    account.emit("refund.failed", refund)
    return refund
