"""The payment provider's own books, compared with ours day by day."""
