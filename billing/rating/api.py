"""Charges as JSON."""

from typing import Annotated
from uuid import UUID

from litestar import delete, get, post
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter

from app.platform.http.idempotency import idempotent
from app.platform.http.pagination import DEFAULT_LIMIT, MAXIMUM_LIMIT, Page
from app.platform.http.registration import handlers_of
from app.platform.http.request_work import RequestWork
from app.platform.http.web_request import WebRequest
from app.platform.lists.web_interface import api_page, saved_view_api
from billing.rating.listing import CHARGES, UNCHARGED, ChargeState, state_is
from billing.rating.marks import lift, mark
from billing.rating.models import Charge, RatedRecord
from billing.rating.outcomes import Outcome
from billing.rating.permissions import RatingPermission
from billing.rating.requests import charge_rework, rate_again
from billing.rating.schemas import ChargeRow, ChargeView, MarkReason, MarkView, UnchargedRow
from billing.rating.service import Charges
from billing.rating.vocabulary import ChargeCategory, MarkKind

TAGS = ["charges"]
Limit = Annotated[int, QueryParameter(ge=1, le=MAXIMUM_LIMIT)]
_READ, _WRITE = RatingPermission.CHARGE_READ, RatingPermission.CHARGE_WRITE


@get("/charges", permission=_READ, tags=TAGS)
async def list_charges(
    work: RequestWork,
    *,
    client_id: FromQuery[UUID | None] = None,
    ticket_id: FromQuery[UUID | None] = None,
    category: FromQuery[ChargeCategory | None] = None,
    charge_state: Annotated[ChargeState | None, QueryParameter(name="state")] = None,
    cursor: FromQuery[str | None] = None,
    limit: Limit = DEFAULT_LIMIT,
    sort: FromQuery[str] = "",
) -> Page[ChargeRow]:
    """Charges by day, the newest first, or by `sort`. Amounts are minor units."""
    conditions = [
        *([Charge.client_id == client_id] if client_id else []),
        *([Charge.ticket_id == ticket_id] if ticket_id else []),
        *([Charge.category == category] if category else []),
        *([state_is(charge_state)] if charge_state else []),
    ]
    return await api_page(work, CHARGES, conditions=conditions, sort=sort, cursor=cursor, limit=limit)


@get("/charges/{charge_id:uuid}", permission=_READ, tags=TAGS)
async def read_charge(work: RequestWork, charge_id: FromPath[UUID]) -> ChargeView:
    """One charge, with what it follows from."""
    return await Charges(work).get(charge_id)


@get("/charges/{charge_id:uuid}/marks", permission=_READ, tags=TAGS)
async def list_marks(work: RequestWork, charge_id: FromPath[UUID]) -> Page[MarkView]:
    """Whether it was waived or disputed, standing and lifted marks, the newest first, on one page."""
    return Page(await Charges(work).marks(charge_id))


@post("/charges/{charge_id:uuid}/goodwill", permission=_WRITE, tags=TAGS)
@idempotent()
async def waive_charge(
    request: WebRequest, work: RequestWork, charge_id: FromPath[UUID], data: JSONBody[MarkReason]
) -> Page[MarkView]:
    """Waive it: the invoice shows it with nothing to pay."""
    await mark(work, charge_id, MarkKind.GOODWILL, data)
    return Page(await Charges(work).marks(charge_id))


@post("/charges/{charge_id:uuid}/dispute", permission=_WRITE, tags=TAGS)
@idempotent()
async def dispute_charge(
    request: WebRequest, work: RequestWork, charge_id: FromPath[UUID], data: JSONBody[MarkReason]
) -> Page[MarkView]:
    """Keep it off invoices until the dispute is settled."""
    await mark(work, charge_id, MarkKind.DISPUTED, data)
    return Page(await Charges(work).marks(charge_id))


@delete("/charges/{charge_id:uuid}/goodwill", permission=_WRITE, tags=TAGS)
async def end_waiver(work: RequestWork, charge_id: FromPath[UUID]) -> None:
    """Ask for it after all."""
    await lift(work, charge_id, MarkKind.GOODWILL)


@delete("/charges/{charge_id:uuid}/dispute", permission=_WRITE, tags=TAGS)
async def settle_dispute(work: RequestWork, charge_id: FromPath[UUID]) -> None:
    """The dispute is settled: it goes onto invoices again."""
    await lift(work, charge_id, MarkKind.DISPUTED)


@get("/uncharged-work", permission=_READ, tags=TAGS)
async def list_uncharged_work(
    work: RequestWork,
    *,
    client_id: FromQuery[UUID | None] = None,
    outcome: FromQuery[Outcome | None] = None,
    cursor: FromQuery[str | None] = None,
    limit: Limit = DEFAULT_LIMIT,
    sort: FromQuery[str] = "",
) -> Page[UnchargedRow]:
    """Finished visits that made no charge of their own, and why; by day, the newest first, or by `sort`."""
    conditions = [
        *([RatedRecord.client_id == client_id] if client_id else []),
        *([RatedRecord.outcome == outcome] if outcome else []),
    ]
    return await api_page(work, UNCHARGED, conditions=conditions, sort=sort, cursor=cursor, limit=limit)


@post("/tickets/{ticket_id:uuid}/charges", permission=_WRITE, tags=TAGS)
@idempotent()
async def rate_ticket_again(request: WebRequest, work: RequestWork, ticket_id: FromPath[UUID]) -> Page[ChargeRow]:
    """Look at a ticket's work again; its charges, on one page. What has not changed stays as it is."""
    await rate_again(work, ticket_id)
    return Page(await Charges(work).of_ticket(ticket_id))


@post("/uncharged-work/{rated_id:uuid}/charge", permission=_WRITE, tags=TAGS)
@idempotent()
async def charge_rework_after_all(
    request: WebRequest, work: RequestWork, rated_id: FromPath[UUID], data: JSONBody[MarkReason]
) -> Page[ChargeRow]:
    """Charge rework like any other visit; the charges of its ticket, on one page."""
    return Page(await Charges(work).of_ticket(await charge_rework(work, rated_id, data)))


handlers = [*handlers_of(__name__), *saved_view_api(CHARGES, "/charges"), *saved_view_api(UNCHARGED, "/uncharged-work")]
