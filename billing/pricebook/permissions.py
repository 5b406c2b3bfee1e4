"""What people may do with prices."""

from rbac import PermissionCode


class PriceBookPermission(PermissionCode):
    """The company's own prices, and headquarters' bounds."""

    PRICE_BOOK_READ = "price_book:read"
    PRICE_BOOK_WRITE = "price_book:write"
    """Begin, write, publish and discard versions."""
    STANDARD_PRICE_WRITE = "standard_price:write"
    """Set the network's service products and the bounds of their prices (HQ)."""
