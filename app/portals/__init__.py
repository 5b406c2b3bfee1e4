"""The pages of several areas, by portal; here what they share."""

from app.portals.layout import layout_context

__all__ = ["layout_context"]
