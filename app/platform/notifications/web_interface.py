"""What pages and JSON handlers of other areas may use; the worker does without it."""

from app.platform.notifications.pages import BELL_SLOT

__all__ = ["BELL_SLOT"]
