"""One scenery for each module that attacks it."""

from collections.abc import AsyncIterator

import asyncpg
import pytest

from app.platform.kernel.time_source import SettableClock
from app.platform.kernel.unit_of_work import UnitOfWorkFactory
from tests.conftest import ClientFor
from tests.factories.network import Network
from tests.isolation.scenery import Scenery, SceneryMaker


@pytest.fixture(scope="module")
async def scenery(
    network: Network,
    units_of_work: UnitOfWorkFactory,
    clock: SettableClock,
    http: ClientFor,
    admin_dsn: str,
    database: str,
) -> AsyncIterator[Scenery]:
    admin = await asyncpg.connect(admin_dsn, database=database)
    yield await SceneryMaker(network, units_of_work, clock, http).make(admin)
    await admin.close()
