"""Whether a ticket is covered by the client's contracts, and why (T3).

Asked after the commit that made the ticket, and anew when its category or device is another: the report itself never
waits. `ticket_coverage`, in the client's ring, says what the answer means; `ticket_coverage_reason` is the staff's, one
row for each answer with the contract's version, its line and what was asked. A member may say otherwise with a reason:
that stands until the question is another or somebody asks again. Contracts that come into force later are asked about
open tickets only. The hot-line asks before anything is saved.
"""

from billing.coverage.schemas import CoverageOverride, CoveragePreview, TicketCoverageView
from billing.coverage.service import CoverageService, coverage_of_ticket

__all__ = ["CoverageOverride", "CoveragePreview", "CoverageService", "TicketCoverageView", "coverage_of_ticket"]
