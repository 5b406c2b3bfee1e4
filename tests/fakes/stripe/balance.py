"""What is in an account: every movement of money is a balance transaction, and a payout takes what is available."""

from typing import Any

from tests.fakes.stripe.errors import Object, Refusal, malformed
from tests.fakes.stripe.records import Account, Platform, merged_metadata, page
from tests.fakes.stripe.routes import Request, speaks

DAY = 86_400
UNTIL_AVAILABLE = 2 * DAY
WITHOUT_DECIMALS = frozenset(
    {"bif", "clp", "djf", "gnf", "jpy", "kmf", "krw", "mga", "pyg", "rwf", "ugx", "vnd", "vuv", "xaf", "xof", "xpf"}
)
WITH_THREE_DECIMALS = frozenset({"bhd", "jod", "kwd", "omr", "tnd"})
SMALLEST = {"usd": 50, "eur": 50, "gbp": 30, "hkd": 400, "jpy": 50, "sgd": 50, "aud": 50, "cad": 50}
LARGEST = 99_999_999
CATEGORIES = {
    "application_fee": "platform_earning",
    "application_fee_refund": "platform_earning_refund",
    "payout_cancel": "payout_reversal",
    "payout_failure": "payout_reversal",
}


def checked_amount(amount: int, currency: str, param: str = "amount") -> None:
    """Whether so much can be charged at all.

    Raises:
        Refusal: too little, too much, or a currency's last digit that does not exist.
    """
    if len(currency) != 3 or not currency.isalpha() or currency != currency.lower():
        raise malformed(f"Invalid currency: {currency}", "currency")
    if amount < 1:
        raise malformed("This value must be greater than or equal to 1.", param, "parameter_invalid_integer")
    if amount > LARGEST:
        raise malformed("Amount must be no more than 999,999.99", param, "amount_too_large")
    if amount < SMALLEST.get(currency, 1):
        raise malformed("Amount must convert to at least 50 cents.", param, "amount_too_small")
    if currency in WITH_THREE_DECIMALS and amount % 10:
        raise malformed(f"The last digit of an amount in {currency} must be 0.", param, "invalid_charge_amount")


def stripe_fee(amount: int, currency: str) -> int:
    """What Stripe keeps of a charge: 3.4 %, and half a unit where the currency has one."""
    return (amount * 34 + 500) // 1000 + (0 if currency in WITHOUT_DECIMALS else 50)


def book(
    account: Account,
    kind: str,
    amount: int,
    currency: str,
    source: str,
    fees: tuple[tuple[str, int], ...] = (),
    category: str | None = None,
    *,
    at_once: bool = False,
) -> Object:
    """A movement: the amount, less the fees; available two days later unless at once."""
    fee = sum(each for _, each in fees)
    return account.add(
        "balance_transaction",
        type=kind,
        amount=amount,
        fee=fee,
        net=amount - fee,
        currency=currency,
        source=source,
        fee_details=[
            {
                "type": name,
                "amount": each,
                "currency": currency,
                "application": account.platform.application if name == "application_fee" else None,
                "description": name.replace("_", " "),
            }
            for name, each in fees
            if each
        ],
        available_on=account.platform.now() + (0 if at_once else UNTIL_AVAILABLE),
        status="available" if at_once else "pending",
        reporting_category=category or CATEGORIES.get(kind, kind),
        balance_type="payments",
    )


def settle(account: Account) -> None:
    """What is due becomes available."""
    now = account.platform.now()
    for each in account.those("balance_transaction", status="pending"):
        if each["available_on"] <= now:
            each["status"] = "available"


def sums(account: Account, status: str) -> dict[str, int]:
    """What an account holds in each currency."""
    held: dict[str, int] = {}
    for each in account.those("balance_transaction", status=status):
        held[each["currency"]] = held.get(each["currency"], 0) + each["net"]
    return held


@speaks("get", "/v1/balance")
def balance(request: Request) -> Object:
    """Available and pending money."""

    def shown(status: str) -> list[Object]:
        held = sums(request.account, status) or {"usd": 0}
        return [
            {"amount": amount, "currency": currency, "source_types": {"card": amount}}
            for currency, amount in held.items()
        ]

    return {"object": "balance", "livemode": False, "available": shown("available"), "pending": shown("pending")}


@speaks(
    "get", "/v1/balance/history", "currency", "created", "ending_before", "limit", "payout", "starting_after", "type"
)
def history(request: Request) -> Object:
    """The older name of the list of balance transactions."""
    wanted = {name: request.given[name] for name in ("currency", "payout", "type") if name in request.given}
    return page(request.account.those("balance_transaction", **wanted), request.given, request.url)


