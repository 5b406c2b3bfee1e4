"""Add-ons as JSON, for the company and for its clients."""

from typing import Annotated
from uuid import UUID

from litestar import get, post, put
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter

from app.platform.http.idempotency import idempotent
from app.platform.http.pagination import Page
from app.platform.http.registration import handlers_of
from app.platform.http.request_work import RequestWork
from app.platform.http.web_request import WebRequest
from app.platform.kernel.actor import Scope
from app.platform.kernel.text_search import matches_search
from app.platform.lists.web_interface import api_page, saved_view_api
from billing.addons.listing import CATALOGUE, ORDERS, order_matches
from billing.addons.models import AddonOrder
from billing.addons.permissions import AddonPermission
from billing.addons.schemas import (
    AddonConfirm,
    AddonDelivery,
    AddonEnd,
    AddonOrderCreate,
    AddonOrderVersion,
    AddonOrderView,
    AddonRefusal,
    AddonShareView,
    AddonStateChange,
    AddonView,
    AddonWrite,
)
from billing.addons.services import AddonCatalogue, AddonOrderReading, AddonOrders
from billing.addons.states import AddonOrderState

TAGS = ["add-ons"]
_READ, _WRITE, _ORDER = AddonPermission.ADDON_READ, AddonPermission.ADDON_WRITE, AddonPermission.ADDON_ORDER


@get("/addons", permission=_READ, tags=TAGS)
async def list_addons(work: RequestWork) -> Page[AddonView]:
    """The catalogue by code, on one page; for a client's people what can be ordered today."""
    catalogue = AddonCatalogue(work)
    inside = work.actor.scope is Scope.TENANT
    return Page(await catalogue.all() if inside else await catalogue.offered())


@post("/addons", permission=_WRITE, tags=TAGS)
@idempotent()
async def create_addon(request: WebRequest, work: RequestWork, data: JSONBody[AddonWrite]) -> AddonView:
    """Add a service to the catalogue (`version` 0), offered from now on."""
    return await AddonCatalogue(work).create(data)


@get("/addons/{addon_id:uuid}", permission=_READ, tags=TAGS)
async def read_addon(work: RequestWork, addon_id: FromPath[UUID]) -> AddonView:
    """One service of the catalogue."""
    return await AddonCatalogue(work).get(addon_id)


@put("/addons/{addon_id:uuid}", permission=_WRITE, tags=TAGS)
async def change_addon(work: RequestWork, addon_id: FromPath[UUID], data: JSONBody[AddonWrite]) -> AddonView:
    """Change a service for whoever orders it from now on. Its code stays."""
    return await AddonCatalogue(work).change(addon_id, data)


@post("/addons/{addon_id:uuid}/state", permission=_WRITE, tags=TAGS)
@idempotent()
async def change_addon_state(
    request: WebRequest, work: RequestWork, addon_id: FromPath[UUID], data: JSONBody[AddonStateChange]
) -> AddonView:
    """Withdraw a service, or offer it again; what runs goes on."""
    return await AddonCatalogue(work).change_state(addon_id, data)


@get("/addon-orders", permission=_READ, tags=TAGS)
async def list_orders(
    work: RequestWork,
    *,
    q: FromQuery[str] = "",
    client_id: FromQuery[UUID | None] = None,
    order_state: Annotated[AddonOrderState | None, QueryParameter(name="state")] = None,
    sort: FromQuery[str] = "",
    cursor: FromQuery[str | None] = None,
) -> Page[AddonOrderView]:
    """Orders, the newest first, or by `sort` (`name`, `-start_on`); of a client's people their own company's."""
    conditions = [matches_search(q, order_matches)] if q else []
    if client_id is not None:
        conditions.append(AddonOrder.client_id == client_id)
    if order_state is not None:
        conditions.append(AddonOrder.state == order_state)
    return await api_page(work, ORDERS, conditions=conditions, sort=sort, cursor=cursor)


