"""Tickets from report to closure. What other areas may use."""

from app.tickets.events import TicketChanged, TicketMoved, TicketReported
from app.tickets.lifecycle import MOVE_NAMES, OPEN_STATES, STATE_NAMES, Move, MoveRefused, TicketState
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
from app.tickets.services.course import CourseService
from app.tickets.services.dispatch import DispatchService, Suggestion, VisitService, window_from
from app.tickets.services.finding import Findings, FindingService, FoundClient, FoundDevice, FoundPerson
from app.tickets.services.hot_line import Call, HotLineService
from app.tickets.services.promising import PriorityMatrix, PromisingService
from app.tickets.services.reading import ReadingService, number_beginning
from app.tickets.services.reporting import Channel, ReportingService
from app.tickets.services.silence import remind_or_close
from app.tickets.visibility import visible_to

__all__ = [
    "MOVE_NAMES",
    "OPEN_STATES",
    "STATE_NAMES",
    "Assignment",
    "AttachmentService",
    "Call",
    "Channel",
    "ClockView",
    "ConfirmationService",
    "ConfirmedBy",
    "CourseService",
    "DispatchService",
    "FindingService",
    "Findings",
    "FoundClient",
    "FoundDevice",
    "FoundPerson",
    "HotLineService",
    "Move",
    "MoveRefused",
    "PriorityMatrix",
    "PromisingService",
    "ReadingService",
    "Reason",
    "ReportingService",
    "Resolution",
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
    "TimelineEntry",
    "Triage",
    "VisitService",
    "VisitView",
    "Waiting",
    "Words",
    "may_read_ticket",
    "number_beginning",
    "remind_or_close",
    "visible_to",
    "window_from",
]
