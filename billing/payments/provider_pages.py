"""What pages that lead to the payment provider's share."""

from typing import Any, Final

from billing.payments.errors import CheckoutMoveRefused, CheckoutRefused, CheckoutUnanswered, OnlinePaymentsClosed
from billing.payments.states import CHECKOUT_STATE_NAMES, CHECKOUT_STATE_TONES

PROVIDER_ERRORS: Final = (CheckoutMoveRefused, CheckoutRefused, CheckoutUnanswered, OnlinePaymentsClosed)
"""Why nobody can be led on to the provider's page; told on the page from which they came."""
CHECKOUT_WORDING: Final[dict[str, Any]] = {"state_names": CHECKOUT_STATE_NAMES, "state_tones": CHECKOUT_STATE_TONES}