@speaks("post", "/v1/payouts", "amount", "currency", "description", "metadata", "method", "statement_descriptor")
def create_payout(request: Request) -> Object:
    """Send available money to the bank."""
    account, given = request.account, request.given
    amount, currency = given["amount"], given["currency"]
    if amount < 1:
        raise malformed("This value must be greater than or equal to 1.", "amount", "parameter_invalid_integer")
    if given.get("method", "standard") != "standard":
        raise Refusal("This account is not eligible for instant payouts.", param="method")
    if account is not request.platform.own and not (account.profile or {})["payouts_enabled"]:
        raise Refusal("This account cannot currently make payouts.", code="payouts_not_allowed")
    if amount > sums(account, "available").get(currency, 0):
        message = "You have insufficient funds in your Stripe account."
        raise Refusal(message, code="balance_insufficient", param="amount")
    return pay_out(account, amount, currency, given, automatic=False)


def pay_out(account: Account, amount: int, currency: str, given: Object, *, automatic: bool) -> Object:
    """A payout that is pending; one of the schedule names the movements that it takes."""
    payout = account.add(
        "payout",
        amount=amount,
        currency=currency,
        description=given.get("description"),
        metadata=merged_metadata({}, given.get("metadata")),
        statement_descriptor=given.get("statement_descriptor"),
        arrival_date=account.platform.now() // DAY * DAY + 2 * DAY,
        automatic=automatic,
        method="standard",
        reconciliation_status="in_progress" if automatic else "not_applicable",
        source_type="card",
        status="pending",
        type="bank_account",
        destination=None,
    )
    taken = account.those("balance_transaction", status="available", currency=currency) if automatic else []
    movement = book(account, "payout", -amount, currency, payout["id"], at_once=True)
    payout["balance_transaction"] = movement["id"]
    for each in [*[one for one in taken if "paid_by" not in _marks(account, one)], movement]:
        _marks(account, each)["paid_by"] = payout["id"]
    account.emit("payout.created", payout)
    return payout


def _marks(account: Account, movement: Object) -> Object:
    """What an account remembers about a movement and shows in no answer."""
    return account.objects["marks"].setdefault(movement["id"], {})


def of_payout(account: Account, payout_id: str) -> list[Object]:
    """The movements that a payout took, and its own."""
    marks = account.objects["marks"]
    return [
        each for each in account.those("balance_transaction") if marks.get(each["id"], {}).get("paid_by") == payout_id
    ]


@speaks(
    "get",
    "/v1/balance_transactions",
    *("created", "currency", "ending_before", "limit", "payout", "source", "starting_after", "type"),
)
def movements(request: Request) -> Object:
    """All, or those of one payout of the schedule."""
    given = request.given
    wanted: dict[str, Any] = {name: given[name] for name in ("currency", "source", "type") if name in given}
    if "payout" in given:
        payout = request.account.one("payout", given["payout"], "payout", 400)
        if not payout["automatic"]:
            message = "Balance transaction history can only be filtered on automatic transfers, not manual."
            raise malformed(message, "payout")
        inside = of_payout(request.account, given["payout"])
        items = [each for each in inside if all(each[name] == value for name, value in wanted.items())]
    else:
        items = request.account.those("balance_transaction", **wanted)
    return page(items, given, request.url)


@speaks("post", "/v1/payouts/{payout}", "metadata")
def update_payout(request: Request) -> Object:
    """Only its metadata."""
    payout = request.subject("payout", "payout")
    payout["metadata"] = merged_metadata(payout["metadata"], request.given.get("metadata"))
    return payout


@speaks("post", "/v1/payouts/{payout}/cancel")
def cancel_payout(request: Request) -> Object:
    """While the bank has not heard of it."""
    payout = request.subject("payout", "payout")
    if payout["status"] != "pending":
        raise Refusal("You may only cancel payouts that are pending.", code="payout_not_cancelable")
    move_payout(request.account, payout, "canceled")
    return payout


FOLLOWING = {
    "pending": {"in_transit", "paid", "failed", "canceled"},
    "in_transit": {"paid", "failed"},
    "paid": {"failed"},
}


def move_payout(account: Account, payout: Object, status: str, failure: str = "account_closed") -> None:
    """The bank's way with a payout; one that was paid may still come back.

    Raises:
        Refusal: it does not go there from where it is.
    """
    if status not in FOLLOWING.get(payout["status"], set()):
        raise malformed(f"A payout that is {payout['status']} does not become {status}.", "status")
    before = {"status": payout["status"]}
    payout["status"] = status
    if status in {"failed", "canceled"}:
        kind = "payout_failure" if status == "failed" else "payout_cancel"
        back = book(account, kind, payout["amount"], payout["currency"], payout["id"], at_once=True)
        if status == "failed":
            payout |= {"failure_code": failure, "failure_message": failure.replace("_", " ")}
            payout["failure_balance_transaction"] = back["id"]
    if status == "in_transit":
        account.emit("payout.updated", payout, before)
    else:
        account.emit(f"payout.{status}", payout)
    if status == "paid" and payout["automatic"]:
        payout["reconciliation_status"] = "completed"
        account.emit("payout.reconciliation_completed", payout)


def passes(platform: Platform) -> None:
    """Time has gone by."""
    for account in [platform.own, *platform.accounts.values()]:
        settle(account)
