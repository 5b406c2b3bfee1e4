"""Notices about orders, and the daily job that begins them, writes what falls due, and ends them."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Final, NamedTuple
from uuid import UUID

from sqlalchemy import select

from app.assets.clients.models import Client
from app.people.identity import kind_of_member, read_recipients
from app.platform.background import Consumers, DailyJob, ReceivedEvent
from app.platform.kernel.runtime import Runtime
from app.platform.kernel.texts import N_
from app.platform.kernel.unit_of_work import UnitOfWork
from app.platform.notifications import MemberRecipient, Notice, Severity, notify
from billing.addons.charges import advance_orders
from billing.addons.events import AddonConfirmed, AddonDeclined, AddonDelivered, AddonEndPlanned, AddonOrdered
from billing.addons.models import AddonOrder
from billing.addons.permissions import AddonPermission
from rbac import permissions_of

HOUR: Final = 1
consumers = Consumers()


class _Told(StrEnum):
    COMPANY = "company"
    CLIENT = "client"


class _Words(NamedTuple):
    to: tuple[_Told, ...]
    text: str


_CONFIRMED: Final = _Words((_Told.CLIENT,), N_("服务商确认了“%(service)s”的订单 %(number)s。"))
_DECLINED: Final = _Words((_Told.CLIENT,), N_("“%(service)s”的订单 %(number)s 没有被接受：%(reason)s"))
_DELIVERED: Final = _Words((_Told.CLIENT,), N_("“%(service)s”已交付（订单 %(number)s）。"))
_END_PLANNED: Final = _Words((_Told.COMPANY, _Told.CLIENT), N_("%(client)s 的“%(service)s”用到 %(last_day)s 为止。"))
_ORDERED_BY_CLIENT: Final = _Words((_Told.COMPANY,), N_("%(client)s 订购了“%(service)s”，等您确认。"))
_ORDERED_BY_COMPANY: Final = _Words((_Told.CLIENT,), N_("服务商为贵公司订购了“%(service)s”（订单 %(number)s）。"))


@consumers.on_batch(AddonOrdered.topic, name="addons.notify_ordered")
async def notify_ordered(work: UnitOfWork, runtime: Runtime, events: Sequence[ReceivedEvent]) -> None:
    """The company hears of a client's order, a client of what the company ordered for it."""
    await _notify(work, runtime, events, None)


@consumers.on_batch(AddonConfirmed.topic, name="addons.notify_confirmed")
async def notify_confirmed(work: UnitOfWork, runtime: Runtime, events: Sequence[ReceivedEvent]) -> None:
    """The client hears that its order was accepted."""
    await _notify(work, runtime, events, _CONFIRMED)


@consumers.on_batch(AddonDeclined.topic, name="addons.notify_declined")
async def notify_declined(work: UnitOfWork, runtime: Runtime, events: Sequence[ReceivedEvent]) -> None:
    """The client hears why its order comes to nothing."""
    await _notify(work, runtime, events, _DECLINED)


@consumers.on_batch(AddonDelivered.topic, name="addons.notify_delivered")
async def notify_delivered(work: UnitOfWork, runtime: Runtime, events: Sequence[ReceivedEvent]) -> None:
    """The client hears that it was delivered."""
    await _notify(work, runtime, events, _DELIVERED)


@consumers.on_batch(AddonEndPlanned.topic, name="addons.notify_end")
async def notify_end(work: UnitOfWork, runtime: Runtime, events: Sequence[ReceivedEvent]) -> None:
    """Both sides hear which day is the last."""
    await _notify(work, runtime, events, _END_PLANNED)


async def _notify(work: UnitOfWork, runtime: Runtime, events: Sequence[ReceivedEvent], words: _Words | None) -> None:
    for event in events:
        found = await work.session.execute(
            select(AddonOrder, Client.name)
            .join(Client, (Client.tenant_id == AddonOrder.tenant_id) & (Client.id == AddonOrder.client_id))
            .where(AddonOrder.id == UUID(event.payload["order_id"]))
        )
        row = found.one_or_none()
        if row is None:
            continue
        order, client_name = row
        said = words or (_ORDERED_BY_CLIENT if order.by_client else _ORDERED_BY_COMPANY)
        parameters = {
            "client": client_name,
            "service": order.name,
            "number": order.number,
            "reason": order.reason[:200],
            "last_day": str(order.last_day or ""),
        }
        for told in said.to:
            portal = "/workspace/addons" if told is _Told.COMPANY else "/portal/addons"
            notice = Notice(
                reference=f"addon:{order.id}:{event.id}",
                text=said.text,
                parameters=parameters,
                link=f"{portal}/{order.id}",
                severity=Severity.ATTENTION if said is _ORDERED_BY_CLIENT else Severity.INFO,
            )
            people = await _people(work, None if told is _Told.COMPANY else order.client_id)
            await notify(work, people, notice, public_url=runtime.settings.public_url)


async def _people(work: UnitOfWork, client_id: UUID | None) -> list[MemberRecipient]:
    """Who orders on this side."""
    kind = kind_of_member(work.tenant_id, client_id)
    return [
        each.address
        for each in await read_recipients(work, client_id)
        if AddonPermission.ADDON_ORDER in permissions_of(kind, sorted(each.roles))
    ]


def daily_jobs(_: Runtime) -> tuple[DailyJob, ...]:
    """What runs once a day."""
    return (DailyJob("addons.advance", HOUR, advance_orders),)
