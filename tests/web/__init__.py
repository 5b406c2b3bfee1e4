"""The design system: rendering, accessibility, size, scripts."""
