"""What the faces share: which places an actor sees around a page."""

from app.faces.shell import shell

__all__ = ["shell"]
