"""A Checkout Session: a page at Stripe on which somebody pays, once, before it expires."""

from decimal import ROUND_HALF_UP, Decimal

from tests.fakes.stripe.balance import checked_amount
from tests.fakes.stripe.errors import Object, Refusal, malformed, not_spoken
from tests.fakes.stripe.intents import Card, card, check_charges, check_fee, confirm, new_intent, succeed
from tests.fakes.stripe.records import Account, Platform, merged_metadata, page
from tests.fakes.stripe.routes import Request, speaks, understands

TEMPLATE = "/v1/checkout/sessions"
SHORTEST, LONGEST = 30 * 60, 24 * 3600
LINES = 100

understands(TEMPLATE, "payment_intent_data", "application_fee_amount", "description", "metadata", "receipt_email")


@speaks(
    "post",
    TEMPLATE,
    *("cancel_url", "client_reference_id", "currency", "customer_email", "expires_at", "line_items", "locale"),
    *("metadata", "mode", "payment_intent_data", "payment_method_types", "submit_type", "success_url", "ui_mode"),
)
def create(request: Request) -> Object:
    """A new session that is open."""
    account, given, now = request.account, request.given, request.platform.now()
    if given.get("mode") is None:
        raise malformed("Missing required param: mode.", "mode", "parameter_missing")
    if given["mode"] != "payment" or given.get("ui_mode", "hosted_page") != "hosted_page":
        raise not_spoken("Checkout other than the hosted page for one payment")
    if "success_url" not in given:
        raise malformed("Missing required param: success_url.", "success_url", "parameter_missing")
    for name in ("success_url", "cancel_url"):
        if name in given and not given[name].startswith(("http://", "https://")):
            raise malformed("Not a valid URL", name, "url_invalid")
    expires = given.get("expires_at", now + LONGEST)
    if not now + SHORTEST <= expires <= now + LONGEST:
        message = "The `expires_at` timestamp must be at least 30 minutes and at most 24 hours from now."
        raise malformed(message, "expires_at")
    total, currency, lines = _total(given)
    checked_amount(total, currency, "line_items[0]")
    payment = given.get("payment_intent_data", {})
    fee = payment.get("application_fee_amount")
    check_fee(account, fee, total, "payment_intent_data[application_fee_amount]")
    check_charges(account)
    session = account.add(
        "checkout.session",
        amount_subtotal=total,
        amount_total=total,
        automatic_tax={"enabled": False, "liability": None, "provider": None, "status": None},
        cancel_url=given.get("cancel_url"),
        client_reference_id=given.get("client_reference_id"),
        currency=currency,
        custom_fields=[],
        custom_text=dict.fromkeys(("after_submit", "shipping_address", "submit", "terms_of_service_acceptance")),
        customer_email=given.get("customer_email"),
        expires_at=expires,
        locale=given.get("locale"),
        metadata=merged_metadata({}, given.get("metadata")),
        mode="payment",
        payment_method_types=given.get("payment_method_types", ["card"]),
        payment_status="unpaid",
        shipping_options=[],
        status="open",
        submit_type=given.get("submit_type"),
        success_url=given["success_url"],
        total_details={"amount_discount": 0, "amount_shipping": 0, "amount_tax": 0},
        ui_mode="hosted_page",
    )
    session["url"] = f"https://checkout.stripe.com/c/pay/{session['id']}"
    session.pop("line_items", None)
    account.objects["lines"][session["id"]] = {"lines": lines}
    account.objects["intended"][session["id"]] = payment | {"amount": total, "currency": currency}
    return session


def _total(given: Object) -> tuple[int, str, list[Object]]:
    asked = given.get("line_items") or []
    if not asked:
        raise malformed("Missing required param: line_items.", "line_items", "parameter_missing")
    if len(asked) > LINES:
        raise malformed(f"Checkout accepts at most {LINES} line items.", "line_items")
    lines, currencies = [], set()
    for number, line in enumerate(asked):
        price, place = line.get("price_data"), f"line_items[{number}]"
        if price is None or set(line) - {"price_data", "quantity"}:
            raise not_spoken("line items other than price_data and quantity")
        if ("unit_amount" in price) == ("unit_amount_decimal" in price):
            message = "You must specify exactly one of unit_amount and unit_amount_decimal."
            raise malformed(message, f"{place}[price_data]")
        if "name" not in price.get("product_data", {}):
            raise malformed("Missing required param: product_data.", f"{place}[price_data]", "parameter_missing")
        if line.get("quantity", 0) < 1:
            raise malformed("Quantity is required. Add `quantity`.", f"{place}[quantity]")
        unit = Decimal(str(price.get("unit_amount", price.get("unit_amount_decimal"))))
        if unit < 0:
            raise malformed("This value must be greater than or equal to 0.", f"{place}[price_data][unit_amount]")
        amount = int((unit * line["quantity"]).quantize(Decimal(1), ROUND_HALF_UP))
        currencies.add(price["currency"])
        lines.append(_line(number, price, line["quantity"], amount))
    if len(currencies) > 1 or ("currency" in given and {given["currency"]} != currencies):
        raise malformed("All line items must have the same currency.", "line_items")
    return sum(each["amount_total"] for each in lines), currencies.pop(), lines


