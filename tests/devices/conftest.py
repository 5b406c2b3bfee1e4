"""A partner with two clients, a second partner beside it."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest

from app.platform.kernel.runtime import Runtime
from tests.conftest import ClientFor
from tests.factories.imports import ListUploads
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


class Importer(ListUploads):
    """Uploads and runs device lists as the partner's owner."""

    def __init__(self, runtime: Runtime, network: Network, http: ClientFor, companies: Companies) -> None:
        super().__init__(runtime, http, companies.partner, "devices")
        self.network = network
        self.companies = companies

    async def new_client(self) -> ClientCompany:
        return await self.network.client(self.companies.partner, "厦门航空物流")

    async def upload_of(self, client_id: UUID, content: bytes, name: str = "设备清单.xlsx") -> dict[str, Any]:
        return await self.upload(content, client_id, name)

    async def import_of(self, client_id: UUID, content: bytes) -> dict[str, Any]:
        return await self.import_list(content, client_id)

    async def rows_of(self, model: type[Any], client_id: UUID) -> list[Any]:
        return await self.rows(model, model.client_id == client_id)


@pytest.fixture(scope="module")
def importer(runtime: Runtime, network: Network, http: ClientFor, companies: Companies) -> Importer:
    return Importer(runtime, network, http, companies)
