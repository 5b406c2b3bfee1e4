"""The company's tickets: the list, and one with clocks, public timeline, reports, confirmation and rating."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath, FromQuery, QueryParameter

from app.faces.portal.surroundings import Asked, done, draw
from app.faces.portal.words import AWAITED, TONES, story
from app.faces.promises import look_of
from app.files import store_of
from app.files.transfer import UPLOAD_BODY_LIMIT, safe_files, uploads_of
from app.http.idempotency import new_form_key
from app.http.pagination import DEFAULT_LIMIT
from app.http.work import RequestWork, runtime_of
from app.kernel.errors import DomainError, Invalid
from app.kernel.searching import LONGEST_SEARCH
from app.kernel.texts import N_
from app.kernel.work import UnitOfWork
from app.quality import RatingCreate, SurveyChannel, SurveyService
from app.tickets import (
    STATE_NAMES,
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
from app.tickets.paging import TicketOrder, page_of_tickets
from app.tickets.services.service_reports import ServiceReportService
from app.web.forms import typed_form
from app.web.pages import speaker
from rbac import Permission

LONGEST_MESSAGE = 2_000
LONGEST_REASON = 500
MOST_PHOTOS = 5
Typed = Annotated[str, QueryParameter(name="q", max_length=LONGEST_SEARCH)]
Group = Annotated[str, QueryParameter(name="state", max_length=12)]

GROUPS = {"open": N_("处理中"), "awaited": N_("等我们确认"), "": N_("全部")}
"""The tabs of the list: value of the query parameter `state` → label."""


@get("/portal/tickets", permission=Permission.TICKET_READ, include_in_schema=False)
async def tickets_page(
    request: Asked,
    work: RequestWork,
    text: Typed = "",
    group: Group = "",
    cursor: FromQuery[str | None] = None,
) -> Response[str]:
    """The tickets of the chosen tab, newest first."""
    wanted = TicketFilter(text=text, open_only=group == "open", states=tuple(AWAITED) if group == "awaited" else ())
    found = await page_of_tickets(work, wanted, TicketOrder.NEWEST, cursor, DEFAULT_LIMIT)
    clocks = await ReadingService(work).next_promises([ticket.id for ticket in found.items])
    return await draw(
        request,
        work,
        "portal/tickets.html",
        tickets=found.items,
        next_cursor=found.next_cursor or "",
        promises={ticket_id: look_of(clock) for ticket_id, clock in clocks.items()},
        text=text,
        group=group,
        groups=GROUPS,
        state_names=STATE_NAMES,
        tones=TONES,
    )


@get("/portal/tickets/{ticket_id:uuid}", permission=Permission.TICKET_READ, include_in_schema=False)
async def ticket_page(request: Asked, work: RequestWork, ticket_id: FromPath[UUID]) -> Response[str]:
    """One ticket with its timeline, reports and the forms to answer."""
    return await _drawn(request, work, ticket_id)


async def _drawn(
    request: Asked, work: UnitOfWork, ticket_id: UUID, error: DomainError | None = None, **typed: str
) -> Response[str]:
    ticket = await ReadingService(work).ticket(ticket_id)
    rating = await SurveyService(work).rating(ticket_id)
    reports = ServiceReportService(work, store_of(runtime_of(request)))
    finished = ticket.state in (TicketState.CONFIRMED, TicketState.CLOSED)
    return await draw(
        request,
        work,
        "portal/ticket.html",
        error,
        ticket=ticket,
        promises=[look_of(clock) for clock in ticket.clocks],
        reports=await reports.of_ticket(ticket_id),
        story=story(ticket.timeline, speaker(request)),
        may_confirm=Move.CONFIRM in ticket.moves,
        may_reopen=Move.REOPEN in ticket.moves,
        may_rate=finished and rating is None and not work.actor.read_only,
        rating=rating,
        typed={"words": "", "reason": "", **typed},
        key=new_form_key(),
        most_photos=MOST_PHOTOS,
        longest_message=LONGEST_MESSAGE,
        longest_reason=LONGEST_REASON,
        state_names=STATE_NAMES,
        tones=TONES,
    )


async def _answer(
    request: Asked, ticket_id: UUID, act: Callable[[UnitOfWork], Awaitable[Any]], **typed: str
) -> Response[Any]:
    async def once(work: UnitOfWork) -> str:
        await act(work)
        return f"/portal/tickets/{ticket_id}"

    async def again(work: UnitOfWork, error: DomainError) -> Response[Any]:
        return await _drawn(request, work, ticket_id, error, **typed)

    return await done(request, once, again)


@post("/portal/tickets/{ticket_id:uuid}/confirm", permission=Permission.TICKET_CONFIRM, include_in_schema=False)
async def confirm_ticket(request: Asked, ticket_id: FromPath[UUID]) -> Response[Any]:
    """Confirm that the fault is fixed."""
    return await _answer(
        request, ticket_id, lambda work: ConfirmationService(work).confirm(ticket_id, ConfirmedBy.PORTAL)
    )


@post("/portal/tickets/{ticket_id:uuid}/reopen", permission=Permission.TICKET_CONFIRM, include_in_schema=False)
async def reopen_ticket(request: Asked, ticket_id: FromPath[UUID]) -> Response[Any]:
    """Reopen the ticket with a reason."""
    reason = (await typed_form(request))["reason"].strip()

    async def act(work: UnitOfWork) -> None:
        if not reason or len(reason) > LONGEST_REASON:
            raise Invalid(fields={"reason": N_("请说一下哪里还没好，500 字以内。")})
        await ConfirmationService(work).reopen(ticket_id, Reason(reason))

    return await _answer(request, ticket_id, act, reason=reason)


@post(
    "/portal/tickets/{ticket_id:uuid}/replies",
    permission=Permission.TICKET_REPLY,
    request_max_body_size=UPLOAD_BODY_LIMIT,
    include_in_schema=False,
)
async def reply_to_ticket(request: Asked, ticket_id: FromPath[UUID]) -> Response[Any]:
    """Add a public reply, photos, or both."""
    message, uploads = (await typed_form(request))["words"].strip(), await uploads_of(request, "photos")

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

    return await _answer(request, ticket_id, act, words=message)


@post("/portal/tickets/{ticket_id:uuid}/rating", permission=Permission.TICKET_CONFIRM, include_in_schema=False)
async def rate_ticket(request: Asked, ticket_id: FromPath[UUID]) -> Response[Any]:
    """Rate the service from 1 to 5."""
    score = (await typed_form(request))["score"]

    async def act(work: UnitOfWork) -> None:
        if score not in {"1", "2", "3", "4", "5"}:
            raise Invalid(fields={"score": N_("请点一个表情。")})
        await SurveyService(work).rate(ticket_id, RatingCreate(int(score)), SurveyChannel.PORTAL)

    return await _answer(request, ticket_id, act)


handlers = [tickets_page, ticket_page, confirm_ticket, reopen_ticket, reply_to_ticket, rate_ticket]
