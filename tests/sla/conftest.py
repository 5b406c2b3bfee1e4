"""A partner as it is on its first day."""

import pytest

from app.agreements.sla.tasks import provision_for_new_partner
from app.platform.kernel.ids import new_id
from app.platform.kernel.runtime import Runtime
from tests.factories.network import Network, PartnerCompany


@pytest.fixture
async def new_partner(runtime: Runtime, network: Network) -> PartnerCompany:
    """A partner with the templates of service levels that every new one is given, and no others."""
    made = await network.partner()
    await provision_for_new_partner(runtime, made.id, new_id(), {})
    return made
