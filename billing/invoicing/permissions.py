"""What people may do with invoices."""

from rbac import PermissionCode


class InvoicePermission(PermissionCode):
    """Invoices of the company's clients; a client's people read their own."""

    INVOICE_READ = "invoice:read"
    INVOICE_WRITE = "invoice:write"
    """Make drafts, change and discard them, keep the profiles of buyers and of the company itself."""
    INVOICE_ISSUE = "invoice:issue"
    """Give a draft its number and send it."""
    INVOICE_DECIDE = "invoice:decide"
    """Approve what somebody else wants to invoice above the company's limit, or to credit."""
