"""A partner with two clients, a second partner beside it."""

from dataclasses import dataclass

import pytest

from tests.factories.network import ClientCompany, Network, PartnerCompany


@dataclass
class Town:
    """Who there is: `jianfa` and `xiangyu` are clients of `partner`; `foreign` is a client of somebody else."""

    partner: PartnerCompany
    jianfa: ClientCompany
    xiangyu: ClientCompany
    stranger: PartnerCompany
    foreign: ClientCompany


@pytest.fixture(scope="module")
async def town(network: Network) -> Town:
    partner = await network.partner()
    stranger = await network.partner("广州萤火信息科技有限公司")
    return Town(
        partner,
        await network.client(partner),
        await network.client(partner, "厦门象屿股份"),
        stranger,
        await network.client(stranger, "广州白云物业"),
    )
