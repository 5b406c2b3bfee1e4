"""A partner with two clients, a second partner beside it."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from app.platform.imports.tasks import run_import
from app.platform.kernel.ids import new_id
from app.platform.kernel.runtime import Runtime
from tests.conftest import ClientFor
from tests.factories.network import ClientCompany, Network, PartnerCompany


@dataclass
class Companies:
    """Who there is: `jianfa` and `xiangyu` are clients of `partner`; `foreign` is a client of somebody else."""

    partner: PartnerCompany
    jianfa: ClientCompany
    xiangyu: ClientCompany
    stranger: PartnerCompany
    foreign: ClientCompany


@pytest.fixture(scope="module")
async def companies(network: Network) -> Companies:
    partner = await network.partner()
    stranger = await network.partner("广州萤火信息科技有限公司")
    return Companies(
        partner,
        await network.client(partner),
        await network.client(partner, "厦门象屿股份"),
        stranger,
        await network.client(stranger, "广州白云物业"),
    )


class Importer:
    """Uploads and runs imports as the partner's owner."""

    def __init__(self, runtime: Runtime, network: Network, http: ClientFor, companies: Companies) -> None:
        self.runtime = runtime
        self.network = network
        self.http = http
        self.companies = companies

    async def new_client(self) -> ClientCompany:
        return await self.network.client(self.companies.partner, "厦门航空物流")

    async def upload(self, client_id: UUID, content: bytes, name: str = "设备清单.xlsx") -> dict[str, Any]:
        caller = await self.http(self.companies.partner.owner)
        answer = await caller.post(
            "/api/v1/imports", data={"client_id": str(client_id)}, files={"file": (name, content)}
        )
        assert answer.status_code == 201, answer.text
        made: dict[str, Any] = answer.json()
        return made

    async def post(self, uploaded: dict[str, Any], step: str, **more: Any) -> Any:
        caller = await self.http(self.companies.partner.owner)
        return await caller.post(
            f"/api/v1/imports/{uploaded['id']}/{step}", json={"version": uploaded["version"], **more}
        )

    async def run(self, uploaded: dict[str, Any]) -> dict[str, Any]:
        payload = {"import_id": uploaded["id"], "client_id": uploaded["client_id"]}
        await run_import(self.runtime, self.companies.partner.id, new_id(), payload)
        caller = await self.http(self.companies.partner.owner)
        done: dict[str, Any] = (await caller.get(f"/api/v1/imports/{uploaded['id']}")).json()
        return done

    async def import_list(self, client_id: UUID, content: bytes) -> dict[str, Any]:
        uploaded = await self.upload(client_id, content)
        confirmed = await self.post(uploaded, "confirm")
        assert confirmed.status_code == 200, confirmed.text
        return await self.run(uploaded)

    async def rows(self, model: type[Any], client_id: UUID) -> list[Any]:
        async with self.runtime.units_of_work.begin(self.companies.partner.system) as work:
            return list(await work.session.scalars(select(model).where(model.client_id == client_id)))


@pytest.fixture(scope="module")
def importer(runtime: Runtime, network: Network, http: ClientFor, companies: Companies) -> Importer:
    return Importer(runtime, network, http, companies)
