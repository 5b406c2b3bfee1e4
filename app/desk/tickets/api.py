"""The tickets' JSON API."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec
from litestar import get, post
from litestar.datastructures import UploadFile
from litestar.params import FromPath, FromQuery, JSONBody, MultipartBody, QueryParameter

from app.agreements.sla import Priority
from app.assets.devices import DeviceService
from app.desk.tickets.confirmation.service import ConfirmationService
from app.desk.tickets.lifecycle import ConfirmedBy, TicketState
from app.desk.tickets.links import LINKS_OF_TICKET
from app.desk.tickets.listing import TICKETS
from app.desk.tickets.paging import TicketOrder, page_of_tickets, sorted_page_of_tickets
from app.desk.tickets.queries.device_history import DeviceHistoryEvent, DeviceHistoryService
from app.desk.tickets.queries.search import SearchResults, SearchService
from app.desk.tickets.queries.tickets import TicketQueries
from app.desk.tickets.schemas import (
    Assignment,
    DeskResolution,
    Reason,
    Resolution,
    TicketCreate,
    TicketCreated,
    TicketFilter,
    TicketMessage,
    TicketSummary,
    TicketView,
    Triage,
    Unassignment,
    VisitResult,
    Waiting,
)
from app.desk.tickets.visits.dispatch import DispatchService, Suggestion
from app.desk.tickets.visits.visit_service import VisitService
from app.desk.tickets.workflow.attachments import AttachmentService
from app.desk.tickets.workflow.creation import Channel, TicketCreation
from app.desk.tickets.workflow.priority_matrix import PriorityMatrix, PriorityMatrixService
from app.desk.tickets.workflow.workflow import TriageService
from app.platform.files import FileSummary, file_store_of
from app.platform.files.web_interface import UPLOAD_BODY_LIMIT, inspected_uploads
from app.platform.http.idempotency import idempotent
from app.platform.http.openapi_description import links_to
from app.platform.http.pagination import DEFAULT_LIMIT, MAXIMUM_LIMIT, Page
from app.platform.http.registration import handlers_of
from app.platform.http.request_work import RequestWork, runtime_of
from app.platform.http.web_request import WebRequest
from app.platform.kernel.actor import ActorKind
from app.platform.kernel.text_search import MAX_SEARCH_LENGTH
from app.platform.lists.web_interface import saved_view_api
from rbac import Permission

_VISIT = (
    "GET /visits/{visit_id}",
    "GET /visits/{visit_id}/report",
    *(
        f"POST /visits/{{visit_id}}/{step}"
        for step in ("accept", "decline", "depart", "arrive", "connect", "resolve", "finish", "report", "correct")
    ),
)
_CHANNELS = {ActorKind.CLIENT: Channel.PORTAL, ActorKind.REPORTER: Channel.EMPLOYEE}


class VisitPlanned(msgspec.Struct, frozen=True):
    """The visit that an assignment made."""

    visit_id: UUID


@dataclass
class PhotoForm:
    """A multipart form with one or more files under `photos`."""

    photos: list[UploadFile] = field(default_factory=list)


@post(
    "/tickets",
    permission=Permission.TICKET_CREATE,
    tags=["tickets"],
    links=links_to({"ticket_id": "id"}, *LINKS_OF_TICKET),
)
@idempotent()
async def create_ticket(request: WebRequest, work: RequestWork, data: JSONBody[TicketCreate]) -> TicketCreated:
    """Report a fault."""
    return await TicketCreation(work).create(data, _CHANNELS.get(work.actor.kind, Channel.API))


@get("/tickets", permission=Permission.TICKET_READ, tags=["tickets"])
async def list_tickets(
    work: RequestWork,
    states: Annotated[list[TicketState] | None, QueryParameter(name="state")] = None,
    priorities: Annotated[list[str] | None, QueryParameter(name="priority")] = None,
    client_id: FromQuery[UUID | None] = None,
    device_id: FromQuery[UUID | None] = None,
    engineer_id: FromQuery[UUID | None] = None,
    text: Annotated[str, QueryParameter(name="q", max_length=MAX_SEARCH_LENGTH)] = "",
    number: FromQuery[str] = "",
    open_only: FromQuery[bool] = False,
    due_from: FromQuery[datetime | None] = None,
    due_before: FromQuery[datetime | None] = None,
    order: FromQuery[TicketOrder] = TicketOrder.NEWEST,
    sort: FromQuery[str] = "",
    cursor: FromQuery[str | None] = None,
    limit: Annotated[int, QueryParameter(ge=1, le=MAXIMUM_LIMIT)] = DEFAULT_LIMIT,
) -> Page[TicketSummary]:
    """Tickets page by page: the newest first, or (`order=due`) what is due soonest, or by `sort`: a field such as
    `priority`, `state`, `client_name`, `engineer_name`, `due_at`, `reported_at`, with `-` before it for downwards."""
    wanted = TicketFilter(
        states=tuple(states or ()),
        priorities=tuple(priorities or ()),
        client_id=client_id,
        device_id=device_id,
        engineer_id=engineer_id,
        text=text,
        number=number,
        open_only=open_only,
        due_from=due_from,
        due_before=due_before,
    )
    if sort:
        return await sorted_page_of_tickets(work, wanted, sort, cursor, limit)
    return await page_of_tickets(work, wanted, order, cursor, limit)


@get("/tickets/counts", permission=Permission.TICKET_READ, tags=["tickets"])
async def count_tickets(
    work: RequestWork,
    client_id: FromQuery[UUID | None] = None,
    engineer_id: FromQuery[UUID | None] = None,
    due_from: FromQuery[datetime | None] = None,
    due_before: FromQuery[datetime | None] = None,
) -> dict[str, int]:
    """Number of tickets by state, of those that the caller may see."""
    wanted = TicketFilter(client_id=client_id, engineer_id=engineer_id, due_from=due_from, due_before=due_before)
    return await TicketQueries(work).count_by_state(wanted)


@get("/search", permission=Permission.TICKET_READ, tags=["search"])
async def search(
    work: RequestWork, text: Annotated[str, QueryParameter(name="q", max_length=MAX_SEARCH_LENGTH)]
) -> SearchResults:
    """Search tickets, devices, people and clients by number, name or telephone number."""
    return await SearchService(work).search(text)


@get("/tickets/{ticket_id:uuid}/priorities", permission=Permission.TICKET_READ, tags=["tickets"])
async def read_priorities_of_ticket(work: RequestWork, ticket_id: FromPath[UUID]) -> PriorityMatrix:
    """The priority matrix with each priority's targets, by the policy version of this ticket."""
    return await PriorityMatrixService(work).for_ticket(ticket_id)


