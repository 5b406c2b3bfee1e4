"""Charges in the partner workspace: the lists, one charge with the ways back and forward, a ticket's charges. Forms
work without script."""

from functools import partial
from typing import Any, Final
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath, FromQuery

from app.desk.tickets.web_interface import ticket_record
from app.platform.http.authentication import actor_of
from app.platform.http.registration import handlers_of
from app.platform.http.request_work import RequestWork
from app.platform.http.web_request import WebRequest
from app.platform.kernel.errors import DomainError, NotFound
from app.platform.kernel.texts import N_
from app.platform.kernel.unit_of_work import UnitOfWork
from app.platform.lists.web_interface import list_handlers, list_page
from app.platform.web.form_fields import fields_of
from app.platform.web.form_values import FormValues
from app.platform.web.forms import render_form, submit
from app.platform.web.records import RecordHead, record_page
from billing.money import minor_text, price_text
from billing.rating.listing import (
    BASE,
    CHARGES,
    STATE_NAMES,
    UNCHARGED,
    UNCHARGED_BASE,
    amount_of,
    state_of,
)
from billing.rating.marks import lift, mark
from billing.rating.outcomes import OUTCOME_NAMES, REASON_TEXTS
from billing.rating.permissions import RatingPermission
from billing.rating.requests import charge_rework, rate_again
from billing.rating.schemas import MarkReason
from billing.rating.service import Charges
from billing.rating.vocabulary import CATEGORY_NAMES, MARK_NAMES, UNIT_NAMES, MarkKind

_READ, _WRITE = RatingPermission.CHARGE_READ, RatingPermission.CHARGE_WRITE
STATE_TONES: Final = {
    "unbilled": "active",
    "billed": "good",
    "disputed": "bad",
    "goodwill": "neutral",
    "reversed": "neutral",
}
OUTCOME_TONES: Final = {"unrated": "waiting", "charged": "good", "quoted": "good"}


def _words() -> dict[str, Any]:
    return {
        "base": BASE,
        "price": price_text,
        "amount_of": amount_of,
        "state_of": state_of,
        "state_names": STATE_NAMES,
        "state_tones": STATE_TONES,
        "category_names": CATEGORY_NAMES,
        "unit_names": UNIT_NAMES,
        "outcome_names": OUTCOME_NAMES,
        "outcome_tones": OUTCOME_TONES,
        "reason_texts": REASON_TEXTS,
    }


@get(BASE, permission=_READ, include_in_schema=False)
async def charges_page(request: WebRequest, work: RequestWork) -> Response[Any]:
    """All charges."""
    return await list_page(request, work, CHARGES, "rating/charges.html", uncharged_base=UNCHARGED_BASE, **_words())


@get(UNCHARGED_BASE, permission=_READ, include_in_schema=False)
async def uncharged_page(request: WebRequest, work: RequestWork) -> Response[Any]:
    """Finished visits that made no charge, and why."""
    return await list_page(request, work, UNCHARGED, "rating/uncharged.html", **_words())


@get(f"{BASE}/{{charge_id:uuid}}", permission=_READ, include_in_schema=False)
async def charge_page(
    request: WebRequest, work: RequestWork, charge_id: FromPath[UUID], tab: FromQuery[str] = ""
) -> Response[Any]:
    """One charge: what it is for, where it comes from, where it went."""
    charges = Charges(work)
    charge, row = await charges.get(charge_id), await charges.row(charge_id)
    marks = await charges.marks(charge_id)
    standing = {each.kind for each in marks if each.lifted_at is None}
    actor = actor_of(request)
    record = RecordHead(
        kind="charge",
        id=charge.id,
        title=charge.name,
        base=f"{BASE}/{charge.id}",
        list_href=BASE,
        list_label=N_("费用"),
        tab=tab,
    )
    return record_page(
        request,
        "rating/charge.html",
        record,
        charge=charge,
        row=row,
        amount=minor_text(charge.amount, charge.currency),
        marks=marks,
        mark_names=MARK_NAMES,
        standing=standing,
        place=await charges.place(charge_id),
        taken_back_by=await charges.taken_back_by(charge_id),
        others=await charges.others_of_source(charge),
        quote_id=await charges.quote_of(charge),
        may_write=actor.may(_WRITE) and not actor.read_only,
        **_words(),
    )


@get(f"{BASE}/{{charge_id:uuid}}/{{kind:str}}", permission=_WRITE, include_in_schema=False)
async def mark_page(
    request: WebRequest, work: RequestWork, charge_id: FromPath[UUID], kind: FromPath[str]
) -> Response[Any]:
    """Why it is waived or disputed."""
    return await _mark_form(request, charge_id, _kind(kind), work, FormValues())