@post("/addon-orders", permission=_ORDER, tags=TAGS)
@idempotent()
async def create_order(request: WebRequest, work: RequestWork, data: JSONBody[AddonOrderCreate]) -> AddonOrderView:
    """Order a service at today's price. The company's own order is confirmed at once; a client's waits for it."""
    return await AddonOrders(work).order(data)


@get("/addon-orders/{addon_order_id:uuid}", permission=_READ, tags=TAGS)
async def read_order(work: RequestWork, addon_order_id: FromPath[UUID]) -> AddonOrderView:
    """One order, with what the reader may do with it."""
    return await AddonOrderReading(work).get(addon_order_id)


@get("/addon-orders/{addon_order_id:uuid}/amounts", permission=_READ, tags=TAGS)
async def list_amounts(work: RequestWork, addon_order_id: FromPath[UUID]) -> Page[AddonShareView]:
    """What fell due of an order, the newest first, on one page; empty for a client's people, who see their invoices."""
    return Page(await AddonOrderReading(work).shares(addon_order_id))


@post("/addon-orders/{addon_order_id:uuid}/confirm", permission=_ORDER, tags=TAGS)
@idempotent()
async def confirm_order(
    request: WebRequest, work: RequestWork, addon_order_id: FromPath[UUID], data: JSONBody[AddonConfirm]
) -> AddonOrderView:
    """Accept what a client ordered."""
    return await AddonOrders(work).confirm(addon_order_id, data)


@post("/addon-orders/{addon_order_id:uuid}/decline", permission=_ORDER, tags=TAGS)
@idempotent()
async def decline_order(
    request: WebRequest, work: RequestWork, addon_order_id: FromPath[UUID], data: JSONBody[AddonRefusal]
) -> AddonOrderView:
    """Say no to what a client ordered."""
    return await AddonOrders(work).decline(addon_order_id, data)


@post("/addon-orders/{addon_order_id:uuid}/cancel", permission=_ORDER, tags=TAGS)
@idempotent()
async def cancel_order(
    request: WebRequest, work: RequestWork, addon_order_id: FromPath[UUID], data: JSONBody[AddonRefusal]
) -> AddonOrderView:
    """Take back what was confirmed, before it is delivered or begins."""
    return await AddonOrders(work).cancel(addon_order_id, data)


@post("/addon-orders/{addon_order_id:uuid}/withdraw", permission=_ORDER, tags=TAGS)
@idempotent()
async def withdraw_order(
    request: WebRequest, work: RequestWork, addon_order_id: FromPath[UUID], data: JSONBody[AddonOrderVersion]
) -> AddonOrderView:
    """The client takes its order back before it is answered."""
    return await AddonOrders(work).withdraw(addon_order_id, data)


@post("/addon-orders/{addon_order_id:uuid}/deliver", permission=_ORDER, tags=TAGS)
@idempotent()
async def deliver_order(
    request: WebRequest, work: RequestWork, addon_order_id: FromPath[UUID], data: JSONBody[AddonDelivery]
) -> AddonOrderView:
    """What is paid once was delivered, and falls due."""
    return await AddonOrders(work).deliver(addon_order_id, data)


@post("/addon-orders/{addon_order_id:uuid}/end", permission=_ORDER, tags=TAGS)
@idempotent()
async def end_order(
    request: WebRequest, work: RequestWork, addon_order_id: FromPath[UUID], data: JSONBody[AddonEnd]
) -> AddonOrderView:
    """Name the last day of what is subscribed, or another one."""
    return await AddonOrders(work).end(addon_order_id, data)


@post("/addon-orders/{addon_order_id:uuid}/keep", permission=_ORDER, tags=TAGS)
@idempotent()
async def keep_order(
    request: WebRequest, work: RequestWork, addon_order_id: FromPath[UUID], data: JSONBody[AddonOrderVersion]
) -> AddonOrderView:
    """Let what was to end go on."""
    return await AddonOrders(work).keep(addon_order_id, data)


handlers = [*handlers_of(__name__), *saved_view_api(CATALOGUE, "/addons"), *saved_view_api(ORDERS, "/addon-orders")]
