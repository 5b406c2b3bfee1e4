"""What other areas may use in the web process; the worker does not load it."""

from billing.coverage.pages import address_of
from billing.coverage.texts import STATE_NAMES, STATE_TONES

__all__ = ["STATE_NAMES", "STATE_TONES", "address_of"]
