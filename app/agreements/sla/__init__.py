"""Service levels: calendars, policies, terms in force, clocks. What other areas may use."""

from app.agreements.sla.calendar import (
    DateException,
    PublicHolidays,
    ServiceCalendar,
    Week,
    Window,
)
from app.agreements.sla.clock import Clock, ClockState, Phase, Target, start_clock
from app.agreements.sla.clock_rules import PendingTargets
from app.agreements.sla.clock_service import ClockService, TicketReference, clock_of
from app.agreements.sla.errors import PROBLEM_TEXTS, ClockOutOfOrder, ClockRefused, InvalidDocument, ServiceNeverOpens
from app.agreements.sla.events import ClockBreached, StepReached, TermsChanged
from app.agreements.sla.holidays import DayKind, HolidayEntry, HolidayTable
from app.agreements.sla.labels import IMPACT_NAMES, TARGET_NAMES, URGENCY_NAMES, WAIT_NAMES
from app.agreements.sla.policy import EscalationStep, PriorityRule, SlaPolicyDocument
from app.agreements.sla.repository import ledgers, read_clocks
from app.agreements.sla.schemas import AssignmentUpdate
from app.agreements.sla.service_terms import (
    NoServiceTerms,
    ServiceTerms,
    TermsInForce,
    terms_in_force,
    terms_of_versions,
)
from app.agreements.sla.service_time import add_service_time, service_seconds_ahead, service_seconds_between
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
    WaitReason,
)

__all__ = [
    "CALENDAR_TEMPLATES",
    "IMPACT_NAMES",
    "MEASURED_TARGETS",
    "POLICY_TEMPLATES",
    "PROBLEM_TEXTS",
    "TARGET_NAMES",
    "URGENCY_NAMES",
    "WAIT_NAMES",
    "AssignmentService",
    "AssignmentUpdate",
    "CalendarService",
    "Clock",
    "ClockBreached",
    "ClockOutOfOrder",
    "ClockRefused",
    "ClockService",
    "ClockState",
    "DateException",
    "DayKind",
    "EscalationChannel",
    "EscalationContactService",
    "EscalationStep",
    "HolidayEntry",
    "HolidayTable",
    "Impact",
    "InvalidDocument",
    "NoServiceTerms",
    "PendingTargets",
    "Phase",
    "PolicyService",
    "Priority",
    "PriorityRule",
    "PublicHolidays",
    "ServiceCalendar",
    "ServiceNeverOpens",
    "ServiceTerms",
    "SlaPolicyDocument",
    "StepReached",
    "Target",
    "TargetKind",
    "TermsChanged",
    "TermsInForce",
    "TicketReference",
    "TimeBasis",
    "Urgency",
    "WaitReason",
    "Week",
    "Window",
    "add_service_time",
    "affected_clients",
    "clock_of",
    "ledgers",
    "people_of_level",
    "provision_service_levels",
    "read_clocks",
    "service_seconds_ahead",
    "service_seconds_between",
    "start_clock",
    "terms_in_force",
    "terms_of_versions",
]
