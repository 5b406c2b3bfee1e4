"""Tickets from report to closure. What other areas may use."""

from app.desk.tickets.call_back import CallBackContact, call_back_contact
from app.desk.tickets.events import TicketChanged, TicketMoved, TicketReported, TicketsReplayed
from app.desk.tickets.labels import VISIT_STATE_NAMES
from app.desk.tickets.lifecycle import (
    MOVE_NAMES,
    OPEN_STATES,
    RULES,
    STATE_NAMES,
    ConfirmedBy,
    Move,
    MoveRefused,
    TicketState,
    VisitState,
)
from app.desk.tickets.report_schemas import (
    OfflineSigning,
    ReportEdition,
    ReportSigning,
    ServiceReportView,
    report_facts_hash,
)
from app.desk.tickets.row_scope import of_visible_ticket
from app.desk.tickets.schemas import (
    Assignment,
    ClockView,
    Reason,
    Resolution,
    TicketCreate,
    TicketCreated,
    TicketFilter,
    TicketMessage,
    TicketSummary,
    TicketView,
    TimelineEntry,
    Triage,
    VisitView,
    Waiting,
)
from app.desk.tickets.services.attachments import AttachmentService, may_read_ticket
from app.desk.tickets.services.auto_close import remind_or_close
from app.desk.tickets.services.confirmation import ConfirmationService
from app.desk.tickets.services.consent import KIND_NAMES as DATA_HANDLING_NAMES
from app.desk.tickets.services.consent import ConsentService, DataHandlingCreate, DataHandlingKind
from app.desk.tickets.services.device_history import DeviceHistoryEvent, DeviceHistoryKind, DeviceHistoryService
from app.desk.tickets.services.dispatch import DispatchService, Suggestion, VisitService, default_visit_window
from app.desk.tickets.services.field_actions import FieldActions
from app.desk.tickets.services.hot_line import Call, HotLineService
from app.desk.tickets.services.priority_matrix import PriorityMatrix, PriorityMatrixService
from app.desk.tickets.services.search import FoundClient, FoundDevice, FoundPerson, SearchResults, SearchService
from app.desk.tickets.services.service_reports import ServiceReportService
from app.desk.tickets.services.ticket_creation import Channel, TicketCreation
from app.desk.tickets.services.ticket_queries import TicketQueries, number_prefix
from app.desk.tickets.services.unknown_callers import UnknownCallerCreate, UnknownCallers, WaitingCaller
from app.desk.tickets.services.visit_access import visit_of_worker
from app.desk.tickets.services.visit_photos import PhotoKind, VisitPhotoService, may_read_visit
from app.desk.tickets.services.visit_queries import VisitQueries
from app.desk.tickets.services.workflow import TriageService
from app.desk.tickets.visibility import visible_to
from app.desk.tickets.visit_schemas import DeviceTicket, VisitDay, VisitDetail, VisitPhoto, VisitSummary

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
    "CallBackContact",
    "Channel",
    "ClockView",
    "ConfirmationService",
    "ConfirmedBy",
    "ConsentService",
    "DataHandlingCreate",
    "DataHandlingKind",
    "DeviceHistoryEvent",
    "DeviceHistoryKind",
    "DeviceHistoryService",
    "DeviceTicket",
    "DispatchService",
    "FieldActions",
    "FoundClient",
    "FoundDevice",
    "FoundPerson",
    "HotLineService",
    "Move",
    "MoveRefused",
    "OfflineSigning",
    "PhotoKind",
    "PriorityMatrix",
    "PriorityMatrixService",
    "Reason",
    "ReportEdition",
    "ReportSigning",
    "Resolution",
    "SearchResults",
    "SearchService",
    "ServiceReportService",
    "ServiceReportView",
    "Suggestion",
    "TicketChanged",
    "TicketCreate",
    "TicketCreated",
    "TicketCreation",
    "TicketFilter",
    "TicketMessage",
    "TicketMoved",
    "TicketQueries",
    "TicketReported",
    "TicketState",
    "TicketSummary",
    "TicketView",
    "TicketsReplayed",
    "TimelineEntry",
    "Triage",
    "TriageService",
    "UnknownCallerCreate",
    "UnknownCallers",
    "VisitDay",
    "VisitDetail",
    "VisitPhoto",
    "VisitPhotoService",
    "VisitQueries",
    "VisitService",
    "VisitState",
    "VisitSummary",
    "VisitView",
    "Waiting",
    "WaitingCaller",
    "call_back_contact",
    "default_visit_window",
    "may_read_ticket",
    "may_read_visit",
    "number_prefix",
    "of_visible_ticket",
    "remind_or_close",
    "report_facts_hash",
    "visible_to",
    "visit_of_worker",
]
