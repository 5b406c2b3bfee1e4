"""What other areas may use in the web process; the worker does not load it."""

from tenants.partners.listing import PARTNER_STATE_NAMES, PARTNERS

__all__ = ["PARTNERS", "PARTNER_STATE_NAMES"]
