"""Service levels: calendars, policies, clocks. What other areas may use."""

from app.agreements.sla.calendar import (
    DateException,
    PublicHolidays,
    ServiceCalendar,
    Week,
    Window,
)
from app.agreements.sla.clock import (
    Clock,
    ClockState,
    Interval,
    Phase,
    Target,
    start_clock,
)
from app.agreements.sla.errors import PROBLEM_TEXTS, ClockOutOfOrder, ClockRefused, InvalidDocument, ServiceNeverOpens
from app.agreements.sla.holidays import DayKind, HolidayEntry, HolidayTable
from app.agreements.sla.policy import EscalationStep, SlaPolicyDocument
from app.agreements.sla.problems import DocumentProblem
from app.agreements.sla.service_time import add_service_time, service_seconds_ahead, service_seconds_between
from app.agreements.sla.services import (
    AssignmentService,
    CalendarService,
    EscalationContactService,
    PolicyService,
    provision_service_levels,
)
from app.agreements.sla.starter_templates import CALENDAR_TEMPLATES, POLICY_TEMPLATES
from app.agreements.sla.vocabulary import (
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
    "POLICY_TEMPLATES",
    "PROBLEM_TEXTS",
    "AssignmentService",
    "CalendarService",
    "Clock",
    "ClockOutOfOrder",
    "ClockRefused",
    "ClockState",
    "DateException",
    "DayKind",
    "DocumentProblem",
    "EscalationChannel",
    "EscalationContactService",
    "EscalationStep",
    "HolidayEntry",
    "HolidayTable",
    "Impact",
    "Interval",
    "InvalidDocument",
    "Phase",
    "PolicyService",
    "Priority",
    "PublicHolidays",
    "ServiceCalendar",
    "ServiceNeverOpens",
    "SlaPolicyDocument",
    "Target",
    "TargetKind",
    "TimeBasis",
    "Urgency",
    "WaitReason",
    "Week",
    "Window",
    "add_service_time",
    "provision_service_levels",
    "service_seconds_ahead",
    "service_seconds_between",
    "start_clock",
]
