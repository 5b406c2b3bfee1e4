"""The design system: layouts, components, styles, scripts, and the rendering of pages."""
