"""One scenery for each module that attacks it."""

from collections.abc import AsyncIterator

import asyncpg
import pytest

from app.kernel.clock import SettableClock
from app.kernel.work import Works
from tests.conftest import ClientFor
from tests.factories.network import Network
from tests.isolation.scenery import Scenery, SceneryMaker


@pytest.fixture(scope="module")
async def scenery(
    network: Network, works: Works, clock: SettableClock, http: ClientFor, admin_dsn: str, database: str
) -> AsyncIterator[Scenery]:
    admin = await asyncpg.connect(admin_dsn, database=database)
    yield await SceneryMaker(network, works, clock, http).make(admin)
    await admin.close()
