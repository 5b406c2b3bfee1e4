"""The port spoken with Stripe: Connect's direct charges on the partner's account, Checkout for who pays.

Stripe's own SDK does the talking. Nothing is repeated by the SDK: whoever called decides, with the same key.
"""

from collections.abc import AsyncIterator, Awaitable, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime
from typing import Any, Final

import httpx
import stripe

from app.platform.kernel.invariants import present
from app.platform.kernel.settings import Settings
from billing.gateway.errors import OnlinePaymentsOff
from billing.gateway.port import (
    BalanceLine,
    BalancePage,
    CheckoutRequest,
    CheckoutSession,
    CheckoutState,
    DisputeState,
    GatewayAccount,
    GatewayDispute,
    GatewayForbidden,
    GatewayPayment,
    GatewayPayout,
    GatewayRefund,
    GatewayRefused,
    GatewayUnreachable,
    ObjectKind,
    PaymentGateway,
    PaymentState,
    PayoutState,
    RefundState,
)
from billing.money import Money

API_VERSION: Final = "2026-05-27.dahlia"
"""What the adapter was written for; the webhook endpoint at Stripe is to be made with the same version."""
TIMEOUT_SECONDS: Final = 20.0
LINES_A_PAGE: Final = 100
REFERENCE: Final = "yinghuo_reference"
"""The key of our id in the metadata of what Stripe keeps."""

_PAYMENTS: Final = {"succeeded": PaymentState.SUCCEEDED, "canceled": PaymentState.CANCELLED}
_REFUNDS: Final = {
    "pending": RefundState.PENDING,
    "requires_action": RefundState.PENDING,
    "succeeded": RefundState.SUCCEEDED,
    "failed": RefundState.FAILED,
    "canceled": RefundState.CANCELLED,
}
_WITH_REFUND: Final = ("balance_transaction", "failure_balance_transaction", "payment_intent")
_DISPUTES: Final = {"won": DisputeState.WON, "lost": DisputeState.LOST}
_PAYOUTS: Final = {"paid": PayoutState.PAID, "failed": PayoutState.FAILED, "canceled": PayoutState.FAILED}
_LINES: Final = {
    "charge": ObjectKind.PAYMENT,
    "payment": ObjectKind.PAYMENT,
    "refund": ObjectKind.REFUND,
    "payment_refund": ObjectKind.REFUND,
    "refund_failure": ObjectKind.REFUND,
    "payment_failure_refund": ObjectKind.REFUND,
    "payout": ObjectKind.PAYOUT,
    "payout_failure": ObjectKind.PAYOUT,
    "payout_cancel": ObjectKind.PAYOUT,
}
"""By the type of a line; an adjustment is about a dispute where its source is one."""
_UNDECIDED: Final = (
    stripe.APIConnectionError,
    stripe.APIError,
    stripe.RateLimitError,
    stripe.AuthenticationError,
)
"""Nobody answered, or not with a decision: Stripe may have done it or not. A key of ours that is not valid any more is
the operator's to mend, and says nothing of anybody's account."""
_IN_HAND: Final = 409
"""The same key is being worked on at this moment."""


