"""Tickets from report to closure. What other areas may use."""

from app.desk.tickets.confirmation.service import ConfirmationService
from app.desk.tickets.counts import unassigned_tickets, unconfirmed_tickets
from app.desk.tickets.decision import apply
from app.desk.tickets.events import TicketChanged, TicketMoved, TicketReported, TicketsReplayed
from app.desk.tickets.labels import UNSENT_NAMES, VISIT_MODE_NAMES, VISIT_OUTCOME_NAMES, VISIT_STATE_NAMES
from app.desk.tickets.lifecycle import (
    MOVE_NAMES,
    OPEN_STATES,
    STATE_NAMES,
    TICKET,
    VISIT,
    ConfirmedBy,
    Move,
    MoveRefused,
    TicketState,
    VisitMode,
    VisitOutcome,
    VisitState,
)
from app.desk.tickets.queries.device_history import DeviceHistoryEvent, DeviceHistoryKind, DeviceHistoryService
from app.desk.tickets.queries.search import SearchResults, SearchService
from app.desk.tickets.queries.tickets import TicketQueries
from app.desk.tickets.row_scope import is_assigned_client, of_visible_ticket
from app.desk.tickets.schemas import (
    Assignment,
    Correction,
    DeskMode,
    DeskResolution,
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
    Unassignment,
    VisitResult,
    VisitView,
    Waiting,
)
from app.desk.tickets.service_reports.schemas import OfflineSigning, ReportSigning, report_facts_hash
from app.desk.tickets.service_reports.service import ServiceReportService
from app.desk.tickets.visibility import visible_to
from app.desk.tickets.visits.access import visit_of_worker
from app.desk.tickets.visits.call_back import call_back_contact
from app.desk.tickets.visits.consent import KIND_NAMES as DATA_HANDLING_NAMES
from app.desk.tickets.visits.consent import ConsentService, DataHandlingCreate
from app.desk.tickets.visits.dispatch import DispatchService, Suggestion, default_visit_window
from app.desk.tickets.visits.field_actions import FieldActions
from app.desk.tickets.visits.goodwill import goodwill_of, missing_for_billing
from app.desk.tickets.visits.photos import PhotoKind, VisitPhotoService
from app.desk.tickets.visits.queries import VisitQueries
from app.desk.tickets.visits.schemas import UnsentAction, VisitDetail, VisitSummary
from app.desk.tickets.visits.unsent_actions import UnsentActions, still_on_phone
from app.desk.tickets.visits.visit_service import VisitService
from app.desk.tickets.workflow.attachments import AttachmentService, may_read_ticket
from app.desk.tickets.workflow.creation import Channel, TicketCreation
from app.desk.tickets.workflow.priority_matrix import PriorityMatrix, PriorityMatrixService
from app.desk.tickets.workflow.workflow import TriageService

__all__ = [
    "DATA_HANDLING_NAMES",
    "MOVE_NAMES",
    "OPEN_STATES",
    "STATE_NAMES",
    "TICKET",
    "UNSENT_NAMES",
    "VISIT",
    "VISIT_MODE_NAMES",
    "VISIT_OUTCOME_NAMES",
    "VISIT_STATE_NAMES",
    "Assignment",
    "AttachmentService",
    "Channel",
    "ConfirmationService",
    "ConfirmedBy",
    "ConsentService",
    "Correction",
    "DataHandlingCreate",
    "DeskMode",
    "DeskResolution",
    "DeviceHistoryEvent",
    "DeviceHistoryKind",
    "DeviceHistoryService",
    "DispatchService",
    "FieldActions",
    "Move",
    "MoveRefused",
    "OfflineSigning",
    "PhotoKind",
    "PriorityMatrix",
    "PriorityMatrixService",
    "Reason",
    "ReportSigning",
    "Resolution",
    "SearchResults",
    "SearchService",
    "ServiceReportService",
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
    "Unassignment",
    "UnsentAction",
    "UnsentActions",
    "VisitDetail",
    "VisitMode",
    "VisitOutcome",
    "VisitPhotoService",
    "VisitQueries",
    "VisitResult",
    "VisitService",
    "VisitState",
    "VisitSummary",
    "VisitView",
    "Waiting",
    "apply",
    "call_back_contact",
    "default_visit_window",
    "goodwill_of",
    "is_assigned_client",
    "may_read_ticket",
    "missing_for_billing",
    "of_visible_ticket",
    "report_facts_hash",
    "still_on_phone",
    "unassigned_tickets",
    "unconfirmed_tickets",
    "visible_to",
    "visit_of_worker",
]
