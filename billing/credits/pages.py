"""Credits in the partner workspace: the list, and one with its decision. Forms work without script."""

from functools import partial
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath, FromQuery

from app.agreements.sla import TARGET_NAMES
from app.platform.http.authentication import actor_of
from app.platform.http.request_work import RequestWork
from app.platform.http.web_request import WebRequest
from app.platform.kernel.errors import DomainError
from app.platform.kernel.texts import N_, translator
from app.platform.kernel.unit_of_work import UnitOfWork
from app.platform.lists.web_interface import list_handlers, list_page
from app.platform.web.form_values import FormValues
from app.platform.web.forms import submit
from app.platform.web.records import RecordHead, record_page
from billing.credits.listing import BASE, CREDITS
from billing.credits.permissions import CreditPermission
from billing.credits.schemas import CreditApproval, CreditRefusal
from billing.credits.service import ServiceCredits
from billing.credits.states import CREDIT_STATE_NAMES, CREDIT_TONES
from billing.credits.words import credit_amount, explanation

_READ, _WRITE = CreditPermission.SERVICE_CREDIT_READ, CreditPermission.SERVICE_CREDIT_WRITE
_DECIDE = CreditPermission.SERVICE_CREDIT_DECIDE
_WORDS: dict[str, Any] = {
    "state_names": CREDIT_STATE_NAMES,
    "state_tones": CREDIT_TONES,
    "target_names": TARGET_NAMES,
    "amount": credit_amount,
}


@get(BASE, permission=_READ, include_in_schema=False)
async def credits_page(request: WebRequest, work: RequestWork) -> Response[Any]:
    """What was proposed, the newest first."""
    return await list_page(request, work, CREDITS, "credits/list.html", **_WORDS)


@get(f"{BASE}/{{service_credit_id:uuid}}", permission=_READ, include_in_schema=False)
async def credit_page(
    request: WebRequest, work: RequestWork, service_credit_id: FromPath[UUID], tab: FromQuery[str] = ""
) -> Response[Any]:
    """One credit: why, how much, and what was decided."""
    return await _record(request, service_credit_id, work, tab=tab)


@post(f"{BASE}/{{service_credit_id:uuid}}/approve", permission=_DECIDE, include_in_schema=False)
async def approve_credit(request: WebRequest, service_credit_id: FromPath[UUID]) -> Response[Any]:
    """Say yes."""

    async def act(work: UnitOfWork, form: FormValues) -> str:
        await ServiceCredits(work).approve(service_credit_id, form.read(CreditApproval))
        return f"{BASE}/{service_credit_id}"

    return await submit(request, act, partial(_record, request, service_credit_id))


@post(f"{BASE}/{{service_credit_id:uuid}}/decline", permission=_DECIDE, include_in_schema=False)
async def decline_credit(request: WebRequest, service_credit_id: FromPath[UUID]) -> Response[Any]:
    """Say no, with a reason."""

    async def act(work: UnitOfWork, form: FormValues) -> str:
        await ServiceCredits(work).decline(service_credit_id, form.read(CreditRefusal))
        return f"{BASE}/{service_credit_id}"

    return await submit(request, act, partial(_record, request, service_credit_id))


@post(f"{BASE}/{{service_credit_id:uuid}}/withdraw", permission=_WRITE, include_in_schema=False)
async def withdraw_credit(request: WebRequest, service_credit_id: FromPath[UUID]) -> Response[Any]:
    """The breach does not count."""

    async def act(work: UnitOfWork, form: FormValues) -> str:
        await ServiceCredits(work).withdraw(service_credit_id, form.read(CreditRefusal))
        return f"{BASE}/{service_credit_id}"

    return await submit(request, act, partial(_record, request, service_credit_id))


async def _record(
    request: WebRequest,
    credit_id: UUID,
    work: UnitOfWork,
    values: FormValues | None = None,
    error: DomainError | None = None,
    tab: str = "",
) -> Response[Any]:
    credit = await ServiceCredits(work).get(credit_id)
    actor = actor_of(request)
    head = RecordHead(
        kind="service_credit",
        id=credit.id,
        title=credit.client_name,
        number=credit.ticket_number,
        base=f"{BASE}/{credit.id}",
        list_href=BASE,
        list_label=N_("服务赔付"),
        tab=tab,
    )
    return record_page(
        request,
        "credits/record.html",
        head,
        error,
        credit=credit,
        explanation=explanation(credit, translator(actor.language)),
        may_decide=actor.may(_DECIDE) and not actor.read_only,
        may_write=actor.may(_WRITE) and not actor.read_only,
        values=values or FormValues(),
        **_WORDS,
    )


handlers = [credits_page, credit_page, approve_credit, decline_credit, withdraw_credit, *list_handlers(CREDITS)]
