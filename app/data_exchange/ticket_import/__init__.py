"""Imports of tickets from other systems' logs, and exports of a partner's own tickets (T16)."""

from app.data_exchange.ticket_import.services.lookup import tickets_by_former_number

__all__ = ["tickets_by_former_number"]
