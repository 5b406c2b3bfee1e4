"""Service levels: calendars, policies, terms in force, clocks. What other areas may use."""

from app.agreements.sla.clock_service import ClockService, TicketReference
from app.agreements.sla.errors import PROBLEM_TEXTS
from app.agreements.sla.events import ClockBreached, StepReached, TermsChanged
from app.agreements.sla.labels import IMPACT_NAMES, TARGET_NAMES, URGENCY_NAMES, policy_rows, week_rows
from app.agreements.sla.policy import EscalationStep, PriorityRule, SlaPolicyDocument
from app.agreements.sla.schemas import AssignmentUpdate
from app.agreements.sla.service_terms import (
    NoServiceTerms,
    ServiceTerms,
    TermsInForce,
    terms_in_force,
    terms_of_versions,
)
from app.agreements.sla.services import (
    AssignmentService,
    CalendarService,
    EscalationContactService,
    PolicyService,
    affected_clients,
    provision_service_levels,
)
from app.agreements.sla.services.escalation import people_of_level
from app.agreements.sla.starter_templates import CALENDAR_TEMPLATES, POLICY_TEMPLATES
from app.agreements.sla.vocabulary import (
    MEASURED_TARGETS,
    EscalationChannel,
    Impact,
    Priority,
    TargetKind,
    TimeBasis,
    Urgency,
)

__all__ = [
    "CALENDAR_TEMPLATES",
    "IMPACT_NAMES",
    "MEASURED_TARGETS",
    "POLICY_TEMPLATES",
    "PROBLEM_TEXTS",
    "TARGET_NAMES",
    "URGENCY_NAMES",
    "AssignmentService",
    "AssignmentUpdate",
    "CalendarService",
    "ClockBreached",
    "ClockService",
    "EscalationChannel",
    "EscalationContactService",
    "EscalationStep",
    "Impact",
    "NoServiceTerms",
    "PolicyService",
    "Priority",
    "PriorityRule",
    "ServiceTerms",
    "SlaPolicyDocument",
    "StepReached",
    "TargetKind",
    "TermsChanged",
    "TermsInForce",
    "TicketReference",
    "TimeBasis",
    "Urgency",
    "affected_clients",
    "people_of_level",
    "policy_rows",
    "provision_service_levels",
    "terms_in_force",
    "terms_of_versions",
    "week_rows",
]
