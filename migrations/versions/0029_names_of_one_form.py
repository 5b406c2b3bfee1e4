"""Permissions, topics of events and the problems of imports get their one form; audit entries keep what they say."""

import json
from collections.abc import Mapping

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

PERMISSIONS = {
    "access:ask": "access_grant:request",
    "access:decide": "access_grant:decide",
    "access:override": "access_grant:override",
    "access:read": "access_grant:read",
    "audit:read": "audit_log:read",
    "calendar:write": "service_level:write",
    "history:export": "ticket:export",
    "history:import": "ticket:import",
    "single_sign_on:write": "identity_provider:write",
}

TOPICS = {
    "access.asked": "access_grant.requested",
    "access.moved": "access_grant.moved",
    "access.read": "access_grant.used",
    "clients.client_added": "client.created",
    "clients.client_state_changed": "client.state_changed",
    "clients.employee_state_changed": "employee.state_changed",
    "devices.holder_changed": "device.holder_changed",
    "devices.import_confirmed": "device_import.confirmed",
    "devices.import_finished": "device_import.finished",
    "history.waits": "ticket_import.queued",
    "identity.member_changed": "member.changed",
    "identity.member_joined": "member.joined",
    "notifications.delivery_requested": "delivery.requested",
    "partners.application_approved": "application.approved",
    "partners.listing_changed": "partner.listing_changed",
    "partners.partner_provisioned": "partner.provisioned",
    "partners.partner_state_changed": "partner.state_changed",
    "partners.profile_changed": "tenant.profile_changed",
    "sla.clock_breached": "clock.breached",
    "sla.step_reached": "escalation.step_reached",
    "sla.terms_changed": "service_level.terms_changed",
    "ticket.replayed": "ticket.imported",
    "ticket.report_signed": "service_report.signed",
    "ticket.reported": "ticket.created",
}

PROBLEMS = {
    "history.changed_here": "ticket_import.ticket_modified",
    "history.client_needed": "ticket_import.client_missing",
    "history.columns_missing": "ticket_import.columns_missing",
    "history.known_otherwise": "ticket_import.ticket_differs",
    "history.log_empty": "ticket_import.file_empty",
    "history.log_lost": "ticket_import.file_lost",
    "history.log_refused": "ticket_import.file_unreadable",
    "history.mapping_refused": "ticket_import.mapping_invalid",
    "history.match_refused": "ticket_import.match_refused",
    "history.nothing_to_take": "ticket_import.nothing_to_import",
    "history.nothing_uploaded": "ticket_import.file_missing",
    "history.state_refused": "ticket_import.move_refused",
    "history.unknown_time_zone": "ticket_import.time_zone_unknown",
    "import.nothing_to_do": "device_import.nothing_to_import",
    "import.nothing_uploaded": "device_import.file_missing",
    "import.state_refused": "device_import.move_refused",
    "import.upload_lost": "device_import.file_lost",
    "import_file_bomb": "device_import.file_inflates",
    "import_file_damaged": "device_import.file_damaged",
    "import_file_empty": "device_import.file_empty",
    "import_file_encoding": "device_import.encoding_unknown",
    "import_file_encoding_wrong": "device_import.encoding_wrong",
    "import_file_encrypted": "device_import.file_encrypted",
    "import_file_kind": "device_import.file_type_unknown",
    "import_file_too_large": "device_import.file_too_large",
    "import_heading_missing": "device_import.heading_missing",
    "import_key_heading_missing": "device_import.key_heading_missing",
    "import_too_many_cells": "device_import.too_many_cells",
    "import_too_many_columns": "device_import.too_many_columns",
    "import_too_many_rows": "device_import.too_many_rows",
    "import_too_many_sheets": "device_import.too_many_sheets",
    "not_found": "request.not_found",
    "unavailable": "system.unavailable",
}

_RENAMED = (
    "(SELECT coalesce(jsonb_agg(coalesce(CAST(:names AS jsonb) ->> each.name, each.name) ORDER BY each.place), '[]') "
    "FROM jsonb_array_elements_text({column}) WITH ORDINALITY AS each(name, place))"
)
_ROLES = f"UPDATE role SET permissions = {_RENAMED.format(column='permissions')} WHERE tenant_id = :tenant"
_EVENTS = (
    "UPDATE outbox_event SET topic = CAST(:names AS jsonb) ->> topic "
    "WHERE tenant_id = :tenant AND jsonb_exists(CAST(:names AS jsonb), topic)"
)
_DEVICE_IMPORTS = (
    "UPDATE import_run SET summary = jsonb_set(summary, '{problem}', CAST(:names AS jsonb) -> (summary ->> 'problem')) "
    "WHERE tenant_id = :tenant AND jsonb_exists(CAST(:names AS jsonb), summary ->> 'problem')"
)
_TICKET_IMPORTS = (
    "UPDATE history_import SET problem = jsonb_set(problem, '{code}', CAST(:names AS jsonb) -> (problem ->> 'code')) "
    "WHERE tenant_id = :tenant AND jsonb_exists(CAST(:names AS jsonb), problem ->> 'code')"
)
_OF_ONE_TENANT = ((_ROLES, PERMISSIONS), (_EVENTS, TOPICS), (_DEVICE_IMPORTS, PROBLEMS), (_TICKET_IMPORTS, PROBLEMS))


def upgrade() -> None:
    _rename(back=False)


def downgrade() -> None:
    _rename(back=True)


def _rename(*, back: bool) -> None:
    connection = op.get_bind()
    # Only the signin role has a policy on sessions; their owner is let in for this transaction alone.
    op.execute("ALTER TABLE session NO FORCE ROW LEVEL SECURITY")
    connection.execute(
        sa.text(f"UPDATE session SET scopes = {_RENAMED.format(column='scopes')} WHERE jsonb_typeof(scopes) = 'array'"),
        {"names": _names(PERMISSIONS, back=back)},
    )
    op.execute("ALTER TABLE session FORCE ROW LEVEL SECURITY")
    tenants = connection.execute(sa.text("SELECT id FROM tenant ORDER BY id")).scalars().all()
    for tenant_id in tenants:
        connection.execute(sa.text(f"SET LOCAL app.actor = '{tenant_id}/tenant//'"))
        for statement, names in _OF_ONE_TENANT:
            connection.execute(sa.text(statement), {"tenant": tenant_id, "names": _names(names, back=back)})
    connection.execute(sa.text("SET LOCAL app.actor = ''"))


def _names(names: Mapping[str, str], *, back: bool) -> str:
    return json.dumps({new: old for old, new in names.items()} if back else names)