@get("/clients/{client_id:uuid}/priorities", permission=Permission.TICKET_READ, tags=["tickets"])
async def read_priorities_of_client(work: RequestWork, client_id: FromPath[UUID]) -> PriorityMatrix:
    """The priority matrix with each priority's targets, by the client's current policy."""
    return await PriorityMatrixService(work).for_client(client_id)


@get("/tickets/{ticket_id:uuid}", permission=Permission.TICKET_READ, tags=["tickets"])
async def get_ticket(work: RequestWork, ticket_id: FromPath[UUID]) -> TicketView:
    """One ticket with its clocks, timeline and visits."""
    return await TicketQueries(work).ticket(ticket_id)


@get("/devices/{device_id:uuid}/history", permission=Permission.TICKET_READ, tags=["devices"])
async def read_device_history(
    request: WebRequest, work: RequestWork, device_id: FromPath[UUID]
) -> list[DeviceHistoryEvent]:
    """A device's history, newest first: tickets, finished visits and changes of its record."""
    return await DeviceHistoryService(work, DeviceService(work, request.app.state.signin)).of(device_id)


@post("/tickets/{ticket_id:uuid}/triage", permission=Permission.TICKET_TRIAGE, tags=["tickets"], status_code=200)
async def triage_ticket(work: RequestWork, ticket_id: FromPath[UUID], data: JSONBody[Triage]) -> TicketView:
    """Classify and prioritise."""
    await TriageService(work).triage(ticket_id, data)
    return await TicketQueries(work).ticket(ticket_id)


@get("/tickets/{ticket_id:uuid}/suggestions", permission=Permission.TICKET_ASSIGN, tags=["dispatch"])
async def suggest_engineers(
    work: RequestWork, ticket_id: FromPath[UUID], start: FromQuery[datetime], end: FromQuery[datetime]
) -> list[Suggestion]:
    """Engineers for a window, the best fit first."""
    return await DispatchService(work).suggest(ticket_id, start, end)


