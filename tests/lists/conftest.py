"""A partner with many devices, among them alike ones, ones without a holder, and names that are long or formulas."""

from dataclasses import dataclass
from uuid import UUID

import httpx
import pytest

from app.assets.clients.models import Employee
from app.assets.devices.models import Device
from app.platform.kernel.ids import new_id
from app.platform.kernel.unit_of_work import UnitOfWorkFactory
from tests.conftest import ClientFor
from tests.factories.network import ClientCompany, Network, PartnerCompany

FORMULAS = ("=1+1", "+86 592", "-2", "@SUM(A1)", "\tTAB", "=cmd|'/c calc'!A1")


@dataclass(frozen=True)
class Stock:
    """The partner's devices, and its owner's browser."""

    partner: PartnerCompany
    clients: tuple[ClientCompany, ClientCompany]
    ids: list[UUID]
    owner: httpx.AsyncClient


@pytest.fixture(scope="module")
async def stock(network: Network, units_of_work: UnitOfWorkFactory, http: ClientFor) -> Stock:
    """Forty devices of two clients, numbered like each other."""
    partner = await network.partner()
    clients = (
        await network.client(partner, "=HYPERLINK(1)公司"),
        await network.client(partner, "厦门" + "很长的名字" * 11 + "有限公司"),
    )
    ids = await add_devices(units_of_work, partner, clients, 40)
    return Stock(partner, clients, ids, await http(partner.owner))


async def add_devices(
    units_of_work: UnitOfWorkFactory, partner: PartnerCompany, clients: tuple[ClientCompany, ...], count: int
) -> list[UUID]:
    """Devices of several clients by turns, every third with a holder."""
    ids: list[UUID] = []
    async with units_of_work.begin(partner.system) as work:
        holders = {client.id: new_id() for client in clients}
        for client in clients:
            work.session.add(
                Employee(tenant_id=partner.id, client_id=client.id, id=holders[client.id], name="王芳", phone="")
            )
        await work.session.flush()
        for place in range(count):
            client = clients[place % len(clients)]
            ids.append(new_id())
            work.session.add(
                Device(
                    tenant_id=partner.id,
                    client_id=client.id,
                    id=ids[-1],
                    number=f"PC-{len(ids) // 2:05}-{new_id().hex[-4:].upper()}",
                    brand=("联想", "戴尔")[place % 2],
                    model=FORMULAS[place % len(FORMULAS)],
                    category="desktop",
                    state=("in_use", "spare", "in_repair")[place % 3],
                    employee_id=holders[client.id] if place % 3 == 0 else None,
                    created_at=work.now,
                )
            )
        await work.session.flush()
    return ids
