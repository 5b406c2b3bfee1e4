"""The retention of every table: its rule, or the reason why it has none.

Once a day an event is published in every tenant; workers then apply the rules in small steps.
"""

from datetime import timedelta
from typing import Any, ClassVar, Final
from uuid import UUID

from app.agreements.sla.tasks import retention as retention_of_escalations
from app.platform.background import Consumers
from app.platform.background.daily_jobs import retention as retention_of_events
from app.platform.background.retention import RetentionRule, delete_expired
from app.platform.files.tasks import delete_unreferenced_files
from app.platform.http.idempotency import ANSWER_LIFETIME
from app.platform.http.models import IdempotencyKey
from app.platform.kernel.logs import log
from app.platform.kernel.outbox import DueKind, Event
from app.platform.kernel.runtime import Runtime
from app.platform.kernel.settings import Settings
from app.platform.kernel.unit_of_work import UnitOfWork
from app.platform.notifications.tasks import retention as retention_of_notices


def _answers_kept(_: Settings) -> timedelta:
    return ANSWER_LIFETIME


RULES: Final[tuple[RetentionRule, ...]] = (
    *retention_of_events,
    *retention_of_notices,
    *retention_of_escalations,
    RetentionRule(IdempotencyKey, IdempotencyKey.created_at, _answers_kept),
)
"""Rows that are deleted when they are old enough."""

CLEARED_BY_JOBS: Final = {
    "session": "identity.remove_expired",
    "account_token": "identity.remove_expired",
    "known_attempt": "identity.remove_expired",
    "verification_code": "partners.remove_expired_codes",
}
"""Tables outside the tenants, cleared by a daily job of their own."""

KEPT_TABLES: Final = {
    "Goes by itself: a row leaves when its work is done, or is overwritten.": (
        *("due_entry", "audit_pending", "counter", "device_pin", "account_recovery_code", "unknown_caller"),
    ),
    "The record of the work itself, for as long as the tenant; erased with it, and a person's data on request.": (
        *("ticket", "ticket_event", "ticket_note", "visit", "service_report", "data_handling_record"),
        *("clock", "clock_interval", "survey_response", "history_ticket", "history_outcome"),
        *("device", "device_change", "device_label", "stored_file"),
        *("corrective_action", "corrective_action_line", "threshold_breach"),
    ),
    "A phone that lay in a drawer may send its action years later, and must be answered as the first time.": (
        "field_action",
    ),
    "Evidence against whoever would deny it: who did what, who agreed to what, who was let in.": (
        *("audit_entry", "audit_link", "audit_anchor", "confidentiality_agreement", "engineer_admission"),
        *(
            "access_grant",
            "personal_data_request",
            "partner_transition",
            "partner_application",
            "partner_authorisation",
        ),
        *("tenant_erasure", "tenant_export", "invitation"),
    ),
    "Where records came from; one row for each list that somebody uploaded.": (
        *("import_run", "import_mapping", "history_import", "history_name"),
    ),
    "Sums, one row for each day, month or ticket.": ("quality_fact", "quality_rollup", "quality_day"),
    "What an organisation is made of: it grows with people and places, not with use.": (
        *("tenant", "tenant_profile", "partner", "partner_territory", "client", "site", "department", "contact"),
        *(
            "employee",
            "engineer",
            "engineer_skill",
            "account",
            "account_subject",
            "account_second_factor",
            "membership",
        ),
        *("reporter", "identity_provider", "role", "team", "team_member", "team_client", "member_client"),
        *("service_category", "product_category", "service_calendar", "service_calendar_version", "sla_policy"),
        *("sla_policy_version", "sla_assignment", "escalation_contact", "quality_threshold"),
    ),
}
"""Why the other tables have no rule."""

consumers = Consumers()
_log: Final = log(__name__)


class DayPassed(Event, frozen=True):
    """The daily retention is to run in this tenant."""

    topic: ClassVar[str] = "retention.day_passed"
    lane: ClassVar[DueKind] = DueKind.OUTBOX_LONG


async def begin(work: UnitOfWork) -> None:
    """The daily job: a worker does the rest."""
    work.publish(DayPassed())


@consumers.on(DayPassed.topic, name="retention.forget", lane=DueKind.OUTBOX_LONG)
async def delete_what_expired(runtime: Runtime, tenant_id: UUID, _event_id: UUID, _payload: dict[str, Any]) -> None:
    """Carry out every rule in one tenant. When it is cut off, the next try goes on with what is left."""
    gone = {rule.model.__tablename__: await delete_expired(runtime, tenant_id, rule) for rule in RULES}
    gone["files without a row"] = await delete_unreferenced_files(runtime, tenant_id)
    _log.info("forgotten", **{name.replace(" ", "_"): count for name, count in gone.items() if count})
