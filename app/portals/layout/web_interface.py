"""What the web process uses; the worker does not load it."""

from app.portals.layout.context import layout_context

__all__ = ["layout_context"]
