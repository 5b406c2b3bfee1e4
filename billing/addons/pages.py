"""Orders of add-ons in the partner workspace. Forms work without script."""

from functools import partial
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from litestar import Response, get, post
from litestar.params import FromPath, FromQuery

from app.assets.clients.web_interface import client_record
from app.assets.devices.web_interface import ClientChoices
from app.platform.http.authentication import actor_of
from app.platform.http.registration import handlers_of
from app.platform.http.request_work import RequestWork
from app.platform.http.web_request import WebRequest
from app.platform.kernel.errors import DomainError
from app.platform.kernel.texts import N_
from app.platform.kernel.unit_of_work import UnitOfWork
from app.platform.lists.web_interface import list_handlers, list_page
from app.platform.web.form_fields import fields_of
from app.platform.web.form_values import FormValues
from app.platform.web.forms import render_form, submit
from app.platform.web.records import RecordHead, record_page
from billing.addons import catalogue_pages
from billing.addons.listing import ORDERS
from billing.addons.order_forms import ORDER_FIELDS, make_move, order_by_form, quantity_text, sites_of
from billing.addons.permissions import AddonPermission
from billing.addons.schemas import AddonOrderCreate
from billing.addons.services import AddonCatalogue, AddonOrderReading
from billing.addons.services.catalogue import CATEGORY_NAMES
from billing.addons.states import KIND_NAMES, ORDER_STATE_NAMES, ORDER_TONES
from billing.money import Money, price_text
from billing.periods import CYCLE_NAMES, day_in
from billing.terms import BILLED_NAMES

BASE: Final = "/workspace/addons"
_READ, _ORDER = AddonPermission.ADDON_READ, AddonPermission.ADDON_ORDER


@get(BASE, permission=_READ, include_in_schema=False)
async def orders_page(request: WebRequest, work: RequestWork) -> Response[Any]:
    """What clients ordered and subscribed."""
    return await list_page(
        request,
        work,
        ORDERS,
        "addons/orders.html",
        may_order=_may(request, _ORDER),
        may_write=_may(request, AddonPermission.ADDON_WRITE),
        tones=ORDER_TONES,
        state_names=ORDER_STATE_NAMES,
        price=price_text,
        quantity=quantity_text,
    )


@get(f"{BASE}/{{addon_order_id:uuid}}", permission=_READ, include_in_schema=False)
async def order_page(
    request: WebRequest, work: RequestWork, addon_order_id: FromPath[UUID], tab: FromQuery[str] = ""
) -> Response[Any]:
    """One order: what is to be done, what fell due."""
    return await _record(request, addon_order_id, work, tab=tab)


@post(f"{BASE}/{{addon_order_id:uuid}}/moves/{{step:str}}", permission=_ORDER, include_in_schema=False)
async def move_order(request: WebRequest, addon_order_id: FromPath[UUID], step: FromPath[str]) -> Response[Any]:
    """Confirm, decline, cancel, deliver, end it, or let it go on."""

    async def act(work: UnitOfWork, form: FormValues) -> str:
        await make_move(work, addon_order_id, step, form)
        return f"{BASE}/{addon_order_id}"

    async def again(work: UnitOfWork, form: FormValues, error: DomainError) -> Response[Any]:
        return await _record(request, addon_order_id, work, form, error)

    return await submit(request, act, again)


@get(f"{BASE}/new", permission=_ORDER, include_in_schema=False)
async def new_order_page(
    request: WebRequest,
    work: RequestWork,
    client: FromQuery[UUID | None] = None,
    addon: FromQuery[UUID | None] = None,
) -> Response[Any]:
    """Which client, which service; then its form."""
    return await _form(request, client, addon, work, FormValues({"quantity": "1", "start_on": ""}))


@post(f"{BASE}/new", permission=_ORDER, include_in_schema=False)
async def create_order(request: WebRequest, client: FromQuery[UUID], addon: FromQuery[UUID]) -> Response[Any]:
    """Order for the client."""

    async def act(work: UnitOfWork, form: FormValues) -> str:
        wanted = await AddonCatalogue(work).get(addon)
        return f"{BASE}/{(await order_by_form(work, wanted, client, form)).id}"

    return await submit(request, act, partial(_form, request, client, addon))


@get("/workspace/clients/{client_id:uuid}/addons", permission=_READ, include_in_schema=False)
async def client_tab(request: WebRequest, work: RequestWork, client_id: FromPath[UUID]) -> Response[Any]:
    """What one client ordered and subscribed."""
    return record_page(
        request,
        "addons/client_tab.html",
        **await client_record(work, client_id, "addons"),
        orders=await AddonOrderReading(work).of_client(client_id),
        may_order=_may(request, _ORDER),
        tones=ORDER_TONES,
        state_names=ORDER_STATE_NAMES,
        cycle_names=CYCLE_NAMES,
        price=price_text,
        quantity=quantity_text,
    )


def _may(request: WebRequest, permission: AddonPermission) -> bool:
    actor = actor_of(request)
    return actor.may(permission) and not actor.read_only


async def _record(
    request: WebRequest,
    order_id: UUID,
    work: UnitOfWork,
    values: FormValues | None = None,
    error: DomainError | None = None,
    tab: str = "",
) -> Response[Any]:
    reading = AddonOrderReading(work)
    order = await reading.get(order_id)
    today = day_in(ZoneInfo(order.time_zone), work.now)
    usual = {"start_on": order.start_on or today, "delivered_on": today, "last_day": order.last_day or ""}
    return record_page(
        request,
        "addons/record.html",
        RecordHead(
            kind="addon_order",
            id=order.id,
            title=order.name,
            number=order.number,
            base=f"{BASE}/{order.id}",
            list_href=BASE,
            list_label=N_("增值服务"),
            tab=tab,
        ),
        error,
        order=order,
        shares=await reading.shares(order_id),
        amount=lambda minor: price_text(Money(minor, order.currency).value),
        values=(values or FormValues()).over(usual),
        tones=ORDER_TONES,
        state_names=ORDER_STATE_NAMES,
        kind_names=KIND_NAMES,
        cycle_names=CYCLE_NAMES,
        billed_names=BILLED_NAMES,
        category_names=CATEGORY_NAMES,
        price=price_text,
        quantity=quantity_text,
    )


async def _form(
    request: WebRequest,
    client_id: UUID | None,
    addon_id: UUID | None,
    work: UnitOfWork,
    values: FormValues,
    error: DomainError | None = None,
) -> Response[Any]:
    offered = await AddonCatalogue(work).offered()
    addon = next((each for each in offered if each.id == addon_id), None)
    chosen = client_id if addon is not None else None
    return render_form(
        request,
        "addons/order_form.html",
        error,
        base=BASE,
        clients=await ClientChoices(work).clients(),
        offered=[(str(each.id), f"{each.name} · {price_text(each.unit_price)}/{each.unit}") for each in offered],
        client_id=str(client_id or ""),
        addon=addon,
        fields=[each for each in fields_of(AddonOrderCreate) if each.name in ORDER_FIELDS],
        sites=await sites_of(work, chosen) if chosen else [],
        values=values,
        cycle_names=CYCLE_NAMES,
        price=price_text,
    )


handlers = [*handlers_of(__name__), *catalogue_pages.handlers, *list_handlers(ORDERS)]
