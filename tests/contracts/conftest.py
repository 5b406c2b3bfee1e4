"""A partner with a client that has no contract yet."""

import pytest

from app.platform.kernel.unit_of_work import UnitOfWorkFactory
from tests.contracts.contracts import Contracts
from tests.factories.network import Network


@pytest.fixture
async def contracts(network: Network, units_of_work: UnitOfWorkFactory) -> Contracts:
    partner = await network.partner()
    return Contracts(units_of_work, partner, await network.client(partner))
