"""What people may do with royalties."""

from rbac import PermissionCode


class RoyaltyPermission(PermissionCode):
    """What partners owe headquarters for their revenue."""

    ROYALTY_ANSWER = "royalty:answer"
    """Agree to the company's own statements, or dispute them (partner)."""
    ROYALTY_READ = "royalty:read"
    """Read statements and invoices: the company's own; at headquarters every partner's, in sums."""
    ROYALTY_WRITE = "royalty:write"
    """Set rates and rules, make and correct statements, invoice, record payments (HQ)."""
