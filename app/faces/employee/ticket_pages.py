"""One ticket for its reporter: state, arrival, messages, photos, confirm, reopen, rate."""

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath

from app.faces.employee import words
from app.faces.employee.surroundings import Asked, draw, told, transaction_of
from app.files import store_of
from app.files.transfer import UPLOAD_BODY_LIMIT, safe_files, uploads_of
from app.http.errors import status_of
from app.http.idempotency import new_form_key, submitted_once
from app.http.work import runtime_of
from app.intake import IntakeService
from app.kernel.errors import DomainError, Invalid, NotFound
from app.kernel.texts import N_
from app.kernel.work import UnitOfWork
from app.quality import RatingCreate, SurveyChannel, SurveyService
from app.tickets import (
    OPEN_STATES,
    AttachmentService,
    ConfirmationService,
    ConfirmedBy,
    CourseService,
    Move,
    ReadingService,
    Reason,
    TicketFilter,
    TicketState,
    Words,
)
from app.web.pages import see_other, speaker
from rbac import Permission

MOST_SHOWN = 50
MOST_PHOTOS = 5
LONGEST_MESSAGE = 2_000
LONGEST_REASON = 500

Act = Callable[[UnitOfWork], Awaitable[None]]


def _address(ticket_id: UUID) -> str:
    return f"/r/tickets/{ticket_id}"


async def _drawn(
    request: Asked, work: UnitOfWork, ticket_id: UUID, error: DomainError | None = None, **typed: str
) -> Response[Any]:
    ticket = await ReadingService(work).ticket(ticket_id)
    rating = await SurveyService(work).rating(ticket_id)
    intake = IntakeService(work)
    translate, arrival = speaker(request), words.arrival_of(ticket, work.now)
    finished = ticket.state in (TicketState.CONFIRMED, TicketState.CLOSED)
    return draw(
        request,
        "employee/ticket.html",
        await intake.surroundings(),
        status=200 if error is None else status_of(error),
        problem=told(request, error),
        errors={name: translate(text) for name, text in (error.fields if error else {}).items()},
        ticket=ticket,
        heading=words.heading(ticket.state, ticket.engineer_name, translate),
        explanation=words.explanation(ticket, arrival, work.now, translate),
        arrival=arrival.at if arrival is not None and arrival.at >= work.now else None,
        engineer_level=words.engineer_line(ticket, translate),
        steps=words.steps(ticket.state),
        story=words.story(ticket, translate, lambda file_id: f"/r/files/{file_id}"),
        may_confirm=Move.CONFIRM in ticket.moves,
        may_reopen=Move.REOPEN in ticket.moves,
        may_rate=finished and rating is None,
        rating=rating,
        follow=await intake.follow_path(ticket_id),
        typed={"words": "", "reason": "", **typed},
        key=new_form_key(),
        most_photos=MOST_PHOTOS,
        longest_message=LONGEST_MESSAGE,
        longest_reason=LONGEST_REASON,
    )


async def _done(request: Asked, ticket_id: UUID, act: Act, **typed: str) -> Response[Any]:
    """Run `act` in a unit of work, once per form key; on a domain error show the submitted values again."""
    try:
        async with transaction_of(request) as work:

            async def submit() -> str:
                await act(work)
                return _address(ticket_id)

            address = await submitted_once(request, work, submit)
    except NotFound:
        raise
    except DomainError as error:
        async with transaction_of(request) as work:
            return await _drawn(request, work, ticket_id, error, **typed)
    return see_other(request, address)


async def _text(request: Asked, name: str) -> str:
    value = (await request.form()).get(name, "")
    return value.strip() if isinstance(value, str) else ""


@get("/tickets", permission=Permission.TICKET_READ, include_in_schema=False)
async def own_tickets(request: Asked) -> Response[Any]:
    """The reporter's own tickets: open ones first, then the newest."""
    async with transaction_of(request) as work:
        return draw(
            request,
            "employee/tickets.html",
            await IntakeService(work).surroundings(),
            tickets=sorted(
                await ReadingService(work).newest(TicketFilter(), limit=MOST_SHOWN),
                key=lambda ticket: ticket.state not in OPEN_STATES,
            ),
            short=words.SHORT,
            tones=words.TONES,
        )


