"""Reading orders: of the company those of all clients whom the reader looks after, of a client its own."""

from collections.abc import Collection, Sequence
from typing import Any, Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.assets.clients.models import Client, Site
from app.assets.devices.models import Device
from app.platform.kernel.actor import Actor, Scope
from app.platform.kernel.columns import view_of
from app.platform.kernel.errors import NotFound
from app.platform.kernel.unit_of_work import UnitOfWork
from billing.addons.models import AddonDueRecord, AddonOrder
from billing.addons.permissions import AddonPermission
from billing.addons.schemas import AddonOrderView, AddonShareView
from billing.addons.states import (
    ADDON_ORDER_MACHINE,
    CLIENT,
    STAFF,
    AddonKind,
    AddonOrderMove,
    AddonOrderState,
)
from billing.money import PriceMode

MOST_ORDERS: Final = 200
ORDER_ROWS: Final[Any] = (
    select(AddonOrder, Client.name, Site.name, Device.number)
    .join(Client, (Client.tenant_id == AddonOrder.tenant_id) & (Client.id == AddonOrder.client_id))
    .outerjoin(Site, (Site.tenant_id == AddonOrder.tenant_id) & (Site.id == AddonOrder.site_id))
    .outerjoin(Device, (Device.tenant_id == AddonOrder.tenant_id) & (Device.id == AddonOrder.device_id))
)
"""Orders with the names of what they are for."""


class AddonOrderReading:
    """Orders, and what fell due of them.

    Raises:
        Forbidden: without `addon:read`.
    """

    def __init__(self, work: UnitOfWork) -> None:
        work.actor.require(AddonPermission.ADDON_READ)
        self._work = work

    async def get(self, order_id: UUID) -> AddonOrderView:
        """
        Raises:
            NotFound: no such order for this actor.
        """
        rows = await self._rows(ORDER_ROWS.where(AddonOrder.id == order_id))
        if not rows:
            raise NotFound
        return order_view(rows[0], self._work.actor)

    async def of_client(self, client_id: UUID) -> list[AddonOrderView]:
        """The newest first."""
        newest = ORDER_ROWS.where(AddonOrder.client_id == client_id).order_by(AddonOrder.ordered_at.desc())
        rows = await self._rows(newest.order_by(AddonOrder.id.desc()).limit(MOST_ORDERS))
        return [order_view(row, self._work.actor) for row in rows]

    async def shares(self, order_id: UUID) -> list[AddonShareView]:
        """What fell due, the newest first; what is seen of an order is the company's own until it is invoiced.

        Raises:
            NotFound: no such order for this actor.
        """
        order = await self.get(order_id)
        rows = await self._work.session.scalars(
            select(AddonDueRecord).where(AddonDueRecord.order_id == order_id).order_by(AddonDueRecord.number.desc())
        )
        return [
            AddonShareView(
                row.id, row.day, row.period_start, row.period_end, row.given_back, row.amount, order.currency
            )
            for row in rows
        ]

    async def _rows(self, statement: Any) -> Sequence[Any]:
        return (await self._work.session.execute(statement)).all()


def order_view(row: Any, actor: Actor) -> AddonOrderView:
    """A row of `ORDER_ROWS` as `actor` reads it."""
    order, client_name, site_name, device_number = row
    return view_of(
        AddonOrderView,
        order,
        client_name=client_name,
        site_name=site_name or "",
        device_number=device_number or "",
        kind=AddonKind(order.kind),
        price_mode=PriceMode(order.price_mode),
        state=AddonOrderState(order.state),
        moves=moves_of(order, actor),
    )


def side_of(actor: Actor) -> str:
    """Which of the two sides of an order the actor is on."""
    return STAFF if actor.scope is Scope.TENANT else CLIENT


def moves_of(order: AddonOrder, actor: Actor) -> list[AddonOrderMove]:
    """What the actor may do with the order now."""
    if actor.read_only or not actor.may(AddonPermission.ADDON_ORDER):
        return []
    moves = ADDON_ORDER_MACHINE.moves_from(order.state, side_of(actor))
    subscribed = order.kind == AddonKind.SUBSCRIBED
    return [move for move in moves if not (move is AddonOrderMove.DELIVER and subscribed)]


async def numbers_of(session: AsyncSession, order_ids: Collection[UUID]) -> dict[UUID, str]:
    """The numbers of some orders, for the audit log."""
    rows = await session.execute(select(AddonOrder.id, AddonOrder.number).where(AddonOrder.id.in_(order_ids)))
    return {row.id: row.number for row in rows}
