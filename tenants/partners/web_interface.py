"""What other areas may use in the web process; the worker does not load it."""

from tenants.partners.application_listing import APPLICATION_STATE_NAMES, APPLICATIONS
from tenants.partners.listing import PARTNER_STATE_NAMES, PARTNERS

__all__ = ["APPLICATIONS", "APPLICATION_STATE_NAMES", "PARTNERS", "PARTNER_STATE_NAMES"]
