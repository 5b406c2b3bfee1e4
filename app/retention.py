"""The retention of every table: its rule, or the reason why it has none.

Once a day an event is published in every tenant; workers then apply the rules in small steps.
"""

from datetime import timedelta
from typing import Any, ClassVar, Final
from uuid import UUID

from app.background import Consumers
from app.background.retention import Rule, forget
from app.background.scheduled import retention as retention_of_events
from app.files.tasks import forget_unnamed
from app.http.idempotency import KEPT as ANSWERS_KEPT
from app.http.models import IdempotencyKey
from app.kernel.logs import log
from app.kernel.outbox import DueKind, Event
from app.kernel.runtime import Runtime
from app.kernel.settings import Settings
from app.kernel.work import UnitOfWork
from app.notifications.tasks import retention as retention_of_notices
from app.sla.tasks import retention as retention_of_escalations


def _answers_kept(_: Settings) -> timedelta:
    return ANSWERS_KEPT


RULES: Final[tuple[Rule, ...]] = (
    *retention_of_events,
    *retention_of_notices,
    *retention_of_escalations,
    Rule(IdempotencyKey, IdempotencyKey.created_at, _answers_kept),
)
"""Rows that are deleted when they are old enough."""

OWN_JOBS: Final = {
    "session": "identity.forget_old",
    "account_token": "identity.forget_old",
    "known_attempt": "identity.forget_old",
    "verification_code": "partners.forget_old_codes",
}
"""Tables outside the tenants, cleared by a daily job of their own."""

KEPT: Final = {
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
async def forget_what_is_old(runtime: Runtime, tenant_id: UUID, _event_id: UUID, _payload: dict[str, Any]) -> None:
    """Carry out every rule in one tenant. When it is cut off, the next try goes on with what is left."""
    gone = {rule.model.__tablename__: await forget(runtime, tenant_id, rule) for rule in RULES}
    gone["files without a row"] = await forget_unnamed(runtime, tenant_id)
    _log.info("forgotten", **{name.replace(" ", "_"): count for name, count in gone.items() if count})
