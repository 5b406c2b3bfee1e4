"""The company's tickets: the list, and one with clocks, public timeline, reports, confirmation and rating."""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Annotated, Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath, FromQuery, QueryParameter

from app.desk.surveys import SurveyChannel, SurveyService
from app.desk.tickets import (
    STATE_NAMES,
    ConfirmationService,
    ConfirmedBy,
    Move,
    ServiceReportService,
    TicketFilter,
    TicketQueries,
    TicketState,
)
from app.desk.tickets.web_interface import TicketOrder, page_of_tickets
from app.platform.files import file_store_of
from app.platform.files.web_interface import UPLOAD_BODY_LIMIT
from app.platform.http.pagination import DEFAULT_LIMIT
from app.platform.http.registration import handlers_of
from app.platform.http.request_work import RequestWork, runtime_of
from app.platform.http.web_request import WebRequest
from app.platform.kernel.errors import DomainError
from app.platform.kernel.text_search import MAX_SEARCH_LENGTH
from app.platform.kernel.texts import N_
from app.platform.kernel.unit_of_work import UnitOfWork
from app.platform.web.form_values import FormValues
from app.platform.web.forms import submit
from app.platform.web.pages import translator_of
from app.portals.client.labels import AWAITING_CONFIRMATION, TONES, timeline_entries
from app.portals.client.page_context import render_page
from app.portals.ticket_answers import (
    LONGEST_MESSAGE,
    LONGEST_REASON,
    MOST_PHOTOS,
    take_message,
    take_rating,
    take_reopening,
)
from billing.coverage import coverage_of_ticket
from rbac import Permission

SearchText = Annotated[str, QueryParameter(name="q", max_length=MAX_SEARCH_LENGTH)]
TicketGroup = Annotated[str, QueryParameter(name="state", max_length=12)]

TICKET_GROUPS = {"open": N_("处理中"), "awaited": N_("等我们确认"), "": N_("全部")}
"""The tabs of the list: value of the query parameter `state` → label."""


@get("/portal/tickets", permission=Permission.TICKET_READ, include_in_schema=False)
async def tickets_page(
    request: WebRequest,
    work: RequestWork,
    text: SearchText = "",
    group: TicketGroup = "",
    cursor: FromQuery[str | None] = None,
) -> Response[str]:
    """The tickets of the chosen tab, newest first."""
    wanted = TicketFilter(
        text=text, open_only=group == "open", states=tuple(AWAITING_CONFIRMATION) if group == "awaited" else ()
    )
    found = await page_of_tickets(work, wanted, TicketOrder.NEWEST, cursor, DEFAULT_LIMIT)
    clocks = await TicketQueries(work).next_promises([ticket.id for ticket in found.items])
    return await render_page(
        request,
        work,
        "client/tickets.html",
        tickets=found.items,
        next_cursor=found.next_cursor or "",
        clocks=clocks,
        text=text,
        group=group,
        groups=TICKET_GROUPS,
        state_names=STATE_NAMES,
        tones=TONES,
    )


@get("/portal/tickets/{ticket_id:uuid}", permission=Permission.TICKET_READ, include_in_schema=False)
async def ticket_page(request: WebRequest, work: RequestWork, ticket_id: FromPath[UUID]) -> Response[str]:
    """One ticket with its timeline, reports and the forms to answer."""
    return await _render(request, ticket_id, work)


async def _render(
    request: WebRequest,
    ticket_id: UUID,
    work: UnitOfWork,
    values: FormValues | None = None,
    error: DomainError | None = None,
) -> Response[str]:
    ticket = await TicketQueries(work).ticket(ticket_id)
    rating = await SurveyService(work).rating(ticket_id)
    reports = ServiceReportService(work, file_store_of(runtime_of(request)))
    finished = ticket.state in (TicketState.CONFIRMED, TicketState.CLOSED)
    return await render_page(
        request,
        work,
        "client/ticket.html",
        error,
        ticket=ticket,
        reports=await reports.of_ticket(ticket_id),
        timeline_entries=timeline_entries(ticket.timeline, translator_of(request)),
        may_confirm=Move.CONFIRM in ticket.moves,
        may_reopen=Move.REOPEN in ticket.moves,
        may_rate=finished and rating is None and not work.actor.read_only,
        rating=rating,
        coverage=await coverage_of_ticket(work, ticket_id),
        values=values or FormValues(),
        most_photos=MOST_PHOTOS,
        longest_message=LONGEST_MESSAGE,
        longest_reason=LONGEST_REASON,
        state_names=STATE_NAMES,
        tones=TONES,
    )


async def _answer(
    request: WebRequest, ticket_id: UUID, change: Callable[[UnitOfWork, FormValues], Awaitable[Any]]
) -> Response[Any]:
    async def act(work: UnitOfWork, form: FormValues) -> str:
        await change(work, form)
        return f"/portal/tickets/{ticket_id}"

    return await submit(request, act, partial(_render, request, ticket_id))


@post("/portal/tickets/{ticket_id:uuid}/confirm", permission=Permission.TICKET_CONFIRM, include_in_schema=False)
async def confirm_ticket(request: WebRequest, ticket_id: FromPath[UUID]) -> Response[Any]:
    """Confirm that the fault is fixed."""
    return await _answer(
        request, ticket_id, lambda work, _: ConfirmationService(work).confirm(ticket_id, ConfirmedBy.PORTAL)
    )


@post("/portal/tickets/{ticket_id:uuid}/reopen", permission=Permission.TICKET_CONFIRM, include_in_schema=False)
async def reopen_ticket(request: WebRequest, ticket_id: FromPath[UUID]) -> Response[Any]:
    """Reopen the ticket with a reason."""
    return await _answer(request, ticket_id, lambda work, form: take_reopening(work, ticket_id, form))


@post(
    "/portal/tickets/{ticket_id:uuid}/replies",
    permission=Permission.TICKET_REPLY,
    request_max_body_size=UPLOAD_BODY_LIMIT,
    include_in_schema=False,
)
async def reply_to_ticket(request: WebRequest, ticket_id: FromPath[UUID]) -> Response[Any]:
    """Add a public reply, photos, or both."""
    return await _answer(request, ticket_id, lambda work, form: take_message(request, work, ticket_id, form))


@post("/portal/tickets/{ticket_id:uuid}/rating", permission=Permission.TICKET_CONFIRM, include_in_schema=False)
async def rate_ticket(request: WebRequest, ticket_id: FromPath[UUID]) -> Response[Any]:
    """Rate the service from 1 to 5."""
    return await _answer(
        request, ticket_id, lambda work, form: take_rating(work, ticket_id, form, SurveyChannel.PORTAL)
    )


handlers = handlers_of(__name__)
