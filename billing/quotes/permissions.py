"""What people may do with quotes."""

from rbac import PermissionCode


class QuotePermission(PermissionCode):
    """The company's side of a quote, cost and margin included."""

    QUOTE_READ = "quote:read"
    QUOTE_WRITE = "quote:write"
    """Write quotes, offer them to clients, take them back."""
    QUOTE_DECIDE = "quote:decide"
    """Let a quote go out whose discount or margin is beyond its author's limit."""
    QUOTE_RULE_WRITE = "quote_rule:write"
    """Set the lowest margin and how much discount each role may give."""


class OfferedQuotePermission(PermissionCode):
    """The client's side: quotes as they were offered."""

    OFFERED_QUOTE_READ = "offered_quote:read"
    OFFERED_QUOTE_DECIDE = "offered_quote:decide"
    """Approve or decline for the client, whole or in part."""
