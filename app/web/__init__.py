"""The design system: layouts, components, styles, scripts and how a page is drawn."""

from app.web.assets import Assets, AssetsNotBuilt
from app.web.rendering import Renderer

__all__ = ["Assets", "AssetsNotBuilt", "Renderer"]
