"""The tickets' JSON API."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Request, get, post
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter

from app.http.idempotency import idempotent
from app.http.pagination import DEFAULT_LIMIT, MAXIMUM_LIMIT, Cursor, Page
from app.http.work import RequestWork
from app.kernel.actor import ActorKind
from app.tickets.lifecycle import TicketState
from app.tickets.schemas import (
    Assignment,
    Reason,
    Resolution,
    Ticket,
    TicketCreate,
    TicketCreated,
    TicketFilter,
    TicketSummary,
    Triage,
    Waiting,
    Words,
)
from app.tickets.services.confirmation import ConfirmationService, ConfirmedBy
from app.tickets.services.course import CourseService
from app.tickets.services.dispatch import DispatchService, Suggestion, VisitService
from app.tickets.services.reading import ReadingService
from app.tickets.services.reporting import Channel, ReportingService
from rbac import Permission

_CHANNELS = {ActorKind.CLIENT: Channel.PORTAL, ActorKind.REPORTER: Channel.EMPLOYEE}


class VisitPlanned(msgspec.Struct, frozen=True):
    """The visit that an assignment made."""

    visit_id: UUID


@post("/tickets", permission=Permission.TICKET_CREATE, tags=["tickets"])
@idempotent()
async def create_ticket(
    request: Request[Any, Any, Any], work: RequestWork, data: JSONBody[TicketCreate]
) -> TicketCreated:
    """Report a fault."""
    return await ReportingService(work).report(data, _CHANNELS.get(work.actor.kind, Channel.API))


@get("/tickets", permission=Permission.TICKET_READ, tags=["tickets"])
async def list_tickets(
    work: RequestWork,
    states: Annotated[list[TicketState] | None, QueryParameter(name="state")] = None,
    priorities: Annotated[list[str] | None, QueryParameter(name="priority")] = None,
    client_id: FromQuery[UUID | None] = None,
    device_id: FromQuery[UUID | None] = None,
    engineer_id: FromQuery[UUID | None] = None,
    number: FromQuery[str] = "",
    open_only: FromQuery[bool] = False,
    cursor: FromQuery[str | None] = None,
    limit: Annotated[int, QueryParameter(ge=1, le=MAXIMUM_LIMIT)] = DEFAULT_LIMIT,
) -> Page[TicketSummary]:
    """The newest tickets, page by page."""
    wanted = TicketFilter(
        states=tuple(states or ()),
        priorities=tuple(priorities or ()),
        client_id=client_id,
        device_id=device_id,
        engineer_id=engineer_id,
        number=number,
        open_only=open_only,
    )
    after = Cursor.decode(cursor) if cursor else None
    found = await ReadingService(work).newest(
        wanted, after=(after.moment, after.id) if after else None, limit=limit + 1
    )
    items, more = found[:limit], len(found) > limit
    last = Cursor(items[-1].reported_at, items[-1].id).encode() if more else None
    return Page(items, last)


@get("/tickets/{ticket_id:uuid}", permission=Permission.TICKET_READ, tags=["tickets"])
async def get_ticket(work: RequestWork, ticket_id: FromPath[UUID]) -> Ticket:
    """One ticket with its clocks, timeline and visits."""
    return await ReadingService(work).ticket(ticket_id)


@post("/tickets/{ticket_id:uuid}/triage", permission=Permission.TICKET_TRIAGE, tags=["tickets"], status_code=200)
async def triage_ticket(work: RequestWork, ticket_id: FromPath[UUID], data: JSONBody[Triage]) -> Ticket:
    """Classify and prioritise."""
    await CourseService(work).triage(ticket_id, data)
    return await ReadingService(work).ticket(ticket_id)


@get("/tickets/{ticket_id:uuid}/suggestions", permission=Permission.TICKET_ASSIGN, tags=["dispatch"])
async def suggest_engineers(
    work: RequestWork, ticket_id: FromPath[UUID], start: FromQuery[datetime], end: FromQuery[datetime]
) -> list[Suggestion]:
    """Engineers for a window, the best fit first."""
    return await DispatchService(work).suggest(ticket_id, start, end)


@post("/tickets/{ticket_id:uuid}/assignments", permission=Permission.TICKET_ASSIGN, tags=["dispatch"])
@idempotent()
async def assign_ticket(
    request: Request[Any, Any, Any], work: RequestWork, ticket_id: FromPath[UUID], data: JSONBody[Assignment]
) -> VisitPlanned:
    """Plan a visit; an earlier open one is called off."""
    return VisitPlanned(await DispatchService(work).assign(ticket_id, data))


@post("/tickets/{ticket_id:uuid}/wait", permission=Permission.TICKET_REPLY, tags=["tickets"], status_code=200)
async def wait_ticket(work: RequestWork, ticket_id: FromPath[UUID], data: JSONBody[Waiting]) -> Ticket:
    """The ticket waits for the client, an approval, a part or a vendor."""
    await CourseService(work).wait(ticket_id, data)
    return await ReadingService(work).ticket(ticket_id)


@post("/tickets/{ticket_id:uuid}/resume", permission=Permission.TICKET_REPLY, tags=["tickets"], status_code=200)
async def resume_ticket(work: RequestWork, ticket_id: FromPath[UUID]) -> Ticket:
    """The waiting is over."""
    await CourseService(work).resume(ticket_id)
    return await ReadingService(work).ticket(ticket_id)


@post("/tickets/{ticket_id:uuid}/resolve", permission=Permission.TICKET_TRIAGE, tags=["tickets"], status_code=200)
async def resolve_ticket(work: RequestWork, ticket_id: FromPath[UUID], data: JSONBody[Resolution]) -> Ticket:
    """Solved by the hot-line without a visit."""
    await VisitService(work).resolve_by_phone(ticket_id, data)
    return await ReadingService(work).ticket(ticket_id)


@post("/tickets/{ticket_id:uuid}/cancel", permission=Permission.TICKET_TRIAGE, tags=["tickets"], status_code=200)
async def cancel_ticket(work: RequestWork, ticket_id: FromPath[UUID], data: JSONBody[Reason]) -> Ticket:
    """Nothing is to be done after all."""
    await CourseService(work).cancel(ticket_id, data)
    return await ReadingService(work).ticket(ticket_id)


@post("/tickets/{ticket_id:uuid}/confirm", permission=Permission.TICKET_READ, tags=["tickets"], status_code=200)
async def confirm_ticket(work: RequestWork, ticket_id: FromPath[UUID]) -> Ticket:
    """The fault is gone: said by the reporter, in the portal, or in a call-back by the partner's staff."""
    ways = {ActorKind.REPORTER: ConfirmedBy.REPORTER, ActorKind.CLIENT: ConfirmedBy.PORTAL}
    await ConfirmationService(work).confirm(ticket_id, ways.get(work.actor.kind, ConfirmedBy.CALL_BACK))
    return await ReadingService(work).ticket(ticket_id)


