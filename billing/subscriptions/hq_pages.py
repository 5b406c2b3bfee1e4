"""Headquarters' pages of plans: what they cost, every partner's plan, and one partner's invoices with its payments."""

from functools import partial
from typing import Any, Final
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath

from app.platform.http.authentication import actor_of
from app.platform.http.registration import handlers_of
from app.platform.http.request_work import RequestWork, runtime_of
from app.platform.http.web_request import WebRequest
from app.platform.kernel.errors import DomainError, NotFound
from app.platform.kernel.time_source import platform_day
from app.platform.kernel.unit_of_work import UnitOfWork
from app.platform.web.form_fields import fields_of
from app.platform.web.form_values import FormValues
from app.platform.web.forms import render_form, submit
from app.platform.web.pages import page, translator_of
from billing.royalties import PaymentRecord, RoyaltyInvoices, RoyaltyPermission
from billing.subscriptions.pages import vocabulary
from billing.subscriptions.permissions import PlanPermission
from billing.subscriptions.schemas import PlanVersionCreate
from billing.subscriptions.services.catalogue import PlanCatalogue
from billing.subscriptions.services.headquarters import partner_plans, plan_invoices
from tenants.partners import PLANS

HOME: Final = "/hq/plans"
PRICES: Final = f"{HOME}/prices"
_PARTNER: Final = f"{HOME}/partners/{{partner_id:uuid}}"
_WRITE: Final = PlanPermission.PLAN_WRITE


@get(HOME, permission=_WRITE, include_in_schema=False)
async def partner_plans_page(request: WebRequest, work: RequestWork) -> Response[Any]:
    """Every partner's plan, those that owe first."""
    rows = await partner_plans(work, runtime_of(request).engine("network"))
    return page(request, "subscriptions/partners.html", rows=rows, base=HOME, **vocabulary())


@get(PRICES, permission=_WRITE, include_in_schema=False)
async def plan_prices_page(request: WebRequest, work: RequestWork) -> Response[Any]:
    """What plans cost, and the form for another price."""
    return await _prices(request, work, FormValues())


@post(PRICES, permission=_WRITE, include_in_schema=False)
async def publish_plan_by_form(request: WebRequest) -> Response[Any]:
    """Sell a plan at a price."""

    async def act(work: UnitOfWork, form: FormValues) -> str:
        await PlanCatalogue(work).publish(form.read(PlanVersionCreate))
        return PRICES

    return await submit(request, act, partial(_prices, request))


@get(_PARTNER, permission=_WRITE, include_in_schema=False)
async def partner_plan_page(request: WebRequest, work: RequestWork, partner_id: FromPath[UUID]) -> Response[Any]:
    """One partner's plan and invoices."""
    return await _partner(request, partner_id, work, FormValues())


@post(
    f"{_PARTNER}/invoices/{{royalty_invoice_id:uuid}}/payments",
    permission=RoyaltyPermission.ROYALTY_WRITE,
    include_in_schema=False,
)
async def record_plan_payment_by_form(
    request: WebRequest, partner_id: FromPath[UUID], royalty_invoice_id: FromPath[UUID]
) -> Response[Any]:
    """A bank transfer came in for an invoice."""

    async def act(work: UnitOfWork, form: FormValues) -> str:
        await RoyaltyInvoices(work).record_payment(royalty_invoice_id, form.read(PaymentRecord))
        return f"{HOME}/partners/{partner_id}"

    return await submit(request, act, partial(_partner, request, partner_id))


async def _prices(
    request: WebRequest, work: UnitOfWork, values: FormValues, error: DomainError | None = None
) -> Response[Any]:
    _, today = translator_of(request), platform_day(work.now)
    usual = {"effective_from": today.isoformat(), "trial_days": "30", "past_due_days": "7", "grace_days": "14"}
    return render_form(
        request,
        "subscriptions/prices.html",
        error,
        versions=await PlanCatalogue(work).versions(),
        fields=fields_of(PlanVersionCreate),
        codes=[(code, _(plan.name)) for code, plan in PLANS.items()],
        values=values.over(usual),
        today=today,
        base=HOME,
        **vocabulary(),
    )


async def _partner(
    request: WebRequest,
    partner_id: UUID,
    work: UnitOfWork,
    values: FormValues,
    error: DomainError | None = None,
) -> Response[Any]:
    actor = actor_of(request)
    plans = await partner_plans(work, runtime_of(request).engine("network"))
    found = next((each for each in plans if each.partner_id == partner_id), None)
    if found is None:
        raise NotFound
    return render_form(
        request,
        "subscriptions/partner.html",
        error,
        plan=found,
        invoices=await plan_invoices(work, partner_id) if actor.may(RoyaltyPermission.ROYALTY_READ) else [],
        may_record=actor.may(RoyaltyPermission.ROYALTY_WRITE) and not actor.read_only,
        payment_fields=fields_of(PaymentRecord),
        values=values,
        base=HOME,
        **vocabulary(),
    )


handlers = handlers_of(__name__)