@get("/tickets/{ticket_id:uuid}", permission=Permission.TICKET_READ, include_in_schema=False)
async def ticket_page(request: Asked, ticket_id: FromPath[UUID]) -> Response[Any]:
    """One ticket: what happens now and its timeline."""
    async with transaction_of(request) as work:
        return await _drawn(request, work, ticket_id)


@post(
    "/tickets/{ticket_id:uuid}/messages",
    permission=Permission.TICKET_REPLY,
    request_max_body_size=UPLOAD_BODY_LIMIT,
    include_in_schema=False,
)
async def add_message(request: Asked, ticket_id: FromPath[UUID]) -> Response[Any]:
    """Add a message, photos, or both."""
    message, uploads = await _text(request, "words"), await uploads_of(request, "photos")

    async def act(work: UnitOfWork) -> None:
        if not message and not uploads:
            raise Invalid(fields={"words": N_("请写一句话，或者放一张照片。")})
        if len(message) > LONGEST_MESSAGE:
            raise Invalid(fields={"words": N_("太长了，请控制在 2000 字以内。")})
        if message:
            await CourseService(work).reply(ticket_id, Words(message))
        if uploads:
            files = await safe_files(request, uploads)
            await AttachmentService(work, store_of(runtime_of(request))).attach(ticket_id, files)

    return await _done(request, ticket_id, act, words=message)


@post("/tickets/{ticket_id:uuid}/confirm", permission=Permission.TICKET_CONFIRM, include_in_schema=False)
async def confirm(request: Asked, ticket_id: FromPath[UUID]) -> Response[Any]:
    """Confirm that the fault is fixed."""

    async def act(work: UnitOfWork) -> None:
        await ConfirmationService(work).confirm(ticket_id, ConfirmedBy.REPORTER)

    return await _done(request, ticket_id, act)


@post("/tickets/{ticket_id:uuid}/reopen", permission=Permission.TICKET_CONFIRM, include_in_schema=False)
async def reopen(request: Asked, ticket_id: FromPath[UUID]) -> Response[Any]:
    """Reopen the ticket with a reason."""
    reason = await _text(request, "reason")

    async def act(work: UnitOfWork) -> None:
        if not reason or len(reason) > LONGEST_REASON:
            raise Invalid(fields={"reason": N_("请说一下哪里还没好，500 字以内。")})
        await ConfirmationService(work).reopen(ticket_id, Reason(reason))

    return await _done(request, ticket_id, act, reason=reason)


@post("/tickets/{ticket_id:uuid}/rating", permission=Permission.TICKET_CONFIRM, include_in_schema=False)
async def rate(request: Asked, ticket_id: FromPath[UUID]) -> Response[Any]:
    """Rate the service from 1 to 5."""
    score = await _text(request, "score")

    async def act(work: UnitOfWork) -> None:
        if score not in {"1", "2", "3", "4", "5"}:
            raise Invalid(fields={"score": N_("请点一个表情。")})
        await SurveyService(work).rate(ticket_id, RatingCreate(int(score)), SurveyChannel.EMPLOYEE)

    return await _done(request, ticket_id, act)


@post("/tickets/{ticket_id:uuid}/rating-words", permission=Permission.TICKET_CONFIRM, include_in_schema=False)
async def say_why(request: Asked, ticket_id: FromPath[UUID]) -> Response[Any]:
    """Add a comment to the rating."""
    comment = (await _text(request, "comment"))[:1_000]

    async def act(work: UnitOfWork) -> None:
        await SurveyService(work).add_words(ticket_id, comment)

    return await _done(request, ticket_id, act)


handlers = [own_tickets, ticket_page, add_message, confirm, reopen, rate, say_why]
