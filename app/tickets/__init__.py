"""Tickets from report to closure. What other areas may use."""

from app.tickets.calling_back import CallBack, call_back_of
from app.tickets.events import TicketChanged, TicketMoved, TicketReported, TicketsReplayed
from app.tickets.lifecycle import MOVE_NAMES, OPEN_STATES, RULES, STATE_NAMES, Move, MoveRefused, TicketState
from app.tickets.narrowing import of_visible_ticket
from app.tickets.report_schemas import Edition, ReportSigning, ServiceReportView, ShownSigning, report_facts_hash
from app.tickets.schemas import (
    Assignment,
    ClockView,
    Reason,
    Resolution,
    Ticket,
    TicketCreate,
    TicketCreated,
    TicketFilter,
    TicketSummary,
    TimelineEntry,
    Triage,
    VisitView,
    Waiting,
    Words,
)
from app.tickets.services.attachments import AttachmentService, may_read_ticket
from app.tickets.services.confirmation import ConfirmationService, ConfirmedBy
from app.tickets.services.consent import KIND_NAMES as DATA_HANDLING_NAMES
from app.tickets.services.consent import ConsentService, DataHandlingCreate, DataHandlingKind
from app.tickets.services.course import CourseService
from app.tickets.services.device_history import DeviceHistoryService, LifeEvent, LifeKind
from app.tickets.services.dispatch import DispatchService, Suggestion, VisitService, window_from
from app.tickets.services.field_actions import FieldActions
from app.tickets.services.finding import Findings, FindingService, FoundClient, FoundDevice, FoundPerson
from app.tickets.services.hot_line import Call, HotLineService
from app.tickets.services.promising import PriorityMatrix, PromisingService
from app.tickets.services.reading import ReadingService, number_beginning
from app.tickets.services.reporting import Channel, ReportingService
from app.tickets.services.service_reports import ServiceReportService
from app.tickets.services.silence import remind_or_close
from app.tickets.services.unknown_callers import UnknownCallerCreate, UnknownCallers, WaitingCaller
from app.tickets.services.visit_access import visit_of_worker
from app.tickets.services.visit_photos import PhotoKind, VisitPhotoService, may_read_visit
from app.tickets.services.visit_reading import VisitReadingService
from app.tickets.visibility import visible_to
from app.tickets.visit_schemas import DeviceStory, VisitDay, VisitDetail, VisitPhoto, VisitSummary
from app.tickets.words import VISIT_STATE_NAMES

__all__ = [
    "DATA_HANDLING_NAMES",
    "MOVE_NAMES",
    "OPEN_STATES",
    "RULES",
    "STATE_NAMES",
    "VISIT_STATE_NAMES",
    "Assignment",
    "AttachmentService",
    "Call",
    "CallBack",
    "Channel",
    "ClockView",
    "ConfirmationService",
    "ConfirmedBy",
    "ConsentService",
    "CourseService",
    "DataHandlingCreate",
    "DataHandlingKind",
    "DeviceHistoryService",
    "DeviceStory",
    "DispatchService",
    "Edition",
    "FieldActions",
    "FindingService",
    "Findings",
    "FoundClient",
    "FoundDevice",
    "FoundPerson",
    "HotLineService",
    "LifeEvent",
    "LifeKind",
    "Move",
    "MoveRefused",
    "PhotoKind",
    "PriorityMatrix",
    "PromisingService",
    "ReadingService",
    "Reason",
    "ReportSigning",
    "ReportingService",
    "Resolution",
    "ServiceReportService",
    "ServiceReportView",
    "ShownSigning",
    "Suggestion",
    "Ticket",
    "TicketChanged",
    "TicketCreate",
    "TicketCreated",
    "TicketFilter",
    "TicketMoved",
    "TicketReported",
    "TicketState",
    "TicketSummary",
    "TicketsReplayed",
    "TimelineEntry",
    "Triage",
    "UnknownCallerCreate",
    "UnknownCallers",
    "VisitDay",
    "VisitDetail",
    "VisitPhoto",
    "VisitPhotoService",
    "VisitReadingService",
    "VisitService",
    "VisitSummary",
    "VisitView",
    "Waiting",
    "WaitingCaller",
    "Words",
    "call_back_of",
    "may_read_ticket",
    "may_read_visit",
    "number_beginning",
    "of_visible_ticket",
    "remind_or_close",
    "report_facts_hash",
    "visible_to",
    "visit_of_worker",
    "window_from",
]
