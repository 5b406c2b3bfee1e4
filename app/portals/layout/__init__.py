"""What stands around every page: navigation in groups with what waits, settings, command palette, account, banners."""

from app.portals.layout.context import layout_context
from app.portals.layout.navigation import current_page_of, navigation_of, settings_address

__all__ = ["current_page_of", "layout_context", "navigation_of", "settings_address"]