@get("/engineers/ranked", permission=Permission.TICKET_ASSIGN, tags=["dispatch"])
async def rank_engineers(
    work: RequestWork,
    product_category: FromQuery[str],
    priority: FromQuery[Priority],
    start: FromQuery[datetime],
    end: FromQuery[datetime],
) -> list[Suggestion]:
    """Engineers for a fault that is not yet a ticket, the best fit first."""
    return await DispatchService(work).rank(product_category, priority, start, end)


@post(
    "/tickets/{ticket_id:uuid}/assignments",
    permission=Permission.TICKET_ASSIGN,
    tags=["dispatch"],
    links=links_to({"visit_id": "visit_id"}, *_VISIT),
)
@idempotent()
async def assign_ticket(
    request: WebRequest, work: RequestWork, ticket_id: FromPath[UUID], data: JSONBody[Assignment]
) -> VisitPlanned:
    """Plan a visit; an earlier open one is called off."""
    return VisitPlanned(await DispatchService(work).assign(ticket_id, data))


@post("/tickets/{ticket_id:uuid}/unassign", permission=Permission.TICKET_ASSIGN, tags=["dispatch"], status_code=200)
async def unassign_ticket(work: RequestWork, ticket_id: FromPath[UUID], data: JSONBody[Unassignment]) -> TicketView:
    """Call off a visit at which no work has begun; without another one the ticket waits for dispatch again."""
    await DispatchService(work).unassign(ticket_id, data)
    return await TicketQueries(work).ticket(ticket_id)


@post("/tickets/{ticket_id:uuid}/wait", permission=Permission.TICKET_REPLY, tags=["tickets"], status_code=200)
async def wait_ticket(work: RequestWork, ticket_id: FromPath[UUID], data: JSONBody[Waiting]) -> TicketView:
    """The ticket waits for the client, an approval, a part or a vendor."""
    await TriageService(work).wait(ticket_id, data)
    return await TicketQueries(work).ticket(ticket_id)


@post("/tickets/{ticket_id:uuid}/resume", permission=Permission.TICKET_REPLY, tags=["tickets"], status_code=200)
async def resume_ticket(work: RequestWork, ticket_id: FromPath[UUID]) -> TicketView:
    """End the waiting."""
    await TriageService(work).resume(ticket_id)
    return await TicketQueries(work).ticket(ticket_id)


@post("/tickets/{ticket_id:uuid}/resolve", permission=Permission.TICKET_TRIAGE, tags=["tickets"], status_code=200)
async def resolve_ticket(work: RequestWork, ticket_id: FromPath[UUID], data: JSONBody[DeskResolution]) -> TicketView:
    """Solved from the desk by telephone or remotely: leaves a finished visit."""
    await VisitService(work).resolve_from_desk(ticket_id, data)
    return await TicketQueries(work).ticket(ticket_id)


@post("/tickets/{ticket_id:uuid}/cancel", permission=Permission.TICKET_TRIAGE, tags=["tickets"], status_code=200)
async def cancel_ticket(work: RequestWork, ticket_id: FromPath[UUID], data: JSONBody[Reason]) -> TicketView:
    """Cancel the ticket and its open visits."""
    await TriageService(work).cancel(ticket_id, data)
    return await TicketQueries(work).ticket(ticket_id)


@post("/tickets/{ticket_id:uuid}/confirm", permission=Permission.TICKET_READ, tags=["tickets"], status_code=200)
async def confirm_ticket(work: RequestWork, ticket_id: FromPath[UUID]) -> TicketView:
    """The fault is gone: said by the reporter, in the portal, or in a call-back by the partner's staff."""
    ways = {ActorKind.REPORTER: ConfirmedBy.REPORTER, ActorKind.CLIENT: ConfirmedBy.PORTAL}
    await ConfirmationService(work).confirm(ticket_id, ways.get(work.actor.kind, ConfirmedBy.CALL_BACK))
    return await TicketQueries(work).ticket(ticket_id)


