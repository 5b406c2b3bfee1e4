"""Payouts in the partner workspace: the list, and one with its line of the bank's. Forms work without script."""

from functools import partial
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath, FromQuery

from app.platform.http.authentication import actor_of
from app.platform.http.request_work import RequestWork
from app.platform.http.web_request import WebRequest
from app.platform.kernel.errors import DomainError
from app.platform.kernel.texts import N_
from app.platform.kernel.unit_of_work import UnitOfWork
from app.platform.lists.web_interface import list_handlers, list_page
from app.platform.web.form_values import FormValues
from app.platform.web.forms import submit
from app.platform.web.records import RecordHead, record_page
from billing.money import minor_text
from billing.payments.pages import MATCHING
from billing.payments.payouts.listing import BASE, PAYOUTS
from billing.payments.payouts.schemas import PayoutLine, PayoutVersion
from billing.payments.payouts.service import Payouts
from billing.payments.payouts.states import PAYOUT_STATE_NAMES, PAYOUT_TONES
from billing.payments.permissions import PaymentPermission

_READ, _WRITE = PaymentPermission.PAYMENT_READ, PaymentPermission.PAYMENT_WRITE
_WORDS: dict[str, Any] = {"state_names": PAYOUT_STATE_NAMES, "state_tones": PAYOUT_TONES, "money": minor_text}


@get(BASE, permission=_READ, include_in_schema=False)
async def payouts_page(request: WebRequest, work: RequestWork) -> Response[Any]:
    """What the payment provider sent, the newest first."""
    return await list_page(request, work, PAYOUTS, "payments/payouts.html", **_WORDS)


@get(f"{BASE}/{{payout_id:uuid}}", permission=_READ, include_in_schema=False)
async def payout_page(
    request: WebRequest, work: RequestWork, payout_id: FromPath[UUID], tab: FromQuery[str] = ""
) -> Response[Any]:
    """One payout, and the line of the bank's that it came with or may have come with."""
    return await _record(request, payout_id, work, tab=tab)


@post(f"{BASE}/{{payout_id:uuid}}/match", permission=_WRITE, include_in_schema=False)
async def match_payout(request: WebRequest, payout_id: FromPath[UUID]) -> Response[Any]:
    """This line is the payout. Whoever goes through waiting lines goes on to the next one."""

    async def act(work: UnitOfWork, form: FormValues) -> str:
        await Payouts(work).match(payout_id, form.read(PayoutLine))
        return MATCHING if form["then"] == "matching" else f"{BASE}/{payout_id}"

    return await submit(request, act, partial(_record, request, payout_id))


@post(f"{BASE}/{{payout_id:uuid}}/release", permission=_WRITE, include_in_schema=False)
async def release_payout(request: WebRequest, payout_id: FromPath[UUID]) -> Response[Any]:
    """It was another line."""

    async def act(work: UnitOfWork, form: FormValues) -> str:
        await Payouts(work).release(payout_id, form.read(PayoutVersion))
        return f"{BASE}/{payout_id}"

    return await submit(request, act, partial(_record, request, payout_id))


async def _record(
    request: WebRequest,
    payout_id: UUID,
    work: UnitOfWork,
    values: FormValues | None = None,
    error: DomainError | None = None,
    tab: str = "",
) -> Response[Any]:
    payouts, actor = Payouts(work), actor_of(request)
    payout = await payouts.get(payout_id)
    head = RecordHead(
        kind="payout",
        id=payout.id,
        title=minor_text(payout.amount, payout.currency),
        number=payout.gateway_payout_id,
        base=f"{BASE}/{payout.id}",
        list_href=BASE,
        list_label=N_("结算款"),
        tab=tab,
    )
    return record_page(
        request,
        "payments/payout.html",
        head,
        error,
        payout=payout,
        line=await payouts.line_of(payout),
        lines=await payouts.lines_for(payout),
        may_write=actor.may(_WRITE) and not actor.read_only,
        values=values or FormValues(),
        **_WORDS,
    )


handlers = [payouts_page, payout_page, match_payout, release_payout, *list_handlers(PAYOUTS)]
