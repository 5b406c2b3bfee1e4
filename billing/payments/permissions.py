"""What people may do with payments."""

from rbac import PermissionCode


class PaymentPermission(PermissionCode):
    """Money that comes in, and what it is for."""

    PAYMENT_IMPORT = "payment:import"
    """Bring in what the bank tells."""
    PAYMENT_READ = "payment:read"
    CHECKOUT_WRITE = "checkout:write"
    """Pay what the own company owes."""
    PAYMENT_WRITE = "payment:write"
    """Say whose a payment is and what it is for, and take it back."""


class RefundPermission(PermissionCode):
    """Money that goes back to a client."""

    REFUND_READ = "refund:read"
    """Who asked, why, and what was said to it: no client's business."""
    REFUND_WRITE = "refund:write"
    """Ask for it, and say that it was paid."""
    REFUND_DECIDE = "refund:decide"
