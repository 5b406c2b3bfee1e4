"""How long a list of 10,000 devices takes: the dry run, the writing, and the same list again."""

import tempfile
import time
from pathlib import Path
from typing import NamedTuple

from app.assets.clients.models import Client
from app.platform.imports.commands import import_list
from app.platform.kernel.actor import HQ_TENANT_ID, Actor
from app.platform.kernel.ids import new_id
from app.platform.kernel.runtime import Runtime
from tenants.models import Tenant
from tests.factories.device_workbook import device_row, device_workbook

ROWS = 10_000


class Measured(NamedTuple):
    """Seconds, each from the bytes of the .xlsx to the last commit. The first includes the dry run that precedes it."""

    dry_run: float
    whole: float
    again: float


async def measure(runtime: Runtime, rows: int = ROWS) -> Measured:
    """Import a made-up list into a new client of a new tenant: every row a device with an employee of its own.

    Raises:
        AssertionError: the import did not write what it should.
    """
    tenant_id, now = new_id(), runtime.clock.now()
    slug, code = f"bench-{tenant_id.hex[-8:]}", "bench"
    async with runtime.units_of_work.begin(Actor.system(HQ_TENANT_ID)) as work:
        work.session.add(Tenant(id=tenant_id, kind="partner", slug=slug, name=slug, state="active", created_at=now))
    async with runtime.units_of_work.begin(Actor.system(tenant_id)) as work:
        work.session.add(
            Client(
                tenant_id=tenant_id,
                id=new_id(),
                code=code,
                name=code,
                short_name=code,
                engagement_models=[],
                created_at=now,
            )
        )
    seconds: list[float] = []
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "list.xlsx"
        file.write_bytes(device_workbook(device_row(serial) for serial in range(1, rows + 1)))
        for dry_run, expected in ((True, ""), (False, "new"), (False, "unchanged")):
            started = time.perf_counter()
            done = await import_list(runtime, "devices", file, client_code=code, tenant_slug=slug, dry_run=dry_run)
            seconds.append(time.perf_counter() - started)
            if expected and done.written[expected] != rows:
                raise AssertionError(f"{expected}: {done.written}")
    return Measured(*seconds)
