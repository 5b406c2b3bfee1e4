"""Services beside the contract: what the company uses, what it can order, and its orders (B3)."""

from functools import partial
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from litestar import Response, get, post
from litestar.params import FromPath

from app.agreements.catalogue import SERVICE_CATEGORIES
from app.platform.http.registration import handlers_of
from app.platform.http.request_work import RequestWork
from app.platform.http.web_request import WebRequest
from app.platform.kernel.errors import DomainError
from app.platform.kernel.unit_of_work import UnitOfWork
from app.platform.web.form_fields import fields_of
from app.platform.web.form_values import FormValues
from app.platform.web.forms import submit
from app.portals.client.page_context import client_of, render_page
from billing.addons import (
    BILLED_NAMES,
    KIND_NAMES,
    ORDER_STATE_NAMES,
    ORDER_TONES,
    AddonCatalogue,
    AddonOrderCreate,
    AddonOrderReading,
    AddonOrderState,
    AddonPermission,
)
from billing.addons.web_interface import (
    ORDER_FIELDS,
    make_move,
    order_by_form,
    quantity_text,
    sites_of,
)
from billing.money import price_text
from billing.periods import CYCLE_NAMES, day_in

BASE = "/portal/addons"
PRESENT = (AddonOrderState.ORDERED, AddonOrderState.CONFIRMED, AddonOrderState.ACTIVE, AddonOrderState.ENDING)
_READ, _ORDER = AddonPermission.ADDON_READ, AddonPermission.ADDON_ORDER
_CATEGORY_NAMES = {category.code: category.name for category in SERVICE_CATEGORIES}
_WORDS: dict[str, Any] = {
    "base": BASE,
    "tones": ORDER_TONES,
    "state_names": ORDER_STATE_NAMES,
    "kind_names": KIND_NAMES,
    "cycle_names": CYCLE_NAMES,
    "billed_names": BILLED_NAMES,
    "category_names": _CATEGORY_NAMES,
    "price": price_text,
    "quantity": quantity_text,
}


@get(BASE, permission=_READ, include_in_schema=False)
async def addons_page(request: WebRequest, work: RequestWork) -> Response[str]:
    """What the company uses and waits for, what it can order, what is over."""
    orders = await AddonOrderReading(work).of_client(client_of(work))
    return await render_page(
        request,
        work,
        "client/addons.html",
        present=[order for order in orders if order.state in PRESENT],
        past=[order for order in orders if order.state not in PRESENT],
        offered=await AddonCatalogue(work).offered(),
        may_order=work.actor.may(_ORDER) and not work.actor.read_only,
        **_WORDS,
    )


@get(f"{BASE}/order/{{addon_id:uuid}}", permission=_ORDER, include_in_schema=False)
async def order_form_page(request: WebRequest, work: RequestWork, addon_id: FromPath[UUID]) -> Response[str]:
    """The form to order a service."""
    return await _form(request, addon_id, work, FormValues({"quantity": "1"}))


@post(f"{BASE}/order/{{addon_id:uuid}}", permission=_ORDER, include_in_schema=False)
async def order_addon(request: WebRequest, addon_id: FromPath[UUID]) -> Response[Any]:
    """Order it; the partner confirms."""

    async def act(work: UnitOfWork, form: FormValues) -> str:
        addon = await AddonCatalogue(work).get(addon_id)
        return f"{BASE}/{(await order_by_form(work, addon, client_of(work), form)).id}"

    return await submit(request, act, partial(_form, request, addon_id))


@get(f"{BASE}/{{addon_order_id:uuid}}", permission=_READ, include_in_schema=False)
async def order_page(request: WebRequest, work: RequestWork, addon_order_id: FromPath[UUID]) -> Response[str]:
    """One order, and how to take it back, end it or let it go on."""
    return await _order(request, addon_order_id, work)


@post(f"{BASE}/{{addon_order_id:uuid}}/moves/{{step:str}}", permission=_ORDER, include_in_schema=False)
async def move_order(request: WebRequest, addon_order_id: FromPath[UUID], step: FromPath[str]) -> Response[Any]:
    """Take the order back, end it, or let it go on."""

    async def act(work: UnitOfWork, form: FormValues) -> str:
        await make_move(work, addon_order_id, step, form)
        return f"{BASE}/{addon_order_id}"

    return await submit(request, act, partial(_order, request, addon_order_id))


async def _order(
    request: WebRequest,
    order_id: UUID,
    work: UnitOfWork,
    values: FormValues | None = None,
    error: DomainError | None = None,
) -> Response[str]:
    order = await AddonOrderReading(work).get(order_id)
    today = day_in(ZoneInfo(order.time_zone), work.now)
    return await render_page(
        request,
        work,
        "client/addon_order.html",
        error,
        order=order,
        today=today,
        values=(values or FormValues()).over({"last_day": order.last_day or ""}),
        **_WORDS,
    )


async def _form(
    request: WebRequest, addon_id: UUID, work: UnitOfWork, values: FormValues, error: DomainError | None = None
) -> Response[str]:
    return await render_page(
        request,
        work,
        "client/addon_form.html",
        error,
        addon=await AddonCatalogue(work).get(addon_id),
        fields=[each for each in fields_of(AddonOrderCreate) if each.name in ORDER_FIELDS],
        sites=await sites_of(work, client_of(work)),
        values=values,
        **_WORDS,
    )


handlers = handlers_of(__name__)
