"""The pages of several areas, by portal; here what they share."""

from app.faces.shell import shell

__all__ = ["shell"]
