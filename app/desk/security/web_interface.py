"""What other areas may use in the web process; the worker does not load it."""

from app.desk.security.record import SECURITY_WORDS

__all__ = ["SECURITY_WORDS"]
