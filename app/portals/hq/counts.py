"""What waits behind headquarters' entries of the navigation."""

from tenants.partners import waiting_applications

__all__ = ["waiting_applications"]
