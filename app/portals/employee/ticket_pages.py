"""One ticket for its reporter: state, arrival, messages, photos, confirm, reopen, rate."""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath

from app.desk.intake.web_interface import IntakeService
from app.desk.surveys import RatingCreate, SurveyChannel, SurveyService
from app.desk.tickets import (
    OPEN_STATES,
    AttachmentService,
    ConfirmationService,
    ConfirmedBy,
    Move,
    Reason,
    TicketFilter,
    TicketMessage,
    TicketQueries,
    TicketState,
    TriageService,
)
from app.platform.files import file_store_of
from app.platform.files.web_interface import UPLOAD_BODY_LIMIT, inspected_uploads, uploads_of
from app.platform.http.request_work import runtime_of
from app.platform.http.web_request import WebRequest
from app.platform.kernel.errors import DomainError, Invalid
from app.platform.kernel.texts import N_
from app.platform.kernel.unit_of_work import UnitOfWork
from app.platform.web.form_values import FormValues
from app.platform.web.forms import submit
from app.platform.web.pages import translator_of
from app.portals.employee import labels
from app.portals.employee.page_context import render_page, transaction_of
from rbac import Permission

MOST_SHOWN = 50
MOST_PHOTOS = 5
LONGEST_MESSAGE = 2_000
LONGEST_REASON = 500


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
    request: WebRequest, ticket_id: UUID, change: Callable[[UnitOfWork, FormValues], Awaitable[None]]
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

    async def act(work: UnitOfWork, form: FormValues) -> None:
        message, uploads = form["words"].strip(), await uploads_of(request, "photos")
        if not message and not uploads:
            raise Invalid(fields={"words": N_("请写一句话，或者放一张照片。")})
        if len(message) > LONGEST_MESSAGE:
            raise Invalid(fields={"words": N_("太长了，请控制在 2000 字以内。")})
        if message:
            await TriageService(work).reply(ticket_id, TicketMessage(message))
        if uploads:
            files = await inspected_uploads(request, uploads)
            await AttachmentService(work, file_store_of(runtime_of(request))).attach(ticket_id, files)

    return await _submit(request, ticket_id, act)


@post("/tickets/{ticket_id:uuid}/confirm", permission=Permission.TICKET_CONFIRM, include_in_schema=False)
async def confirm(request: WebRequest, ticket_id: FromPath[UUID]) -> Response[Any]:
    """Confirm that the fault is fixed."""

    async def act(work: UnitOfWork, _: FormValues) -> None:
        await ConfirmationService(work).confirm(ticket_id, ConfirmedBy.REPORTER)

    return await _submit(request, ticket_id, act)


@post("/tickets/{ticket_id:uuid}/reopen", permission=Permission.TICKET_CONFIRM, include_in_schema=False)
async def reopen(request: WebRequest, ticket_id: FromPath[UUID]) -> Response[Any]:
    """Reopen the ticket with a reason."""

    async def act(work: UnitOfWork, form: FormValues) -> None:
        reason = form["reason"].strip()
        if not reason or len(reason) > LONGEST_REASON:
            raise Invalid(fields={"reason": N_("请说一下哪里还没好，500 字以内。")})
        await ConfirmationService(work).reopen(ticket_id, Reason(reason))

    return await _submit(request, ticket_id, act)


@post("/tickets/{ticket_id:uuid}/rating", permission=Permission.TICKET_CONFIRM, include_in_schema=False)
async def rate(request: WebRequest, ticket_id: FromPath[UUID]) -> Response[Any]:
    """Rate the service from 1 to 5."""

    async def act(work: UnitOfWork, form: FormValues) -> None:
        if form["score"] not in {"1", "2", "3", "4", "5"}:
            raise Invalid(fields={"score": N_("请点一个表情。")})
        await SurveyService(work).rate(ticket_id, RatingCreate(int(form["score"])), SurveyChannel.EMPLOYEE)

    return await _submit(request, ticket_id, act)


@post("/tickets/{ticket_id:uuid}/rating-words", permission=Permission.TICKET_CONFIRM, include_in_schema=False)
async def add_rating_comment(request: WebRequest, ticket_id: FromPath[UUID]) -> Response[Any]:
    """Add a comment to the rating."""

    async def act(work: UnitOfWork, form: FormValues) -> None:
        await SurveyService(work).add_comment(ticket_id, form["comment"].strip()[:1_000])

    return await _submit(request, ticket_id, act)


handlers = [own_tickets, ticket_page, add_message, confirm, reopen, rate, add_rating_comment]