@post("/tickets/{ticket_id:uuid}/reopen", permission=Permission.TICKET_READ, tags=["tickets"], status_code=200)
async def reopen_ticket(work: RequestWork, ticket_id: FromPath[UUID], data: JSONBody[Reason]) -> Ticket:
    """The fault is still there."""
    await ConfirmationService(work).reopen(ticket_id, data)
    return await ReadingService(work).ticket(ticket_id)


@post("/tickets/{ticket_id:uuid}/replies", permission=Permission.TICKET_REPLY, tags=["tickets"])
@idempotent()
async def reply_to_ticket(
    request: Request[Any, Any, Any], work: RequestWork, ticket_id: FromPath[UUID], data: JSONBody[Words]
) -> Ticket:
    """A public line on the timeline."""
    await CourseService(work).reply(ticket_id, data)
    return await ReadingService(work).ticket(ticket_id)


@post("/tickets/{ticket_id:uuid}/notes", permission=Permission.NOTE_WRITE, tags=["tickets"])
@idempotent()
async def note_on_ticket(
    request: Request[Any, Any, Any], work: RequestWork, ticket_id: FromPath[UUID], data: JSONBody[Words]
) -> Ticket:
    """An internal line, for the partner's staff only."""
    await CourseService(work).add_note(ticket_id, data)
    return await ReadingService(work).ticket(ticket_id)


@post("/visits/{visit_id:uuid}/accept", permission=Permission.TICKET_READ, tags=["visits"], status_code=204)
async def accept_visit(work: RequestWork, visit_id: FromPath[UUID]) -> None:
    """The engineer takes the visit."""
    await VisitService(work).accept(visit_id)


@post("/visits/{visit_id:uuid}/decline", permission=Permission.TICKET_READ, tags=["visits"], status_code=204)
async def decline_visit(work: RequestWork, visit_id: FromPath[UUID], data: JSONBody[Reason]) -> None:
    """The engineer cannot; the ticket goes back to dispatch."""
    await VisitService(work).decline(visit_id, data)


@post("/visits/{visit_id:uuid}/depart", permission=Permission.TICKET_READ, tags=["visits"], status_code=204)
async def depart_for_visit(work: RequestWork, visit_id: FromPath[UUID]) -> None:
    """On the way."""
    await VisitService(work).depart(visit_id)


@post("/visits/{visit_id:uuid}/arrive", permission=Permission.TICKET_READ, tags=["visits"], status_code=204)
async def arrive_at_visit(work: RequestWork, visit_id: FromPath[UUID]) -> None:
    """At the client's."""
    await VisitService(work).arrive(visit_id)


@post("/visits/{visit_id:uuid}/connect", permission=Permission.TICKET_READ, tags=["visits"], status_code=204)
async def connect_for_visit(work: RequestWork, visit_id: FromPath[UUID]) -> None:
    """Working remotely."""
    await VisitService(work).connect(visit_id)


@post("/visits/{visit_id:uuid}/resolve", permission=Permission.TICKET_READ, tags=["visits"], status_code=204)
async def resolve_visit(work: RequestWork, visit_id: FromPath[UUID], data: JSONBody[Resolution]) -> None:
    """The fault is fixed."""
    await VisitService(work).resolve(visit_id, data)


handlers = [
    create_ticket,
    list_tickets,
    get_ticket,
    triage_ticket,
    suggest_engineers,
    assign_ticket,
    wait_ticket,
    resume_ticket,
    resolve_ticket,
    cancel_ticket,
    confirm_ticket,
    reopen_ticket,
    reply_to_ticket,
    note_on_ticket,
    accept_visit,
    decline_visit,
    depart_for_visit,
    arrive_at_visit,
    connect_for_visit,
    resolve_visit,
]
