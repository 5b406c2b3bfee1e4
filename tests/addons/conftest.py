"""A partner with a catalogue, and a client with somebody who may order from it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, TypeVar

import pytest

from app.platform.kernel.actor import Actor
from app.platform.kernel.unit_of_work import UnitOfWork, UnitOfWorkFactory
from billing.addons import AddonCatalogue, AddonKind, AddonOrderCreate, AddonOrders, AddonOrderView, AddonTarget
from billing.addons.schemas import AddonView, AddonWrite
from billing.periods import Cycle
from billing.terms.document import BilledWhen
from tests.factories.network import ClientCompany, Network, PartnerCompany

Result = TypeVar("Result")


def one_off(code: str = "TRAIN", price: str = "150", **more: Any) -> AddonWrite:
    fields: dict[str, Any] = {
        "code": code,
        "name": "用户培训",
        "service_category": "training",
        "kind": AddonKind.ONE_OFF,
        "target": AddonTarget.CLIENT,
        "unit": "人",
        "unit_price": Decimal(price),
        "tax": "vat_6",
        "version": 0,
    }
    return AddonWrite(**(fields | more))


def subscribed(code: str = "WATCH", price: str = "300", **more: Any) -> AddonWrite:
    fields = {
        "name": "网络巡检",
        "service_category": "network",
        "kind": AddonKind.SUBSCRIBED,
        "unit": "套",
        "cycle": Cycle.MONTH,
        "billed": BilledWhen.IN_ADVANCE,
    }
    return one_off(code, price, **(fields | more))


@dataclass
class Shop:
    """Each call in a transaction of its own."""

    units_of_work: UnitOfWorkFactory
    network: Network
    partner: PartnerCompany
    client: ClientCompany
    approver: Actor

    async def as_(self, actor: Actor, act: Callable[[UnitOfWork], Awaitable[Result]]) -> Result:
        async with self.units_of_work.begin(actor) as work:
            return await act(work)

    async def offer(self, wanted: AddonWrite) -> AddonView:
        return await self.as_(self.partner.owner, lambda work: AddonCatalogue(work).create(wanted))

    async def order(self, actor: Actor, addon: AddonView, quantity: str = "1", **more: Any) -> AddonOrderView:
        wanted = AddonOrderCreate(addon.id, Decimal(quantity), **({"client_id": self.client.id} | more))
        return await self.as_(actor, lambda work: AddonOrders(work).order(wanted))

    async def move(self, actor: Actor, order: AddonOrderView, move: str, kind: Any, **more: Any) -> AddonOrderView:
        """`kind` is the struct of the move; the version is the order's."""
        wanted = kind(version=order.version, **more)
        made: AddonOrderView = await self.as_(actor, lambda work: getattr(AddonOrders(work), move)(order.id, wanted))
        return made


@pytest.fixture
async def shop(
    units_of_work: UnitOfWorkFactory, network: Network, partner: PartnerCompany, client: ClientCompany
) -> Shop:
    return Shop(units_of_work, network, partner, client, client.contact)
