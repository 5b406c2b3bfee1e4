"""What the payment provider tells is written down once; what it is about is asked for, and applied as it is now.

So the order of events does not matter, nor how often they come: an event only says that something has changed.
"""

from collections.abc import Awaitable, Callable, Mapping
from functools import cache
from typing import Any, Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from app.platform.background import consume
from app.platform.kernel.actor import Actor
from app.platform.kernel.areas import areas
from app.platform.kernel.runtime import Runtime
from app.platform.kernel.unit_of_work import UnitOfWork
from billing.gateway.events import GatewayObjectChanged
from billing.gateway.models import GatewayConnection, GatewayEvent, GatewayObject
from billing.gateway.port import GatewayAccount, GatewayForbidden, ObjectKind, PaymentGateway
from billing.gateway.port import GatewayObject as Fetched
from billing.gateway.schemas import ToldEvent
from billing.gateway.stripe_adapter import gateway_of

CONSUMER: Final = "gateway.apply_object"
TRIES: Final = 3
Apply = Callable[[UnitOfWork, Any], Awaitable[None]]
"""Applies what was fetched: the same again, or something older, changes nothing."""


class ChangedMeanwhile(Exception):
    """While it was fetched it has changed again: what was fetched may be old."""


async def tenant_of_account(runtime: Runtime, account_id: str) -> UUID | None:
    """Whose account it is, or was: events of one that a company has parted from are its own still."""
    async with runtime.engine("signin").connect() as connection:
        found = await connection.execute(
            select(GatewayConnection.tenant_id).where(GatewayConnection.account_id == account_id).limit(1)
        )
        tenant_id: UUID | None = found.scalar()
        return tenant_id


async def write_down(work: UnitOfWork, told: ToldEvent) -> bool:
    """Keep an event of this company's account; whether it is new."""
    known = insert(GatewayEvent).values(
        tenant_id=work.tenant_id,
        id=work.new_id(),
        event_id=told.id,
        account_id=told.account,
        type=told.type,
        object_kind=told.kind,
        object_id=told.object_id,
        received_at=work.now,
    )
    new = await work.session.scalar(
        known.on_conflict_do_nothing(index_elements=[GatewayEvent.tenant_id, GatewayEvent.event_id]).returning(
            GatewayEvent.id
        )
    )
    if new is None:
        return False
    await look_at(work, told.account, told.kind, told.object_id)
    return True


async def look_at(work: UnitOfWork, account_id: str, kind: ObjectKind, object_id: str) -> None:
    """Something that the provider keeps may be another than was applied: it is fetched again."""
    values = {
        "tenant_id": work.tenant_id,
        "id": work.new_id(),
        "kind": kind,
        "object_id": object_id,
        "account_id": account_id,
        "generation": 1,
        "applied": 0,
    }
    await work.session.execute(
        insert(GatewayObject)
        .values(values)
        .on_conflict_do_update(
            index_elements=[GatewayObject.tenant_id, GatewayObject.object_id],
            set_={"generation": GatewayObject.generation + 1},
        )
    )
    work.publish(GatewayObjectChanged(kind=kind, object_id=object_id))


async def apply_object(runtime: Runtime, tenant_id: UUID, event_id: UUID, object_id: str) -> None:
    """Fetch what has changed, outside any transaction, and apply it under its lock.

    Raises:
        GatewayUnreachable: the provider does not answer; the event is tried again.
        ChangedMeanwhile: it changes faster than it is fetched; the event is tried again.
    """
    for _ in range(TRIES):
        async with runtime.units_of_work.begin(Actor.system(tenant_id)) as work:
            seen = await work.session.scalar(select(GatewayObject).where(GatewayObject.object_id == object_id))
        if seen is None or seen.applied == seen.generation:
            async with consume(runtime, tenant_id, event_id, CONSUMER):
                return
        async with gateway_of(runtime.settings) as gateway:
            fetched = await _fetched(gateway, seen)
        try:
            async with consume(runtime, tenant_id, event_id, CONSUMER) as work:
                if work is not None:
                    await _apply(work, seen, fetched)
                return
        except ChangedMeanwhile:
            continue
    raise ChangedMeanwhile


async def _apply(work: UnitOfWork, seen: GatewayObject, fetched: Fetched) -> None:
    row = await work.session.scalar(
        select(GatewayObject)
        .where(GatewayObject.object_id == seen.object_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if row is None or row.generation != seen.generation:
        raise ChangedMeanwhile
    apply = appliers().get(ObjectKind(row.kind))
    if apply is not None:
        await apply(work, fetched)
        row.applied, row.applied_at = row.generation, work.now


@cache
def appliers() -> Mapping[ObjectKind, Apply]:
    """By kind of object: who applies it."""
    return {ObjectKind(kind): area.load(name) for area in areas() for kind, name in area.gateway_objects.items()}


async def _fetched(gateway: PaymentGateway, seen: GatewayObject) -> Fetched:
    """What it is now.

    Raises:
        GatewayRefused, GatewayUnreachable: the event is tried again.
    """
    account, object_id = seen.account_id, seen.object_id
    match ObjectKind(seen.kind):
        case ObjectKind.ACCOUNT:
            return await _fetched_account(gateway, account)
        case ObjectKind.CHECKOUT:
            return await gateway.fetch_checkout(account, object_id)
        case ObjectKind.PAYMENT:
            return await gateway.fetch_payment(account, object_id)
        case ObjectKind.REFUND:
            return await gateway.fetch_refund(account, object_id)
        case ObjectKind.DISPUTE:
            return await gateway.fetch_dispute(account, object_id)
        case ObjectKind.PAYOUT:
            return await gateway.fetch_payout(account, object_id)


async def _fetched_account(gateway: PaymentGateway, account: str) -> GatewayAccount:
    try:
        return await gateway.fetch_account(account)
    except GatewayForbidden as forbidden:
        gone = {"charges_enabled": False, "payouts_enabled": False}
        return GatewayAccount(id=account, currency="", missing=(forbidden.code,), **gone)
