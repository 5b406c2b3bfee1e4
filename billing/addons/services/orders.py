"""Ordering add-ons, and what becomes of an order: by the client in its portal, or by the company."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select

from app.assets.clients import client_in_use
from app.assets.clients.models import Client, Site
from app.assets.devices.models import Device
from app.platform.kernel.actor import Scope
from app.platform.kernel.counters import Period as SeriesPeriod
from app.platform.kernel.counters import next_number
from app.platform.kernel.errors import Invalid, NotFound, StaleVersion
from app.platform.kernel.invariants import present
from app.platform.kernel.texts import N_
from app.platform.kernel.unit_of_work import UnitOfWork
from billing.addons import events
from billing.addons.errors import AddonOrderDayWrong, AddonOrderTargetWrong, AddonWithdrawn
from billing.addons.models import Addon, AddonOrder
from billing.addons.permissions import AddonPermission
from billing.addons.schemas import (
    AddonConfirm,
    AddonDelivery,
    AddonEnd,
    AddonOrderCreate,
    AddonOrderVersion,
    AddonOrderView,
    AddonRefusal,
)
from billing.addons.services.catalogue import require_authorised
from billing.addons.services.progress import advance, today_of, write_delivery
from billing.addons.services.reading import AddonOrderReading, side_of
from billing.addons.states import (
    ADDON_ORDER_MACHINE,
    AddonKind,
    AddonOrderMove,
    AddonOrderState,
    AddonState,
    AddonTarget,
)
from billing.periods import day_in
from tenants.company_time import company_day
from tenants.context import Command, elevated

SERIES: Final = "ZZ"
"""增值: the series of the orders' numbers, `ZZ-2026-000001`."""
FURTHEST: Final = timedelta(days=366)
"""How far from today a first day, or a day of delivery, may lie."""
DAY_WRONG: Final = N_("请选一个合适的日期。")


@dataclass(frozen=True)
class _Target:
    """What is ordered for."""

    client: Client
    site_id: UUID | None
    device_id: UUID | None