class StripeGateway:
    """`PaymentGateway` at Stripe, with the platform's key."""

    def __init__(self, key: str, address: str = "") -> None:
        """`address` leads to a stand-in; empty: to Stripe."""
        self._http = stripe.HTTPXClient(timeout=httpx.Timeout(TIMEOUT_SECONDS))
        self._client = stripe.StripeClient(
            key,
            http_client=self._http,
            stripe_version=API_VERSION,
            max_network_retries=0,
            base_addresses={"api": address} if address else {},
        )

    async def close(self) -> None:
        """Give back the connections."""
        await self._http.close_async()  # type: ignore[no-untyped-call]

    async def moves_real_money(self) -> bool:
        return bool((await _answer(self._client.v1.balance.retrieve_async())).livemode)

    async def open_account(self, email: str, key: str) -> GatewayAccount:
        asked: Any = {"type": "standard", "email": email}
        return _account(await _answer(self._client.v1.accounts.create_async(asked, {"idempotency_key": key})))

    async def account_link(self, account: str, return_url: str, refresh_url: str) -> str:
        asked: Any = {
            "account": account,
            "type": "account_onboarding",
            "return_url": return_url,
            "refresh_url": refresh_url,
        }
        return str((await _answer(self._client.v1.account_links.create_async(asked))).url)

    async def create_checkout(self, account: str, request: CheckoutRequest, key: str) -> CheckoutSession:
        reference = {REFERENCE: request.reference}
        asked: Any = {
            "mode": "payment",
            "client_reference_id": request.reference,
            "metadata": reference,
            "success_url": request.success_url,
            "cancel_url": request.cancel_url,
            "expires_at": int(request.expires_at.timestamp()),
            "line_items": [
                {
                    "quantity": 1,
                    "price_data": {
                        "currency": request.amount.currency.lower(),
                        "unit_amount": request.amount.minor,
                        "product_data": {"name": request.description},
                    },
                }
            ],
            "payment_intent_data": {"metadata": reference, "description": request.description},
        }
        if request.application_fee.minor:
            asked["payment_intent_data"]["application_fee_amount"] = request.application_fee.minor
        sessions = self._client.v1.checkout.sessions
        return _checkout(await _answer(sessions.create_async(asked, _in(account, key))))

    async def expire_checkout(self, account: str, checkout_id: str) -> CheckoutSession:
        sessions = self._client.v1.checkout.sessions
        key = f"expire-{checkout_id}"
        return _checkout(await _answer(sessions.expire_async(checkout_id, None, _in(account, key))))

    async def create_refund(
        self, account: str, payment_id: str, amount: Money, *, refund_application_fee: bool, reference: str, key: str
    ) -> GatewayRefund:
        asked: Any = {
            "payment_intent": payment_id,
            "amount": amount.minor,
            "metadata": {REFERENCE: reference},
            "expand": list(_WITH_REFUND),
            **({"refund_application_fee": True} if refund_application_fee else {}),
        }
        return _refund(await _answer(self._client.v1.refunds.create_async(asked, _in(account, key))))

    async def find_refund(self, account: str, payment_id: str, reference: str) -> GatewayRefund | None:
        asked: Any = {
            "payment_intent": payment_id,
            "limit": LINES_A_PAGE,
            "expand": [f"data.{each}" for each in _WITH_REFUND],
        }
        found = await _answer(self._client.v1.refunds.list_async(asked, _in(account)))
        return next((_refund(each) for each in found.data if _reference(each) == reference), None)

    async def fetch_account(self, account: str) -> GatewayAccount:
        return _account(await _answer(self._client.v1.accounts.retrieve_async(account)))

    async def fetch_checkout(self, account: str, checkout_id: str) -> CheckoutSession:
        sessions = self._client.v1.checkout.sessions
        return _checkout(await _answer(sessions.retrieve_async(checkout_id, None, _in(account))))

    async def fetch_payment(self, account: str, payment_id: str) -> GatewayPayment:
        asked: Any = {"expand": ["latest_charge.balance_transaction"]}
        intents = self._client.v1.payment_intents
        return _payment(await _answer(intents.retrieve_async(payment_id, asked, _in(account))))

    async def fetch_refund(self, account: str, refund_id: str) -> GatewayRefund:
        asked: Any = {"expand": list(_WITH_REFUND)}
        return _refund(await _answer(self._client.v1.refunds.retrieve_async(refund_id, asked, _in(account))))

    async def fetch_dispute(self, account: str, dispute_id: str) -> GatewayDispute:
        asked: Any = {"expand": ["payment_intent"]}
        return _dispute(await _answer(self._client.v1.disputes.retrieve_async(dispute_id, asked, _in(account))))

    async def fetch_payout(self, account: str, payout_id: str) -> GatewayPayout:
        return _payout(await _answer(self._client.v1.payouts.retrieve_async(payout_id, None, _in(account))))

    async def balance_lines(
        self, account: str, since: datetime, until: datetime, after: str | None = None
    ) -> BalancePage:
        asked: Any = {
            "expand": ["data.source"],
            "limit": LINES_A_PAGE,
            "created": {"gte": int(since.timestamp()), "lt": int(until.timestamp())},
            **({"starting_after": after} if after else {}),
        }
        found = await _answer(self._client.v1.balance_transactions.list_async(asked, _in(account)))
        lines = [_line(each) for each in found.data]
        return BalancePage(lines=lines, next_after=lines[-1].id if found.has_more and lines else None)


@asynccontextmanager
async def gateway_of(settings: Settings) -> AsyncIterator[PaymentGateway]:
    """The provider that the operator has set up.

    Raises:
        OnlinePaymentsOff: none.
    """
    if settings.stripe_secret_key is None:
        raise OnlinePaymentsOff
    gateway = StripeGateway(settings.stripe_secret_key.get_secret_value(), settings.stripe_address)
    try:
        yield gateway
    finally:
        await gateway.close()


async def _answer(call: Awaitable[Any]) -> Any:
    """Stripe's answer.

    Raises:
        GatewayRefused, GatewayUnreachable
    """
    try:
        return await call
    except stripe.PermissionError as error:
        raise GatewayForbidden(error.code or "account_invalid") from error
    except stripe.StripeError as error:
        in_hand = error.http_status == _IN_HAND
        if in_hand or isinstance(error, _UNDECIDED) or (error.http_status or 0) >= httpx.codes.INTERNAL_SERVER_ERROR:
            raise GatewayUnreachable from error
        raise GatewayRefused(error.code or type(error).__name__) from error


def _in(account: str, key: str | None = None) -> Any:
    """Options of a request in a partner's account."""
    return {"stripe_account": account, **({"idempotency_key": key} if key else {})}


def _moment(seconds: int | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)


def _day(seconds: int) -> date:
    return datetime.fromtimestamp(seconds, UTC).date()