@post("/tickets/{ticket_id:uuid}/reopen", permission=Permission.TICKET_READ, tags=["tickets"], status_code=200)
async def reopen_ticket(work: RequestWork, ticket_id: FromPath[UUID], data: JSONBody[Reason]) -> TicketView:
    """The fault is still there."""
    await ConfirmationService(work).reopen(ticket_id, data)
    return await TicketQueries(work).ticket(ticket_id)


@post("/tickets/{ticket_id:uuid}/replies", permission=Permission.TICKET_REPLY, tags=["tickets"])
@idempotent()
async def reply_to_ticket(
    request: WebRequest, work: RequestWork, ticket_id: FromPath[UUID], data: JSONBody[TicketMessage]
) -> TicketView:
    """A public line on the timeline."""
    await TriageService(work).reply(ticket_id, data)
    return await TicketQueries(work).ticket(ticket_id)


@post(
    "/tickets/{ticket_id:uuid}/photos",
    permission=Permission.TICKET_REPLY,
    tags=["tickets"],
    request_max_body_size=UPLOAD_BODY_LIMIT,
)
@idempotent()
async def add_photos(
    request: WebRequest, work: RequestWork, ticket_id: FromPath[UUID], data: MultipartBody[PhotoForm]
) -> list[FileSummary]:
    """Hang photos or documents on the ticket; at most five at once."""
    files = await inspected_uploads(request, data.photos)
    return await AttachmentService(work, file_store_of(runtime_of(request))).attach(ticket_id, files)


@post("/tickets/{ticket_id:uuid}/notes", permission=Permission.NOTE_WRITE, tags=["tickets"])
@idempotent()
async def note_on_ticket(
    request: WebRequest, work: RequestWork, ticket_id: FromPath[UUID], data: JSONBody[TicketMessage]
) -> TicketView:
    """An internal line, for the partner's staff only."""
    await TriageService(work).add_note(ticket_id, data)
    return await TicketQueries(work).ticket(ticket_id)


@post("/visits/{visit_id:uuid}/accept", permission=Permission.TICKET_READ, tags=["visits"], status_code=204)
async def accept_visit(work: RequestWork, visit_id: FromPath[UUID]) -> None:
    """The engineer takes the visit."""
    await VisitService(work).accept(visit_id)


@post("/visits/{visit_id:uuid}/decline", permission=Permission.TICKET_READ, tags=["visits"], status_code=204)
async def decline_visit(work: RequestWork, visit_id: FromPath[UUID], data: JSONBody[Reason]) -> None:
    """The engineer declines the visit; the ticket goes back to dispatch."""
    await VisitService(work).decline(visit_id, data)


@post("/visits/{visit_id:uuid}/depart", permission=Permission.TICKET_READ, tags=["visits"], status_code=204)
async def depart_for_visit(work: RequestWork, visit_id: FromPath[UUID]) -> None:
    """The engineer has set out."""
    await VisitService(work).depart(visit_id)


@post("/visits/{visit_id:uuid}/arrive", permission=Permission.TICKET_READ, tags=["visits"], status_code=204)
async def arrive_at_visit(work: RequestWork, visit_id: FromPath[UUID]) -> None:
    """The engineer has arrived at the site."""
    await VisitService(work).arrive(visit_id)


@post("/visits/{visit_id:uuid}/connect", permission=Permission.TICKET_READ, tags=["visits"], status_code=204)
async def connect_for_visit(work: RequestWork, visit_id: FromPath[UUID]) -> None:
    """The engineer works remotely."""
    await VisitService(work).connect(visit_id)


@post("/visits/{visit_id:uuid}/resolve", permission=Permission.TICKET_READ, tags=["visits"], status_code=204)
async def resolve_visit(work: RequestWork, visit_id: FromPath[UUID], data: JSONBody[Resolution]) -> None:
    """The fault is fixed."""
    await VisitService(work).resolve(visit_id, data)


@post("/visits/{visit_id:uuid}/finish", permission=Permission.TICKET_READ, tags=["visits"], status_code=204)
async def finish_visit(work: RequestWork, visit_id: FromPath[UUID], data: JSONBody[VisitResult]) -> None:
    """The visit is over: the fault is fixed, or another visit is needed, or the ticket waits."""
    await VisitService(work).finish(visit_id, data)


handlers = [*handlers_of(__name__), *saved_view_api(TICKETS, "/tickets")]
