"""What Stripe tells its endpoint: read only when it is signed."""

from typing import Any, Final

import msgspec
import stripe

from billing.gateway.port import ObjectKind
from billing.gateway.schemas import ToldEvent

TOLERANCE_SECONDS: Final = 300
"""An older signature may be somebody's who has listened."""

_KINDS: Final = {
    "account.": ObjectKind.ACCOUNT,
    "checkout.session.": ObjectKind.CHECKOUT,
    "payment_intent.": ObjectKind.PAYMENT,
    "refund.": ObjectKind.REFUND,
    "charge.dispute.": ObjectKind.DISPUTE,
    "payout.": ObjectKind.PAYOUT,
}
"""By the beginning of an event's type."""
_DEAUTHORIZED: Final = "account.application.deauthorized"
"""The company has removed the platform at Stripe's; the event's object is the platform."""
_OBJECTS: Final = {
    ObjectKind.ACCOUNT: "account",
    ObjectKind.CHECKOUT: "checkout.session",
    ObjectKind.PAYMENT: "payment_intent",
    ObjectKind.REFUND: "refund",
    ObjectKind.DISPUTE: "dispute",
    ObjectKind.PAYOUT: "payout",
}


class NotSigned(Exception):
    """Not from Stripe, changed on the way, or too old."""


def told_event(body: bytes, signature: str, secret: str) -> ToldEvent | None:
    """The event; None for one that nothing here follows from.

    Raises:
        NotSigned: Stripe has not signed this, or not in the last five minutes.
    """
    try:
        stripe.Webhook.construct_event(body, signature, secret, TOLERANCE_SECONDS)
        told: dict[str, Any] = msgspec.json.decode(body)
    except (stripe.SignatureVerificationError, ValueError) as error:
        raise NotSigned from error
    if told.get("type") == _DEAUTHORIZED and "account" in told:
        return ToldEvent(told["id"], told["account"], told["type"], ObjectKind.ACCOUNT, told["account"])
    kind = next((kind for beginning, kind in _KINDS.items() if str(told.get("type", "")).startswith(beginning)), None)
    changed = told.get("data", {}).get("object", {})
    if kind is None or "account" not in told or changed.get("object") != _OBJECTS[kind]:
        return None
    return ToldEvent(told["id"], told["account"], told["type"], kind, changed["id"])
