"""The partner's plan as a page of the owner: usage, choice, bills, invoices and what was paid."""

from functools import partial
from typing import Any, Final

from litestar import Response, get, post

from app.platform.http.authentication import actor_of
from app.platform.http.registration import handlers_of
from app.platform.http.request_work import RequestWork
from app.platform.http.web_request import WebRequest
from app.platform.kernel.errors import DomainError
from app.platform.kernel.unit_of_work import UnitOfWork
from app.platform.web.form_values import FormValues
from app.platform.web.forms import render_form, submit
from billing.money import Money, money_text
from billing.royalties import PLAN_LINE_NAMES, ROYALTY_INVOICE_STATE_NAMES, RoyaltyPermission
from billing.subscriptions.permissions import PlanPermission
from billing.subscriptions.schemas import PlanChoice, PlanEnding
from billing.subscriptions.services.headquarters import plan_invoices
from billing.subscriptions.services.subscriptions import PlanSubscriptions
from billing.subscriptions.states import MOVE_NAMES, STATE_NAMES, STATE_TONES, UNPAID
from billing.subscriptions.wording import STEP_NAMES
from tenants.partners import PLANS

PLAN: Final = "/workspace/plan"
_READ, _CHOOSE = PlanPermission.PLAN_READ, PlanPermission.PLAN_ORDER


@get(PLAN, permission=_READ, include_in_schema=False)
async def plan_page(request: WebRequest, work: RequestWork) -> Response[Any]:
    """The company's plan."""
    return await _page(request, work, FormValues())


@post(f"{PLAN}/choose", permission=_CHOOSE, suspended_too=True, include_in_schema=False)
async def choose_plan_by_form(request: WebRequest) -> Response[Any]:
    """Choose a plan, the first or another one."""

    async def act(work: UnitOfWork, form: FormValues) -> str:
        await PlanSubscriptions(work).choose(form.read(PlanChoice))
        return PLAN

    return await submit(request, act, partial(_page, request))


@post(f"{PLAN}/end", permission=_CHOOSE, include_in_schema=False)
async def end_plan_by_form(request: WebRequest) -> Response[Any]:
    """Let the plan end with its period."""

    async def act(work: UnitOfWork, form: FormValues) -> str:
        await PlanSubscriptions(work).end(form.read(PlanEnding).version)
        return PLAN

    return await submit(request, act, partial(_page, request))


@post(f"{PLAN}/keep", permission=_CHOOSE, include_in_schema=False)
async def keep_plan_by_form(request: WebRequest) -> Response[Any]:
    """Have it go on after all."""

    async def act(work: UnitOfWork, form: FormValues) -> str:
        await PlanSubscriptions(work).end(form.read(PlanEnding).version, keep=True)
        return PLAN

    return await submit(request, act, partial(_page, request))


async def _page(
    request: WebRequest, work: UnitOfWork, _: FormValues, error: DomainError | None = None
) -> Response[Any]:
    service, actor = PlanSubscriptions(work), actor_of(request)
    plan = await service.current()
    sees_invoices = actor.may(RoyaltyPermission.ROYALTY_READ)
    return render_form(
        request,
        "subscriptions/plan.html",
        error,
        plan=plan,
        offers=await service.offers(),
        invoices=await plan_invoices(work) if sees_invoices else [],
        may_choose=actor.may(_CHOOSE) and (not actor.read_only or (plan is not None and plan.state == "ended")),
        unpaid=plan is not None and plan.state in UNPAID,
        base=PLAN,
        **vocabulary(),
    )


def vocabulary() -> dict[str, Any]:
    """What the pages of plans draw with."""
    return {
        "plans": PLANS,
        "state_names": STATE_NAMES,
        "tones": STATE_TONES,
        "step_names": {**STEP_NAMES, **{str(move): name for move, name in MOVE_NAMES.items()}},
        "line_names": PLAN_LINE_NAMES,
        "invoice_state_names": ROYALTY_INVOICE_STATE_NAMES,
        "money_text": lambda minor, currency: money_text(Money(minor, currency)),
    }


handlers = handlers_of(__name__)
