"""One ticket for its reporter: state, arrival, messages, photos, confirm, reopen, rate."""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath

from app.desk.intake.web_interface import IntakeService
from app.desk.surveys import SurveyChannel, SurveyService
from app.desk.tickets import (
    OPEN_STATES,
    ConfirmationService,
    ConfirmedBy,
    Move,
    TicketFilter,
    TicketQueries,
    TicketState,
)
from app.platform.files.web_interface import UPLOAD_BODY_LIMIT
from app.platform.http.registration import handlers_of
from app.platform.http.web_request import WebRequest
from app.platform.kernel.errors import DomainError
from app.platform.kernel.unit_of_work import UnitOfWork
from app.platform.web.form_values import FormValues
from app.platform.web.forms import submit
from app.platform.web.pages import translator_of
from app.portals.employee import labels
from app.portals.employee.page_context import render_page, transaction_of
from app.portals.ticket_answers import (
    LONGEST_MESSAGE,
    LONGEST_REASON,
    MOST_PHOTOS,
    take_message,
    take_rating,
    take_reopening,
)
from rbac import Permission

MOST_SHOWN = 50


async def _render(
    request: WebRequest,
    ticket_id: UUID,
    work: UnitOfWork,
    values: FormValues | None = None,
    error: DomainError | None = None,
) -> Response[Any]:
    ticket = await TicketQueries(work).ticket(ticket_id)
    rating = await SurveyService(work).rating(ticket_id)
    intake = IntakeService(work)
    translate, arrival = translator_of(request), labels.arrival_of(ticket, work.now)
    finished = ticket.state in (TicketState.CONFIRMED, TicketState.CLOSED)
    return render_page(
        request,
        "employee/ticket.html",
        await intake.partner_info(),
        error,
        ticket=ticket,
        heading=labels.heading(ticket.state, ticket.engineer_name, translate),
        explanation=labels.explanation(ticket, arrival, work.now, translate),
        arrival=arrival.at if arrival is not None and arrival.at >= work.now else None,
        engineer_level=labels.engineer_level_label(ticket, translate),
        steps=labels.steps(ticket.state),
        timeline_entries=labels.timeline_entries(ticket, translate, lambda file_id: f"/r/files/{file_id}"),
        may_confirm=Move.CONFIRM in ticket.moves,
        may_reopen=Move.REOPEN in ticket.moves,
        may_rate=finished and rating is None,
        rating=rating,
        follow=await intake.follow_path(ticket_id),
        values=values or FormValues(),
        most_photos=MOST_PHOTOS,
        longest_message=LONGEST_MESSAGE,
        longest_reason=LONGEST_REASON,
    )


async def _submit(
    request: WebRequest, ticket_id: UUID, change: Callable[[UnitOfWork, FormValues], Awaitable[Any]]
) -> Response[Any]:
    async def act(work: UnitOfWork, form: FormValues) -> str:
        await change(work, form)
        return f"/r/tickets/{ticket_id}"

    return await submit(request, act, partial(_render, request, ticket_id), begin=transaction_of)


@get("/tickets", permission=Permission.TICKET_READ, include_in_schema=False)
async def own_tickets(request: WebRequest) -> Response[Any]:
    """The reporter's own tickets: open ones first, then the newest."""
    async with transaction_of(request) as work:
        return render_page(
            request,
            "employee/tickets.html",
            await IntakeService(work).partner_info(),
            tickets=sorted(
                await TicketQueries(work).newest(TicketFilter(), limit=MOST_SHOWN),
                key=lambda ticket: ticket.state not in OPEN_STATES,
            ),
            state_labels=labels.STATE_LABELS,
            tones=labels.TONES,
        )


@get("/tickets/{ticket_id:uuid}", permission=Permission.TICKET_READ, include_in_schema=False)
async def ticket_page(request: WebRequest, ticket_id: FromPath[UUID]) -> Response[Any]:
    """One ticket: what happens now and its timeline."""
    async with transaction_of(request) as work:
        return await _render(request, ticket_id, work)


@post(
    "/tickets/{ticket_id:uuid}/messages",
    permission=Permission.TICKET_REPLY,
    request_max_body_size=UPLOAD_BODY_LIMIT,
    include_in_schema=False,
)
async def add_message(request: WebRequest, ticket_id: FromPath[UUID]) -> Response[Any]:
    """Add a message, photos, or both."""
    return await _submit(request, ticket_id, lambda work, form: take_message(request, work, ticket_id, form))


@post("/tickets/{ticket_id:uuid}/confirm", permission=Permission.TICKET_CONFIRM, include_in_schema=False)
async def confirm(request: WebRequest, ticket_id: FromPath[UUID]) -> Response[Any]:
    """Confirm that the fault is fixed."""
    return await _submit(
        request, ticket_id, lambda work, _: ConfirmationService(work).confirm(ticket_id, ConfirmedBy.REPORTER)
    )


@post("/tickets/{ticket_id:uuid}/reopen", permission=Permission.TICKET_CONFIRM, include_in_schema=False)
async def reopen(request: WebRequest, ticket_id: FromPath[UUID]) -> Response[Any]:
    """Reopen the ticket with a reason."""
    return await _submit(request, ticket_id, lambda work, form: take_reopening(work, ticket_id, form))


@post("/tickets/{ticket_id:uuid}/rating", permission=Permission.TICKET_CONFIRM, include_in_schema=False)
async def rate(request: WebRequest, ticket_id: FromPath[UUID]) -> Response[Any]:
    """Rate the service from 1 to 5."""
    return await _submit(
        request, ticket_id, lambda work, form: take_rating(work, ticket_id, form, SurveyChannel.EMPLOYEE)
    )


@post("/tickets/{ticket_id:uuid}/rating-words", permission=Permission.TICKET_CONFIRM, include_in_schema=False)
async def add_rating_comment(request: WebRequest, ticket_id: FromPath[UUID]) -> Response[Any]:
    """Add a comment to the rating."""
    return await _submit(
        request,
        ticket_id,
        lambda work, form: SurveyService(work).add_comment(ticket_id, form["comment"].strip()[:1_000]),
    )


handlers = handlers_of(__name__)
