"""Use cases of the service levels' settings."""

from app.agreements.sla.services.assignments import AssignmentService
from app.agreements.sla.services.calendars_and_policies import CalendarService, PolicyService
from app.agreements.sla.services.escalation import EscalationContactService
from app.agreements.sla.services.previews import ChangePreview, ClockMove, Outcome, PreviewService, affected_clients
from app.agreements.sla.services.provisioning import provision_service_levels

__all__ = [
    "AssignmentService",
    "CalendarService",
    "ChangePreview",
    "ClockMove",
    "EscalationContactService",
    "Outcome",
    "PolicyService",
    "PreviewService",
    "affected_clients",
    "provision_service_levels",
]
