"""The lists of orders and of the catalogue."""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, select

from app.assets.clients.models import Client
from app.platform.kernel.columns import columns_of
from app.platform.kernel.text_search import contains
from app.platform.kernel.texts import N_
from app.platform.kernel.unit_of_work import UnitOfWork
from app.platform.lists import Choices, Column, Filter, Found, RecordList, Wanted, select_rows
from billing.addons.models import Addon, AddonOrder
from billing.addons.permissions import AddonPermission
from billing.addons.schemas import AddonOrderView, AddonView
from billing.addons.services.catalogue import CATEGORY_NAMES
from billing.addons.services.reading import ORDER_ROWS, order_view
from billing.addons.states import (
    ADDON_STATE_NAMES,
    KIND_NAMES,
    ORDER_STATE_NAMES,
    TARGET_NAMES,
    AddonKind,
    AddonOrderState,
    AddonState,
    AddonTarget,
)
from billing.money import PriceMode
from billing.periods import CYCLE_NAMES
from billing.terms import BILLED_NAMES

GROUPS: Final = {"running": N_("使用中"), "done": N_("已办完")}
_OF_GROUP: Final = {
    "running": (AddonOrderState.ACTIVE, AddonOrderState.ENDING),
    "done": (
        AddonOrderState.ENDED,
        AddonOrderState.DELIVERED,
        AddonOrderState.DECLINED,
        AddonOrderState.CANCELLED,
    ),
}
OPEN: Final = (AddonOrderState.ORDERED, AddonOrderState.CONFIRMED)


async def _orders(work: UnitOfWork, wanted: Wanted) -> Found[AddonOrderView]:
    found = await select_rows(work, ORDER_ROWS, wanted)
    return [(order_view(row, work.actor), value) for row, value in found]


async def _clients(work: UnitOfWork, _: Mapping[str, str]) -> Choices:
    with_orders = select(AddonOrder.client_id).where(AddonOrder.tenant_id == work.tenant_id)
    rows = await work.session.execute(
        select(Client.id, Client.name).where(Client.id.in_(with_orders)).order_by(Client.name, Client.id)
    )
    return [(str(client_id), name) for client_id, name in rows]


def order_matches(word: str) -> ColumnElement[bool]:
    """Orders whose number, service or client holds the word."""
    return contains(word, AddonOrder.number, AddonOrder.name, Client.name)


def _in_group(group: str) -> ColumnElement[bool]:
    return AddonOrder.state.in_(_OF_GROUP[group])


ORDERS: Final = RecordList(
    key="addon-orders",
    label=N_("增值服务订单"),
    base="/workspace/addons",
    permission=AddonPermission.ADDON_READ,
    record_kind="addon_order",
    id=AddonOrder.id,
    title=AddonOrder.number,
    columns=(
        Column(key="name", label=N_("服务"), sort=AddonOrder.name, main=True, width=30),
        Column(key="number", label=N_("单号"), sort=AddonOrder.number, narrow=True),
        Column(key="client_name", label=N_("客户"), sort=Client.name, width=30),
        Column(key="state", label=N_("状态"), names=ORDER_STATE_NAMES, sort=AddonOrder.state, narrow=True),
        Column(key="target", label=N_("网点或设备"), value=lambda order: order.site_name or order.device_number),
        Column(key="quantity", label=N_("数量"), value=lambda order: float(order.quantity), number=True),
        Column(
            key="price",
            label=N_("金额"),
            note=N_("（元，含税）"),
            value=lambda order: float(order.price.value),
            number=True,
        ),
        Column(key="cycle", label=N_("周期"), names=CYCLE_NAMES, narrow=True, optional=True),
        Column(key="start_on", label=N_("开始日期"), sort=AddonOrder.start_on, nullable=True, narrow=True),
        Column(key="last_day", label=N_("最后一天"), sort=AddonOrder.last_day, nullable=True, narrow=True),
        Column(key="delivered_on", label=N_("交付日期"), sort=AddonOrder.delivered_on, nullable=True, shown=False),
        Column(key="ordered_by_name", label=N_("订购人"), shown=False),
        Column(key="ordered_at", label=N_("订购时间"), sort=AddonOrder.ordered_at, falling=True, narrow=True),
    ),
    sort="-ordered_at",
    rows=_orders,
    filters=(
        Filter(
            key="group",
            label=N_("待办"),
            names=GROUPS,
            condition=_in_group,
            otherwise=AddonOrder.state.in_(OPEN),
            as_tabs=True,
        ),
        Filter(
            key="client",
            label=N_("全部客户"),
            choices=_clients,
            read=UUID,
            condition=lambda client_id: AddonOrder.client_id == client_id,
        ),
        Filter(key="kind", label=N_("全部付费方式"), names=KIND_NAMES, condition=lambda kind: AddonOrder.kind == kind),
    ),
    matches=order_matches,
    search_label=N_("单号、服务或客户"),
)


