"""What people may do with the ledger."""

from rbac import PermissionCode


class LedgerPermission(PermissionCode):
    """Reading the books, closing their months."""

    LEDGER_READ = "ledger:read"
    """See accounts, balances and entries."""
    LEDGER_WRITE = "ledger:write"
    """Close a month."""
