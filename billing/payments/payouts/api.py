"""Payouts as JSON."""

from typing import Annotated
from uuid import UUID

from litestar import get, post
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter

from app.platform.http.idempotency import idempotent
from app.platform.http.pagination import Page
from app.platform.http.request_work import RequestWork
from app.platform.http.web_request import WebRequest
from app.platform.kernel.text_search import matches_search
from app.platform.lists.web_interface import api_page, saved_view_api
from billing.payments.payouts.listing import PAYOUTS, payout_matches
from billing.payments.payouts.models import Payout
from billing.payments.payouts.schemas import PayoutLine, PayoutVersion, PayoutView
from billing.payments.payouts.service import Payouts
from billing.payments.payouts.states import PayoutState
from billing.payments.permissions import PaymentPermission
from billing.payments.schemas import BankLineView

TAGS = ["payments"]
_READ, _WRITE = PaymentPermission.PAYMENT_READ, PaymentPermission.PAYMENT_WRITE


@get("/payouts", permission=_READ, tags=TAGS)
async def list_payouts(
    work: RequestWork,
    *,
    q: FromQuery[str] = "",
    payout_state: Annotated[PayoutState | None, QueryParameter(name="state")] = None,
    sort: FromQuery[str] = "",
    cursor: FromQuery[str | None] = None,
) -> Page[PayoutView]:
    """What the payment provider sent to the company's bank account, the newest first, or by `sort` (`amount`); none
    for a client's people."""
    conditions = [matches_search(q, payout_matches)] if q else []
    if payout_state is not None:
        conditions.append(Payout.state == payout_state)
    return await api_page(work, PAYOUTS, conditions=conditions, sort=sort, cursor=cursor)


@get("/payouts/{payout_id:uuid}", permission=_READ, tags=TAGS)
async def read_payout(work: RequestWork, payout_id: FromPath[UUID]) -> PayoutView:
    """One payout."""
    return await Payouts(work).get(payout_id)


@get("/payouts/{payout_id:uuid}/suggestions", permission=_READ, tags=TAGS)
async def list_payout_suggestions(work: RequestWork, payout_id: FromPath[UUID]) -> Page[BankLineView]:
    """Lines of bank statements that may be this payout, the likeliest first."""
    payouts = Payouts(work)
    return Page(await payouts.lines_for(await payouts.get(payout_id)))


@post("/payouts/{payout_id:uuid}/match", permission=_WRITE, tags=TAGS)
@idempotent()
async def match_payout(
    request: WebRequest, work: RequestWork, payout_id: FromPath[UUID], data: JSONBody[PayoutLine]
) -> PayoutView:
    """Say with which line of the bank statement it came: the line is done, and nothing is booked twice."""
    return await Payouts(work).match(payout_id, data)


@post("/payouts/{payout_id:uuid}/release", permission=_WRITE, tags=TAGS)
@idempotent()
async def release_payout(
    request: WebRequest, work: RequestWork, payout_id: FromPath[UUID], data: JSONBody[PayoutVersion]
) -> PayoutView:
    """Say that it was another line: this one waits again."""
    return await Payouts(work).release(payout_id, data)


handlers = [
    list_payouts,
    read_payout,
    list_payout_suggestions,
    match_payout,
    release_payout,
    *saved_view_api(PAYOUTS, "/payouts"),
]