@post(f"{BASE}/{{charge_id:uuid}}/{{kind:str}}", permission=_WRITE, include_in_schema=False)
async def mark_charge(request: WebRequest, charge_id: FromPath[UUID], kind: FromPath[str]) -> Response[Any]:
    """Waive it, or mark it as disputed."""
    marked = _kind(kind)

    async def act(work: UnitOfWork, form: FormValues) -> str:
        await mark(work, charge_id, marked, form.read(MarkReason))
        return f"{BASE}/{charge_id}"

    return await submit(request, act, partial(_mark_form, request, charge_id, marked))


@post(f"{BASE}/{{charge_id:uuid}}/{{kind:str}}/lift", permission=_WRITE, include_in_schema=False)
async def lift_mark(request: WebRequest, charge_id: FromPath[UUID], kind: FromPath[str]) -> Response[Any]:
    """Take the mark away."""
    marked = _kind(kind)

    async def act(work: UnitOfWork, _: FormValues) -> str:
        await lift(work, charge_id, marked)
        return f"{BASE}/{charge_id}"

    return await submit(request, act)


@get("/workspace/tickets/{ticket_id:uuid}/charges", permission=_READ, include_in_schema=False)
async def ticket_charges_page(request: WebRequest, work: RequestWork, ticket_id: FromPath[UUID]) -> Response[Any]:
    """What a ticket costs, and what of its work does not, with the reasons."""
    head = await ticket_record(work, ticket_id, "charges")
    charges, actor = Charges(work), actor_of(request)
    return record_page(
        request,
        "rating/ticket.html",
        head["record"],
        charges=await charges.of_ticket(ticket_id),
        work=await charges.work_of_ticket(ticket_id),
        uncharged_base=UNCHARGED_BASE,
        may_write=actor.may(_WRITE) and not actor.read_only,
        **_words(),
    )


@post("/workspace/tickets/{ticket_id:uuid}/charges", permission=_WRITE, include_in_schema=False)
async def rate_ticket_again(request: WebRequest, ticket_id: FromPath[UUID]) -> Response[Any]:
    """Look at the ticket's work again."""

    async def act(work: UnitOfWork, _: FormValues) -> str:
        await rate_again(work, ticket_id)
        return f"/workspace/tickets/{ticket_id}/charges"

    return await submit(request, act)


@get(f"{UNCHARGED_BASE}/{{rated_id:uuid}}/charge", permission=_WRITE, include_in_schema=False)
async def rework_page(request: WebRequest, work: RequestWork, rated_id: FromPath[UUID]) -> Response[Any]:
    """Why rework is charged after all."""
    return await _rework_form(request, rated_id, work, FormValues())


@post(f"{UNCHARGED_BASE}/{{rated_id:uuid}}/charge", permission=_WRITE, include_in_schema=False)
async def charge_rework_after_all(request: WebRequest, rated_id: FromPath[UUID]) -> Response[Any]:
    """Charge it like any other visit."""

    async def act(work: UnitOfWork, form: FormValues) -> str:
        ticket_id = await charge_rework(work, rated_id, form.read(MarkReason))
        return f"/workspace/tickets/{ticket_id}/charges"

    return await submit(request, act, partial(_rework_form, request, rated_id))


def _kind(text: str) -> MarkKind:
    try:
        return MarkKind(text)
    except ValueError:
        raise NotFound from None


async def _mark_form(
    request: WebRequest,
    charge_id: UUID,
    kind: MarkKind,
    work: UnitOfWork,
    values: FormValues,
    error: DomainError | None = None,
) -> Response[Any]:
    row = await Charges(work).row(charge_id)
    return render_form(
        request,
        "rating/mark.html",
        error,
        back=f"{BASE}/{charge_id}",
        row=row,
        kind=kind,
        fields=fields_of(MarkReason),
        values=values,
        **_words(),
    )


async def _rework_form(
    request: WebRequest, rated_id: UUID, work: UnitOfWork, values: FormValues, error: DomainError | None = None
) -> Response[Any]:
    row = await Charges(work).uncharged(rated_id)
    return render_form(
        request,
        "rating/rework.html",
        error,
        back=f"/workspace/tickets/{row.ticket_id}/charges",
        row=row,
        fields=fields_of(MarkReason),
        values=values,
        **_words(),
    )


handlers = [*handlers_of(__name__), *list_handlers(CHARGES), *list_handlers(UNCHARGED)]
