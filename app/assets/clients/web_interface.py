"""What other areas may use in the web process; the worker does not load it."""

from app.assets.clients.record import client_record

__all__ = ["client_record"]
