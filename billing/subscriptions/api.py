"""Plans as JSON: what is sold, the partner's own plan, and at headquarters every partner's."""

from typing import Final

from litestar import get, post
from litestar.params import JSONBody

from app.platform.http.idempotency import idempotent
from app.platform.http.pagination import Page
from app.platform.http.registration import handlers_of
from app.platform.http.request_work import RequestWork, runtime_of
from app.platform.http.web_request import WebRequest
from billing.royalties import RoyaltyInvoiceView
from billing.subscriptions.permissions import PlanPermission
from billing.subscriptions.schemas import (
    PartnerPlan,
    PlanChoice,
    PlanEnding,
    PlanOffer,
    PlanVersionCreate,
    PlanVersionView,
    SubscriptionView,
)
from billing.subscriptions.services.catalogue import PlanCatalogue
from billing.subscriptions.services.headquarters import partner_plans, plan_invoices
from billing.subscriptions.services.subscriptions import PlanSubscriptions

TAGS: Final = ["plans"]
_READ, _CHOOSE, _WRITE = PlanPermission.PLAN_READ, PlanPermission.PLAN_ORDER, PlanPermission.PLAN_WRITE


@get("/plans/versions", permission=_READ, tags=TAGS)
async def list_plan_versions(work: RequestWork) -> Page[PlanVersionView]:
    """All prices of all plans, the newest first."""
    return Page(await PlanCatalogue(work).versions(), None)


@post("/plans/versions", permission=_WRITE, tags=TAGS)
@idempotent()
async def publish_plan_version(
    request: WebRequest, work: RequestWork, data: JSONBody[PlanVersionCreate]
) -> PlanVersionView:
    """Sell a plan at a price from a day on (headquarters)."""
    return await PlanCatalogue(work).publish(data)


@get("/plans/partners", permission=_WRITE, tags=TAGS)
async def list_partner_plans(request: WebRequest, work: RequestWork) -> Page[PartnerPlan]:
    """Every partner's plan and what is open of it (headquarters)."""
    return Page(await partner_plans(work, runtime_of(request).engine("network")), None)


@get("/plan-subscription", permission=_READ, tags=TAGS)
async def read_plan_subscription(work: RequestWork) -> SubscriptionView | None:
    """The company's plan with usage, steps and bills; null before one was chosen."""
    return await PlanSubscriptions(work).current()


@get("/plan-subscription/offers", permission=_READ, tags=TAGS)
async def list_plan_offers(work: RequestWork) -> Page[PlanOffer]:
    """What is sold today, and what a change would ask for at once."""
    return Page(await PlanSubscriptions(work).offers(), None)


@get("/plan-subscription/invoices", permission=_READ, tags=TAGS)
async def list_plan_invoices(work: RequestWork) -> Page[RoyaltyInvoiceView]:
    """Headquarters' newest invoices for the plan, with what was paid."""
    await PlanSubscriptions(work).current()
    return Page(await plan_invoices(work), None)


@post("/plan-subscription/choose", permission=_CHOOSE, status_code=200, suspended_too=True, tags=TAGS)
@idempotent(200)
async def choose_plan(request: WebRequest, work: RequestWork, data: JSONBody[PlanChoice]) -> SubscriptionView:
    """Have this plan from today on."""
    return await PlanSubscriptions(work).choose(data)


@post("/plan-subscription/end", permission=_CHOOSE, status_code=200, tags=TAGS)
@idempotent(200)
async def end_plan(request: WebRequest, work: RequestWork, data: JSONBody[PlanEnding]) -> SubscriptionView:
    """Let the plan end with its period."""
    return await PlanSubscriptions(work).end(data.version)


@post("/plan-subscription/keep", permission=_CHOOSE, status_code=200, tags=TAGS)
@idempotent(200)
async def keep_plan(request: WebRequest, work: RequestWork, data: JSONBody[PlanEnding]) -> SubscriptionView:
    """Have it go on after all."""
    return await PlanSubscriptions(work).end(data.version, keep=True)


handlers = handlers_of(__name__)