async def _addons(work: UnitOfWork, wanted: Wanted) -> Found[AddonView]:
    found = await select_rows(work, select(*columns_of(AddonView, Addon)), wanted)
    return [(_addon_view(row), value) for row, value in found]


def _addon_view(row: Any) -> AddonView:
    view = AddonView(*row)
    return AddonView(
        **{name: getattr(view, name) for name in AddonView.__struct_fields__}
        | {
            "kind": AddonKind(view.kind),
            "target": AddonTarget(view.target),
            "price_mode": PriceMode(view.price_mode),
            "state": AddonState(view.state),
        }
    )


def _addon_matches(word: str) -> ColumnElement[bool]:
    return contains(word, Addon.code, Addon.name)


CATALOGUE: Final = RecordList(
    key="addons",
    label=N_("增值服务目录"),
    base="/workspace/addons/catalogue",
    permission=AddonPermission.ADDON_READ,
    record_kind="addon",
    id=Addon.id,
    title=Addon.code,
    columns=(
        Column(key="name", label=N_("服务"), sort=Addon.name, main=True, width=30),
        Column(key="code", label=N_("编号"), sort=Addon.code, narrow=True),
        Column(key="service_category", label=N_("服务类别"), names=CATEGORY_NAMES),
        Column(key="kind", label=N_("付费方式"), names=KIND_NAMES, narrow=True),
        Column(key="target", label=N_("订购对象"), names=TARGET_NAMES, narrow=True, optional=True),
        Column(
            key="unit_price",
            label=N_("单价"),
            note=N_("（元，含税）"),
            value=lambda addon: float(addon.unit_price),
            sort=Addon.unit_price,
            number=True,
        ),
        Column(key="unit", label=N_("单位"), narrow=True),
        Column(key="cycle", label=N_("周期"), names=CYCLE_NAMES, narrow=True),
        Column(key="billed", label=N_("计费时间"), names=BILLED_NAMES, narrow=True, shown=False),
        Column(key="tax", label=N_("税率"), narrow=True),
        Column(key="state", label=N_("状态"), names=ADDON_STATE_NAMES, narrow=True),
    ),
    sort="code",
    rows=_addons,
    filters=(
        Filter(
            key="state",
            label=N_("可订购"),
            names={AddonState.WITHDRAWN: ADDON_STATE_NAMES[AddonState.WITHDRAWN]},
            condition=lambda state: Addon.state == state,
            otherwise=Addon.state == AddonState.OFFERED,
            as_tabs=True,
        ),
        Filter(
            key="category",
            label=N_("全部服务类别"),
            names=CATEGORY_NAMES,
            condition=lambda code: Addon.service_category == code,
        ),
        Filter(key="kind", label=N_("全部付费方式"), names=KIND_NAMES, condition=lambda kind: Addon.kind == kind),
    ),
    matches=_addon_matches,
    search_label=N_("编号或服务名称"),
)
