"""Every table with a client has a row scope rule for staff who are limited to some clients."""

from typing import cast

from sqlalchemy import Table

from app.asgi import API_HANDLERS
from app.platform.kernel.row_scope import row_scopes
from migrations.registry import mapped_classes
from tenants.rls import GLOBAL_TABLES

EXEMPT = {
    "access_grant": "takes access_grant:read, which nobody has who is held to some clients",
    "approval": "takes approval:decide, which nobody has who is held to some clients",
    "audit_entry": "takes audit_log:read, which nobody has who is held to some clients",
    "clock_interval": "is asked for by the clocks of a ticket that is seen",
    "escalation": "is written and read by the platform",
    "ticket_import": "takes ticket:import, which nobody has who is held to some clients",
    "imported_name": "takes ticket:import, which nobody has who is held to some clients",
    "ticket_import_outcome": "takes ticket:import, which nobody has who is held to some clients",
    "identity_provider": "takes identity_provider:write, which nobody has who is held to some clients",
    "billing_profile": "takes invoice:read, which nobody has who is held to some clients",
    "credit_note": "takes invoice:read, which nobody has who is held to some clients",
    "credit_note_document": "takes invoice:read, which nobody has who is held to some clients",
    "credit_note_line": "takes invoice:read, which nobody has who is held to some clients",
    "credit_note_request": "takes invoice:read, which nobody has who is held to some clients",
    "fapiao": "takes invoice:read, which nobody has who is held to some clients",
    "invoice_reminder": "takes invoice:read, which nobody has who is held to some clients",
    "charge_deferral": "takes invoice:read, which nobody has who is held to some clients",
    "invoice": "takes invoice:read, which nobody has who is held to some clients",
    "invoice_department_share": "takes invoice:read, which nobody has who is held to some clients",
    "invoice_document": "takes invoice:read, which nobody has who is held to some clients",
    "invoice_draft": "takes invoice:read, which nobody has who is held to some clients",
    "invoice_draft_line": "takes invoice:read, which nobody has who is held to some clients",
    "invoice_line": "takes invoice:read, which nobody has who is held to some clients",
    "open_item": "takes invoice:read, which nobody has who is held to some clients",
    "invitation": "takes member:read, which nobody has who is held to some clients",
    "ledger_account": "takes ledger:read, which nobody has who is held to some clients",
    "member_client": "takes member:read, which nobody has who is held to some clients",
    "membership": "takes member:read; names and addresses of colleagues are no client's secret",
    "notification": "is read by the member whom it is for",
    "client_erasure": "takes client:erase, which nobody has who is held to some clients",
    "personal_data_request": "takes personal_data:write, which nobody has who is held to some clients",
    "promise": "is handed out by whoever may read the record that it is about",
    "promise_interval": "is handed out by whoever may read the record that the promise is about",
    "stored_file": "is handed out by whoever may read the record that it hangs on (app.asgi.FILE_SUBJECTS)",
    "team_client": "takes member:read, which nobody has who is held to some clients",
}
"""Tables with a client that have no rule of their own, with the reason."""


def test_every_table_that_tells_of_a_client_has_its_rule() -> None:
    assert API_HANDLERS, "importing the application declares every rule"
    for name, model in mapped_classes().items():
        columns = {column.name for column in cast("Table", model.__table__).columns}
        if name in GLOBAL_TABLES or not columns & {"client_id", "ticket_id", "device_id"}:
            continue
        assert (model in row_scopes) != (name in EXEMPT), (
            f"{name}: say with @row_scope_of (app.platform.kernel.row_scope) which of its rows a member of staff sees "
            "who is held to some clients, or say in EXEMPT why no rule is needed"
        )
