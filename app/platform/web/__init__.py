"""The design system: layouts, components, styles, scripts, and the rendering of pages."""

from app.platform.web.assets import Assets, AssetsNotBuilt
from app.platform.web.rendering import Renderer

__all__ = ["Assets", "AssetsNotBuilt", "Renderer"]
