"""What other areas may use in the web process; the worker does not load it."""

from app.desk.engineers.record import engineer_record

__all__ = ["engineer_record"]
