"""What of add-ons has to end before a client's company is forgotten."""

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Select, func, select

from app.platform.kernel.client_company import OpenMatter
from app.platform.kernel.texts import N_
from billing.addons.models import AddonOrder
from billing.addons.permissions import AddonPermission
from billing.addons.states import AddonOrderState

_OPEN: Final = (
    AddonOrderState.ORDERED,
    AddonOrderState.CONFIRMED,
    AddonOrderState.ACTIVE,
    AddonOrderState.ENDING,
)


def _orders(client_id: UUID, _: datetime) -> Select[Any]:
    return select(func.count(AddonOrder.id)).where(AddonOrder.client_id == client_id, AddonOrder.state.in_(_OPEN))


ORDERS: Final = OpenMatter(
    tables=("addon_order",),
    label=N_("没有交付或没有结束的增值服务"),
    count=_orders,
    href="/workspace/clients/{client}/addons",
    permission=AddonPermission.ADDON_READ,
)
