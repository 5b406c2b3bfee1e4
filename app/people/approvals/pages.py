"""What waits for my decision, in the partner workspace. Forms work without script."""

from typing import Any, Final
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath, FromQuery

from app.people.approvals.permissions import ApprovalPermission
from app.people.approvals.schemas import DecisionInput, Verdict
from app.people.approvals.services.reading import Approvals
from app.people.approvals.states import STATE_NAMES, WAITING
from app.people.approvals.tasks import PAGE
from app.platform.http.pagination import DEFAULT_LIMIT, Cursor
from app.platform.http.registration import handlers_of
from app.platform.http.request_work import RequestWork
from app.platform.http.web_request import WebRequest
from app.platform.kernel.errors import DomainError, Invalid
from app.platform.kernel.unit_of_work import UnitOfWork
from app.platform.web.form_values import FormValues
from app.platform.web.forms import render_form, submit
from app.platform.web.pages import page

STATE_TONES: Final = {
    "requested": "waiting",
    "first_approved": "waiting",
    "approved": "good",
    "declined": "bad",
    "withdrawn": "neutral",
    "expired": "neutral",
    "void": "neutral",
}


@get(PAGE, permission=ApprovalPermission.APPROVAL_DECIDE, include_in_schema=False)
async def approvals_page(request: WebRequest, work: RequestWork, cursor: FromQuery[str | None] = None) -> Response[str]:
    """What expires first stands above."""
    place = Cursor.decode(cursor) if cursor else None
    found = await Approvals(work).waiting(after=(place.moment, place.id) if place else None, limit=DEFAULT_LIMIT + 1)
    shown = found[:DEFAULT_LIMIT]
    more = len(found) > DEFAULT_LIMIT
    return page(
        request,
        "approvals/list.html",
        base=PAGE,
        approvals=shown,
        next_href=f"{PAGE}?cursor={Cursor(shown[-1].expires_at, shown[-1].id).encode()}" if more else "",
        state_names=STATE_NAMES,
        state_tones=STATE_TONES,
    )


@get(f"{PAGE}/{{approval_id:uuid}}", permission=ApprovalPermission.APPROVAL_DECIDE, include_in_schema=False)
async def approval_page(request: WebRequest, work: RequestWork, approval_id: FromPath[UUID]) -> Response[Any]:
    """What is asked, and the two answers."""
    return await _draw(request, work, approval_id)


@post(f"{PAGE}/{{approval_id:uuid}}", permission=ApprovalPermission.APPROVAL_DECIDE, include_in_schema=False)
async def decide(request: WebRequest, approval_id: FromPath[UUID]) -> Response[Any]:
    """Yes or no, by the submit button's `verdict`."""

    async def act(work: UnitOfWork, form: FormValues) -> str:
        await Approvals(work).decide(approval_id, verdict_of(form), form.read(DecisionInput))
        return PAGE

    async def show_again(work: UnitOfWork, form: FormValues, error: DomainError) -> Response[Any]:
        return await _draw(request, work, approval_id, form, error)

    return await submit(request, act, show_again)


async def _draw(
    request: WebRequest,
    work: UnitOfWork,
    approval_id: UUID,
    values: FormValues | None = None,
    error: DomainError | None = None,
) -> Response[Any]:
    approval = await Approvals(work).get(approval_id)
    return render_form(
        request,
        "approvals/record.html",
        error,
        base=PAGE,
        approval=approval,
        waiting=approval.state in WAITING and approval.expires_at > work.now and not work.actor.read_only,
        values=values or FormValues(),
        state_names=STATE_NAMES,
        state_tones=STATE_TONES,
    )


def verdict_of(form: FormValues) -> Verdict:
    """
    Raises:
        Invalid: neither of the two buttons.
    """
    try:
        return Verdict(form["verdict"])
    except ValueError as error:
        raise Invalid from error


handlers = handlers_of(__name__)
