"""Credits as JSON."""

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
from billing.credits.listing import CREDITS, credit_matches
from billing.credits.models import ServiceCredit
from billing.credits.permissions import CreditPermission
from billing.credits.schemas import CreditApproval, CreditRefusal, ServiceCreditNoticeView, ServiceCreditView
from billing.credits.service import ServiceCredits
from billing.credits.states import CreditState

TAGS = ["service credits"]
_READ, _DECIDE = CreditPermission.SERVICE_CREDIT_READ, CreditPermission.SERVICE_CREDIT_DECIDE


@get("/service-credits", permission=_READ, tags=TAGS)
async def list_credits(
    work: RequestWork,
    *,
    q: FromQuery[str] = "",
    credit_state: Annotated[CreditState | None, QueryParameter(name="state")] = None,
    sort: FromQuery[str] = "",
    cursor: FromQuery[str | None] = None,
) -> Page[ServiceCreditView]:
    """Credits for missed promises, the newest first, or by `sort` (`amount`); none for a client's people."""
    conditions = [matches_search(q, credit_matches)] if q else []
    if credit_state is not None:
        conditions.append(ServiceCredit.state == credit_state)
    return await api_page(work, CREDITS, conditions=conditions, sort=sort, cursor=cursor)


@get("/service-credit-notices", permission=_READ, tags=TAGS)
async def list_notices(work: RequestWork) -> Page[ServiceCreditNoticeView]:
    """What was decided about credits, as clients read it: the newest first."""
    return Page(await ServiceCredits(work).notices())


@get("/service-credits/{service_credit_id:uuid}", permission=_READ, tags=TAGS)
async def read_credit(work: RequestWork, service_credit_id: FromPath[UUID]) -> ServiceCreditView:
    """One credit."""
    return await ServiceCredits(work).get(service_credit_id)


@post("/service-credits/{service_credit_id:uuid}/approve", permission=_DECIDE, tags=TAGS)
@idempotent()
async def approve_credit(
    request: WebRequest, work: RequestWork, service_credit_id: FromPath[UUID], data: JSONBody[CreditApproval]
) -> ServiceCreditView:
    """Say yes: it stands on the client's next invoice."""
    return await ServiceCredits(work).approve(service_credit_id, data)


@post("/service-credits/{service_credit_id:uuid}/decline", permission=_DECIDE, tags=TAGS)
@idempotent()
async def decline_credit(
    request: WebRequest, work: RequestWork, service_credit_id: FromPath[UUID], data: JSONBody[CreditRefusal]
) -> ServiceCreditView:
    """Say no, with a reason that the client reads."""
    return await ServiceCredits(work).decline(service_credit_id, data)


@post("/service-credits/{service_credit_id:uuid}/withdraw", permission=CreditPermission.SERVICE_CREDIT_WRITE, tags=TAGS)
@idempotent()
async def withdraw_credit(
    request: WebRequest, work: RequestWork, service_credit_id: FromPath[UUID], data: JSONBody[CreditRefusal]
) -> ServiceCreditView:
    """The breach does not count by agreement; what was approved is taken back."""
    return await ServiceCredits(work).withdraw(service_credit_id, data)


handlers = [
    list_credits,
    list_notices,
    read_credit,
    approve_credit,
    decline_credit,
    withdraw_credit,
    *saved_view_api(CREDITS, "/service-credits"),
]
