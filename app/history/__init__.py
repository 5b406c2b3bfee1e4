"""Imports of tickets from other systems' logs, and exports of a partner's own tickets (T16)."""

from app.history.services.lookup import tickets_called

__all__ = ["tickets_called"]
