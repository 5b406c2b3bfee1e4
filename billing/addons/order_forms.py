"""What the pages of orders share, in the workspace and in the client's portal."""

from collections.abc import Awaitable, Callable, Mapping
from decimal import Decimal
from typing import Any, Final
from unicodedata import normalize
from uuid import UUID

from sqlalchemy import select

from app.assets.clients.models import Site
from app.assets.devices.models import Device
from app.platform.kernel.errors import Invalid, NotFound
from app.platform.kernel.texts import N_
from app.platform.kernel.unit_of_work import UnitOfWork
from app.platform.web.form_values import FormValues
from billing.addons.schemas import (
    AddonConfirm,
    AddonDelivery,
    AddonEnd,
    AddonOrderCreate,
    AddonOrderVersion,
    AddonOrderView,
    AddonRefusal,
    AddonView,
)
from billing.addons.services import AddonOrderReading, AddonOrders
from billing.addons.states import AddonKind, AddonOrderMove, AddonTarget

DEVICE_UNKNOWN: Final = N_("这家客户没有这个编号的设备。")
ORDER_FIELDS: Final = ("quantity", "start_on", "remark")

_Made = Callable[[AddonOrders, UUID, FormValues], Awaitable[AddonOrderView]]
_MOVES: Final[Mapping[str, _Made]] = {
    AddonOrderMove.CONFIRM: lambda orders, order_id, form: orders.confirm(order_id, form.read(AddonConfirm)),
    AddonOrderMove.DECLINE: lambda orders, order_id, form: orders.decline(order_id, form.read(AddonRefusal)),
    AddonOrderMove.WITHDRAW: lambda orders, order_id, form: orders.withdraw(order_id, form.read(AddonOrderVersion)),
    AddonOrderMove.CANCEL: lambda orders, order_id, form: orders.cancel(order_id, form.read(AddonRefusal)),
    AddonOrderMove.DELIVER: lambda orders, order_id, form: orders.deliver(order_id, form.read(AddonDelivery)),
    AddonOrderMove.END: lambda orders, order_id, form: orders.end(order_id, form.read(AddonEnd)),
    AddonOrderMove.KEEP: lambda orders, order_id, form: orders.keep(order_id, form.read(AddonOrderVersion)),
}


def quantity_text(quantity: Decimal) -> str:
    """A quantity as people write it: 3, or 1.5."""
    return f"{quantity.normalize():f}"


async def make_move(work: UnitOfWork, order_id: UUID, move: str, form: FormValues) -> None:
    """Do with an order what a form of its page says.

    Raises:
        NotFound: no such move by a person.
        as the move of `AddonOrders`.
    """
    made = _MOVES.get(move)
    if made is None:
        raise NotFound
    await AddonOrderReading(work).get(order_id)
    await made(AddonOrders(work), order_id, form)


async def order_by_form(work: UnitOfWork, addon: AddonView, client_id: UUID, form: FormValues) -> AddonOrderView:
    """Order what a form says; a device is named by its number.

    Raises:
        Invalid: the client has no device of this number.
        as `AddonOrders.order`.
    """
    known: dict[str, Any] = {"addon_id": addon.id, "client_id": client_id, "device_id": None}
    if addon.target is AddonTarget.DEVICE:
        number = "".join(normalize("NFKC", form["device_number"]).split()).upper()
        known["device_id"] = await work.session.scalar(
            select(Device.id).where(Device.client_id == client_id, Device.number == number)
        )
        if known["device_id"] is None:
            raise Invalid(fields={"device_number": DEVICE_UNKNOWN})
    if addon.target is not AddonTarget.SITE:
        known["site_id"] = None
    if addon.kind is not AddonKind.SUBSCRIBED:
        known["start_on"] = None
    return await AddonOrders(work).order(form.read(AddonOrderCreate, **known))


async def sites_of(work: UnitOfWork, client_id: UUID) -> list[tuple[str, str]]:
    """A client's sites that are in use, as choices."""
    rows = await work.session.execute(
        select(Site.id, Site.name).where(Site.client_id == client_id, Site.state == "active").order_by(Site.name)
    )
    return [(str(site_id), name) for site_id, name in rows]
