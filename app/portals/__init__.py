"""The pages of several areas, by portal; in `layout` what they share."""
