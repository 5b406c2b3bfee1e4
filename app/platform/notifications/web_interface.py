"""What other areas may use in the web process; the worker does not load it."""

from app.platform.notifications.pages import BELL_SLOT

__all__ = ["BELL_SLOT"]
