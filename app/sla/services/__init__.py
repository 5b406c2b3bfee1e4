"""Use cases of the service levels' settings."""

from app.sla.services.assignments import AssignmentService
from app.sla.services.documents import CalendarService, PolicyService
from app.sla.services.escalation import EscalationContacts
from app.sla.services.provisioning import provision_service_levels

__all__ = [
    "AssignmentService",
    "CalendarService",
    "EscalationContacts",
    "PolicyService",
    "provision_service_levels",
]
