"""Exemptions from the check of statements, each with its reason."""

ACROSS_TENANTS = {
    ("yinghuo_sweeper", "due_entry"): "which tenant has what due: the one question asked across tenants",
    ("yinghuo_sweeper", "audit_pending"): "which tenant has entries to be linked: its id and nothing else",
    ("yinghuo_network", "quality_rollup"): "headquarters compares its partners by their monthly sums",
    ("yinghuo_network", "quality_day"): "the same by the day",
    ("yinghuo_network", "books_check"): "operators are told in how many places books differ: a sum and nothing else",
    ("yinghuo_network", "finance_fact"): "headquarters sums up what its partners billed and were paid",
    (
        "yinghuo_network",
        "plan_subscription",
    ): "headquarters sees each partner's plan, and its use in numbers",
    ("yinghuo_network", "royalty_fact"): "headquarters states what its partners owe for their revenue",
    ("yinghuo_signin", "gateway_connection"): "whose account the payment provider's news are about",
    ("yinghuo_signin", "membership"): "a person's companies, asked before anybody is known",
    ("yinghuo_signin", "reporter"): "the holder that a session names, found in the same statement as the session",
    ("yinghuo_signin", "client"): "whether the client of whoever calls is in use, found in the same statement",
    ("yinghuo_signin", "role"): "the own roles of the session's member, found in the same statement",
    ("yinghuo_signin", "team_member"): "the teams of the session's member, found in the same statement",
    ("yinghuo_signin", "team_client"): "the clients of those teams, found in the same statement",
    ("yinghuo_signin", "member_client"): "the clients of the session's member, found in the same statement",
}
"""(role, table) pairs whose reads need not name one tenant. Nothing is locked or written that way."""

FILTERED_BY_PATTERN = {
    "client": "a partner has hundreds of clients; any part of a name may be asked for",
    "employee": "any part of a name or number, of the people that a caller may be",
    "membership": "a company's own people, and the few that it invites of each client",
    "reporter": "a person's name in the audit log: asked by owners now and then, over some thousands of short rows",
    "partner_application": "companies that wish to join: some hundreds, before headquarters' own eyes only",
    "partner": "the network's partners, some hundreds",
    "price_book_line": "the prices of one version, some hundreds, found by its key",
}
"""Tables whose rows may be filtered by LIKE, lower(), @@ or @>: small inside the tenant, so that no index is missed.

These operators are not leakproof: under row-level security the application's role never gets them as a condition of an
index, whatever index there is.
"""

SEARCHED = {
    "ticket": {"number", "subject", "contact_name", "contact_phone"},
    "device": {"number", "serial_number", "brand", "model", "ip_address", "mac_address", "host_name"},
    "contact": {"name", "phone"},
    "engineer": {"display_name", "phone"},
    "contract": {"number", "former_number", "title"},
    "addon": {"code", "name"},
    "addon_order": {"number", "name"},
    "quote": {"number", "title"},
    "charge": {"name"},
    "invoice": {"number", "buyer_title"},
    "fapiao": {"invoice_number", "buyer_title", "number"},
    "payment": {"number", "payer_name", "text"},
    "service_credit": {"ticket_number", "contract_number"},
    "royalty_statement": {"number", "partner_name"},
    "royalty_invoice": {"number", "partner_name"},
    "corrective_action": {"number", "partner_name", "owner_name"},
    "recovery_case": {"number", "client_name", "wanted"},
    "insurance_policy": {"number", "name", "client_name"},
    "bank_line": {"payer_name", "payer_account", "text", "reference"},
    "payout": {"gateway_payout_id"},
    "reconciliation_finding": {"subject_id"},
}
"""Columns that the box of a list searches by reading all of a tenant's rows (docs/adr, "A search reads the tenant's own
records"): short ones, and tests/plans says what it costs. Any other column of these tables is not."""

IMMUTABLE = frozenset({"lower", "upper", "length", "lpad", "trim", "abs", "replace"})
"""Functions that may stand in SET: shards compute the same from the same."""