def _line(number: int, price: Object, quantity: int, amount: int) -> Object:
    return {
        "id": f"li_{number:06d}",
        "object": "item",
        "amount_discount": 0,
        "amount_subtotal": amount,
        "amount_tax": 0,
        "amount_total": amount,
        "currency": price["currency"],
        "description": price["product_data"]["name"],
        "price": None,
        "quantity": quantity,
    }


@speaks("get", f"{TEMPLATE}/{{session}}/line_items", "ending_before", "limit", "starting_after")
def line_items(request: Request) -> Object:
    """What is paid for."""
    session = request.subject("checkout.session", "session")
    lines = request.account.objects["lines"][session["id"]]["lines"]
    return page(list(reversed(lines)), request.given, request.url)


@speaks("post", f"{TEMPLATE}/{{session}}", "metadata")
def update(request: Request) -> Object:
    """Only its metadata."""
    session = request.subject("checkout.session", "session")
    session["metadata"] = merged_metadata(session["metadata"], request.given.get("metadata"))
    return session


@speaks("post", f"{TEMPLATE}/{{session}}/expire")
def expire_session(request: Request) -> Object:
    """Nobody may pay here any longer."""
    session = request.subject("checkout.session", "session")
    expire(request.account, session)
    return session


def expire(account: Account, session: Object) -> None:
    """The session ends unpaid.

    Raises:
        Refusal: it has ended already.
    """
    if session["status"] != "open":
        raise Refusal(
            'Only Checkout Sessions with a status in ["open"] can be expired. This Checkout Session has a status of '
            f"`{session['status']}`."
        )
    session |= {"status": "expired", "url": None}
    intent = account.objects["payment_intent"].get(session["payment_intent"] or "")
    if intent is not None:
        intent |= {"status": "canceled", "canceled_at": account.platform.now(), "cancellation_reason": "automatic"}
        account.emit("payment_intent.canceled", intent)
    account.emit("checkout.session.expired", session)


def pay(account: Account, session: Object, method: str = "pm_card_visa", *, delayed: bool = False) -> Object:
    """Somebody fills in the page: the session is complete, or open still when the card declines.

    With a delayed way to pay it is complete and unpaid, until the bank has said yes or no.
    """
    if session["status"] != "open":
        raise malformed(f"The session is {session['status']}: nobody can pay on its page.", "session")
    used = card(method)
    intent = account.objects["payment_intent"].get(session["payment_intent"] or "")
    if intent is None:
        intent = new_intent(account, account.objects["intended"][session["id"]])
        session["payment_intent"] = intent["id"]
    if delayed:
        intent["status"] = "processing"
        account.emit("payment_intent.processing", intent)
    else:
        try:
            confirm(account, intent, method)
        except Refusal:
            return session
        if used.needs_action:
            return session
    session |= {"status": "complete", "url": None, "payment_status": "unpaid" if delayed else "paid"}
    account.emit("checkout.session.completed", session)
    return session


def decide_delayed(account: Account, session: Object, *, paid: bool) -> Object:
    """The bank answers."""
    intent = account.objects["payment_intent"][session["payment_intent"]]
    if intent["status"] != "processing":
        raise malformed("No bank is asked about this session.", "session")
    if paid:
        succeed(account, intent, Card())
        session["payment_status"] = "paid"
        account.emit("checkout.session.async_payment_succeeded", session)
    else:
        intent["status"] = "requires_payment_method"
        account.emit("payment_intent.payment_failed", intent)
        account.emit("checkout.session.async_payment_failed", session)
    return session


def passes(platform: Platform) -> None:
    """Time has gone by."""
    for account in [platform.own, *platform.accounts.values()]:
        for session in account.those("checkout.session", status="open"):
            if session["expires_at"] <= platform.now():
                expire(account, session)
