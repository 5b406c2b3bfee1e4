"""A partner's past: imports of other systems' logs, and exports of our own (T16). What other areas may use."""

from app.history.services.lookup import tickets_called

__all__ = ["tickets_called"]
