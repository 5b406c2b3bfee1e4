"""Use cases of the service levels' settings."""

from app.sla.services.assignments import AssignmentService
from app.sla.services.documents import CalendarService, PolicyService
from app.sla.services.effects import ClockMove, EffectService, Outcome, TermsEffect, concerned
from app.sla.services.escalation import EscalationContacts
from app.sla.services.provisioning import provision_service_levels

__all__ = [
    "AssignmentService",
    "CalendarService",
    "ClockMove",
    "EffectService",
    "EscalationContacts",
    "Outcome",
    "PolicyService",
    "TermsEffect",
    "concerned",
    "provision_service_levels",
]