def _reference(found: Any) -> str:
    kept: Mapping[str, str] = found.metadata.to_dict() if found.metadata else {}
    return kept.get(REFERENCE, "")


def _id(reference: Any) -> str | None:
    """Of what Stripe names or, expanded, shows."""
    return reference if reference is None or isinstance(reference, str) else reference.id


def _account(found: Any) -> GatewayAccount:
    wanted = found.requirements.currently_due if found.requirements else None
    return GatewayAccount(
        id=found.id,
        charges_enabled=bool(found.charges_enabled),
        payouts_enabled=bool(found.payouts_enabled),
        currency=(found.default_currency or "").upper(),
        missing=tuple(wanted or ()),
    )


def _checkout(found: Any) -> CheckoutSession:
    if found.status == "open":
        state = CheckoutState.OPEN
    elif found.status == "expired":
        state = CheckoutState.EXPIRED
    else:
        state = CheckoutState.PROCESSING if found.payment_status == "unpaid" else CheckoutState.PAID
    expires_at = present(_moment(found.expires_at), "a page on which one pays always ends")
    return CheckoutSession(
        id=found.id,
        state=state,
        url=found.url,
        payment_id=_id(found.payment_intent),
        reference=found.client_reference_id or "",
        expires_at=expires_at,
    )


def _payment(found: Any) -> GatewayPayment:
    currency, charge = found.currency.upper(), found.latest_charge
    movement = charge.balance_transaction if charge is not None else None
    fees: dict[str, int] = {}
    for each in movement.fee_details if movement is not None else ():
        fees[each.type] = fees.get(each.type, 0) + each.amount
    return GatewayPayment(
        id=found.id,
        state=_PAYMENTS.get(found.status, PaymentState.PENDING),
        amount=Money(found.amount_received, currency),
        refunded=Money(charge.amount_refunded if charge is not None else 0, currency),
        fee=Money(
            sum(amount for kind, amount in fees.items() if kind != "application_fee"),
            currency if movement is None else movement.currency.upper(),
        ),
        application_fee=Money(found.application_fee_amount or 0, currency),
        reference=_reference(found),
        captured_at=_moment(charge.created) if charge is not None and found.status == "succeeded" else None,
    )


def _refund(found: Any) -> GatewayRefund:
    currency = found.currency.upper()
    movements = (found.balance_transaction, getattr(found, "failure_balance_transaction", None))
    fees = (fee for each in movements if each is not None for fee in each.fee_details)
    return GatewayRefund(
        id=found.id,
        payment_id=_id(found.payment_intent) or "",
        amount=Money(found.amount, currency),
        state=_REFUNDS[found.status],
        application_fee=Money(-sum(fee.amount for fee in fees if fee.type == "application_fee"), currency),
        failure_reason=getattr(found, "failure_reason", None) or "",
        reference=_reference(found),
        payment_reference=_reference(found.payment_intent) if found.payment_intent else "",
    )


def _dispute(found: Any) -> GatewayDispute:
    warning = found.status.startswith("warning")
    fee = sum(movement.fee for movement in found.balance_transactions)
    settled_in = next((movement.currency for movement in found.balance_transactions), found.currency)
    return GatewayDispute(
        id=found.id,
        payment_id=_id(found.payment_intent) or "",
        amount=Money(found.amount, found.currency.upper()),
        state=DisputeState.WARNING if warning else _DISPUTES.get(found.status, DisputeState.OPEN),
        reason=found.reason,
        fee=Money(fee, settled_in.upper()),
        reference=_reference(found.payment_intent) if found.payment_intent else "",
    )


def _payout(found: Any) -> GatewayPayout:
    return GatewayPayout(
        id=found.id,
        amount=Money(found.amount, found.currency.upper()),
        state=_PAYOUTS.get(found.status, PayoutState.ON_ITS_WAY),
        arrives_on=_day(found.arrival_date),
        failure_reason=found.failure_code or "",
    )


def _line(found: Any) -> BalanceLine:
    currency, created_at = found.currency.upper(), present(_moment(found.created), "a line has its moment")
    about, about_id = _about(found)
    kept = sum(each.amount for each in found.fee_details if each.type == "application_fee")
    return BalanceLine(
        id=found.id,
        kind=found.type,
        about=about,
        about_id=about_id,
        amount=Money(found.amount, currency),
        fee=Money(found.fee, currency),
        application_fee=Money(kept, currency),
        net=Money(found.net, currency),
        created_at=created_at,
        available_on=_day(found.available_on),
    )


def _about(found: Any) -> tuple[ObjectKind | None, str]:
    """What a line moves money for. Stripe names the charge; we know its payment, which a charge of old may not have."""
    source = found.source
    kind = _LINES.get(found.type)
    if kind is None and getattr(source, "object", "") == "dispute":
        kind = ObjectKind.DISPUTE
    named = getattr(source, "payment_intent", None) if kind is ObjectKind.PAYMENT else source
    return (None, "") if named is None else (kind, _id(named) or "")