class AddonOrders:
    """Orders of the actor's company, or of the actor's own client.

    Raises:
        Forbidden: without `addon:order`.
    """

    def __init__(self, work: UnitOfWork) -> None:
        work.actor.require(AddonPermission.ADDON_ORDER)
        work.require_writable()
        self._work = work

    async def order(self, wanted: AddonOrderCreate) -> AddonOrderView:
        """Order a service at today's price. The company's own order is confirmed at once; a client's waits for it.

        Raises:
            NotFound: no such add-on, or no such client.
            AddonWithdrawn, AddonNotAuthorised
            AddonOrderTargetWrong, AddonOrderDayWrong
        """
        work = self._work
        addon = await work.session.scalar(select(Addon).where(Addon.id == wanted.addon_id))
        if addon is None:
            raise NotFound
        if addon.state != AddonState.OFFERED:
            raise AddonWithdrawn
        await require_authorised(work, addon.service_category)
        target = await self._target(addon, wanted)
        today = day_in(ZoneInfo(target.client.time_zone), work.now)
        subscribed = addon.kind == AddonKind.SUBSCRIBED
        start_on = (wanted.start_on or today) if subscribed else None
        by_client = work.actor.scope is not Scope.TENANT
        if start_on is not None:
            _require_day(start_on, today if by_client else today - FURTHEST, today + FURTHEST, "start_on")
        async with elevated(work, Command.ORDER_ADDON):
            series_day = await company_day(work)
            order = AddonOrder(
                tenant_id=work.tenant_id,
                id=work.new_id(),
                client_id=target.client.id,
                number=await next_number(work.session, work.actor, SERIES, series_day, SeriesPeriod.YEAR),
                addon_id=addon.id,
                site_id=target.site_id,
                device_id=target.device_id,
                name=addon.name,
                kind=addon.kind,
                service_category=addon.service_category,
                unit=addon.unit,
                unit_price=addon.unit_price,
                currency=addon.currency,
                price_mode=addon.price_mode,
                tax=addon.tax,
                cycle=addon.cycle,
                billed=addon.billed,
                quantity=wanted.quantity,
                time_zone=target.client.time_zone,
                state=AddonOrderState.ORDERED if by_client else AddonOrderState.CONFIRMED,
                remark=wanted.remark,
                ordered_at=work.now,
                ordered_by=work.actor.membership_id,
                ordered_by_name=work.actor.display_name,
                by_client=by_client,
                start_on=start_on,
                version=1,
            )
            work.session.add(order)
            await work.session.flush()
            work.audit("addon.ordered", "addon_order", order.id, number=order.number)
            work.publish(events.AddonOrdered(order_id=order.id, client_id=order.client_id))
            if not by_client:
                await advance(work, order)
        return await self._read(order.id)

    async def confirm(self, order_id: UUID, wanted: AddonConfirm) -> AddonOrderView:
        """Accept what a client ordered; what is subscribed begins on its first day.

        Raises:
            NotFound, StaleVersion, AddonOrderMoveRefused, AddonNotAuthorised, AddonOrderDayWrong
        """
        order = await self._moved(order_id, wanted.version, AddonOrderMove.CONFIRM)
        await require_authorised(self._work, order.service_category)
        if order.kind == AddonKind.SUBSCRIBED:
            start_on, today = wanted.start_on or order.start_on, today_of(self._work, order)
            start_on = present(start_on, "an order of what is subscribed has a day")
            _require_day(start_on, today - FURTHEST, today + FURTHEST, "start_on")
            order.start_on = start_on
        self._tell("addon.confirmed", order, events.AddonConfirmed)
        await advance(self._work, order)
        return await self._read(order_id)

    async def decline(self, order_id: UUID, wanted: AddonRefusal) -> AddonOrderView:
        """Say no to what a client ordered, with the reason that it reads.

        Raises:
            NotFound, StaleVersion, AddonOrderMoveRefused
        """
        order = await self._moved(order_id, wanted.version, AddonOrderMove.DECLINE)
        order.reason, order.next_on = wanted.reason, None
        self._tell("addon.declined", order, events.AddonDeclined)
        return await self._read(order_id)

    async def cancel(self, order_id: UUID, wanted: AddonRefusal) -> AddonOrderView:
        """Take back what was confirmed, before it is delivered or begins.

        Raises:
            NotFound, StaleVersion, AddonOrderMoveRefused
        """
        order = await self._moved(order_id, wanted.version, AddonOrderMove.CANCEL)
        order.reason, order.next_on = wanted.reason, None
        self._tell("addon.cancelled", order, events.AddonDeclined)
        return await self._read(order_id)

    async def withdraw(self, order_id: UUID, wanted: AddonOrderVersion) -> AddonOrderView:
        """The client takes its order back before it is answered.

        Raises:
            NotFound, StaleVersion, AddonOrderMoveRefused
        """
        await self._seen(order_id)
        async with elevated(self._work, Command.CHANGE_ADDON_ORDER):
            order = await self._moved(order_id, wanted.version, AddonOrderMove.WITHDRAW)
            self._work.audit("addon.order_withdrawn", "addon_order", order.id)
        return await self._read(order_id)

    async def deliver(self, order_id: UUID, wanted: AddonDelivery) -> AddonOrderView:
        """What is paid once was delivered on a day, and falls due.

        Raises:
            NotFound, StaleVersion, AddonOrderMoveRefused
            AddonOrderDayWrong: the day is to come, or more than a year ago.
        """
        order = await self._moved(order_id, wanted.version, AddonOrderMove.DELIVER)
        today = today_of(self._work, order)
        _require_day(wanted.delivered_on, today - FURTHEST, today, "delivered_on")
        order.delivered_on = wanted.delivered_on
        write_delivery(self._work, order)
        self._tell("addon.delivered", order, events.AddonDelivered)
        return await self._read(order_id)

    async def end(self, order_id: UUID, wanted: AddonEnd) -> AddonOrderView:
        """Name the last day, or another one. The company may name one that is over: what was paid beyond it is given
        back. A client names today or a later day.

        Raises:
            NotFound, StaleVersion, AddonOrderMoveRefused, AddonOrderDayWrong
        """
        await self._seen(order_id)
        by_client = self._work.actor.scope is not Scope.TENANT
        async with elevated(self._work, Command.CHANGE_ADDON_ORDER):
            order = await self._moved(order_id, wanted.version, AddonOrderMove.END)
            today = today_of(self._work, order)
            begun = present(order.start_on, "what runs has begun")
            earliest = max(begun, today) if by_client else begun
            _require_day(wanted.last_day, earliest, max(today, earliest) + FURTHEST, "last_day")
            order.last_day, order.reason = wanted.last_day, wanted.reason
            self._tell("addon.end_planned", order, events.AddonEndPlanned)
            await advance(self._work, order)
        return await self._read(order_id)

    async def keep(self, order_id: UUID, wanted: AddonOrderVersion) -> AddonOrderView:
        """Let what was to end go on.

        Raises:
            NotFound, StaleVersion, AddonOrderMoveRefused
        """
        await self._seen(order_id)
        async with elevated(self._work, Command.CHANGE_ADDON_ORDER):
            order = await self._moved(order_id, wanted.version, AddonOrderMove.KEEP)
            order.last_day, order.reason = None, ""
            self._work.audit("addon.continued", "addon_order", order.id)
            await advance(self._work, order)
        return await self._read(order_id)

    async def _target(self, addon: Addon, wanted: AddonOrderCreate) -> _Target:
        session = self._work.session
        own = self._work.actor.client_id
        client_id = own or wanted.client_id
        if wanted.client_id not in (None, client_id):
            raise NotFound
        client = await client_in_use(session, client_id)
        given = {AddonTarget.CLIENT: None, AddonTarget.SITE: wanted.site_id, AddonTarget.DEVICE: wanted.device_id}
        named = [each for each in (wanted.site_id, wanted.device_id) if each is not None]
        expected = given[AddonTarget(addon.target)]
        if named != ([expected] if expected is not None else []) or (
            addon.target != AddonTarget.CLIENT and expected is None
        ):
            raise _target_wrong(addon)
        if wanted.site_id is not None:
            found = await session.scalar(select(Site.id).where(Site.id == wanted.site_id, Site.client_id == client.id))
        elif wanted.device_id is not None:
            found = await session.scalar(
                select(Device.id).where(Device.id == wanted.device_id, Device.client_id == client.id)
            )
        else:
            return _Target(client, None, None)
        if found is None:
            raise _target_wrong(addon)
        return _Target(client, wanted.site_id, wanted.device_id)

    async def _seen(self, order_id: UUID) -> None:
        """
        Raises:
            NotFound: no such order in the actor's own ring.
        """
        if await self._work.session.scalar(select(AddonOrder.id).where(AddonOrder.id == order_id)) is None:
            raise NotFound

    async def _moved(self, order_id: UUID, version: int, move: AddonOrderMove) -> AddonOrder:
        """The order after the move, which nobody else moves until the transaction ends."""
        side = side_of(self._work.actor)
        if ADDON_ORDER_MACHINE.moves[move].side not in ("", side):
            await self._seen(order_id)
            raise ADDON_ORDER_MACHINE.refusal
        order = await self._work.session.scalar(select(AddonOrder).where(AddonOrder.id == order_id).with_for_update())
        if order is None:
            raise NotFound
        after = ADDON_ORDER_MACHINE.after(move, order.state, side)
        if order.version != version:
            raise StaleVersion
        if move is AddonOrderMove.DELIVER and order.kind == AddonKind.SUBSCRIBED:
            raise ADDON_ORDER_MACHINE.refusal
        order.state = after
        order.version += 1
        return order

    def _tell(self, action: str, order: AddonOrder, event: type[events.OfAnOrder]) -> None:
        self._work.audit(action, "addon_order", order.id, number=order.number)
        self._work.publish(event(order_id=order.id, client_id=order.client_id))

    async def _read(self, order_id: UUID) -> AddonOrderView:
        await self._work.session.flush()
        return await AddonOrderReading(self._work).get(order_id)


def _require_day(day: date, earliest: date, latest: date, field: str) -> None:
    if not earliest <= day <= latest:
        raise AddonOrderDayWrong(earliest=earliest, latest=latest, fields={field: DAY_WRONG})


def _target_wrong(addon: Addon) -> Invalid:
    field = "device_id" if addon.target == AddonTarget.DEVICE else "site_id"
    return AddonOrderTargetWrong(fields={field: AddonOrderTargetWrong.text})
