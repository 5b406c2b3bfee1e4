"""Whether a ticket is covered by the client's contracts, and why (T3)."""

from billing.coverage.schemas import CoverageOverride, CoveragePreview, TicketCoverageView
from billing.coverage.service import CoverageService, coverage_of_ticket

__all__ = ["CoverageOverride", "CoveragePreview", "CoverageService", "TicketCoverageView", "coverage_of_ticket"]
