"""An owner asks for an archive and fetches it: while suspended, after termination, and nobody else ever."""

import io
import json
import zipfile
from datetime import timedelta
from typing import Any

import pytest

from app.platform.kernel.runtime import Runtime
from app.platform.kernel.time_source import SettableClock
from app.worker import all_jobs
from tenants.data_lifecycle.tasks import ExportRunner
from tests.conftest import ClientFor
from tests.factories.network import Network, PartnerCompany
from tests.tenants.data_lifecycle.conftest import set_state, tables

EXPORTS = "/api/v1/tenant-exports"


@pytest.fixture
async def partner(network: Network) -> PartnerCompany:
    made = await network.partner()
    await network.device(await network.client(made))
    return made


async def actions(runtime: Runtime, partner: PartnerCompany, admin: Any) -> list[str]:
    rows = await admin.fetch("SELECT action FROM audit_entry WHERE tenant_id = $1 ORDER BY id", partner.id)
    return [row[0] for row in rows]


@pytest.mark.parametrize("state", ["active", "suspended", "terminated"])
async def test_an_owner_takes_the_company_s_records_along(
    state: str, partner: PartnerCompany, http: ClientFor, runtime: Runtime, origin_installation: Any
) -> None:
    owner = await http(partner.owner)
    await set_state(runtime, partner, state)
    asked = await owner.post(EXPORTS)
    assert asked.status_code == 202, asked.text
    assert (await owner.post(EXPORTS)).json()["code"] == "tenant_export.already_running"
    assert (await owner.get(f"{EXPORTS}/{asked.json()['id']}/archive")).status_code == 404

    assert await ExportRunner(runtime, tables()).run_once() == 1

    done = (await owner.get(EXPORTS)).json()[0]
    assert done["state"] == "ready"
    fetched = await owner.get(f"{EXPORTS}/{done['id']}/archive")
    assert len(fetched.content) == done["size"]
    with zipfile.ZipFile(io.BytesIO(fetched.content)) as archive:
        manifest = json.loads(archive.read("manifest.json"))
    assert (manifest["tenant"]["id"], manifest["audience"]) == (str(partner.id), "owner")
    assert {"tenant.exported", "tenant_export.downloaded"} <= set(
        await actions(runtime, partner, origin_installation.admin)
    )


async def test_nobody_else_exports_or_fetches(
    partner: PartnerCompany, http: ClientFor, runtime: Runtime, network: Network
) -> None:
    owner = await http(partner.owner)
    asked = (await owner.post(EXPORTS)).json()
    await ExportRunner(runtime, tables()).run_once()
    stranger = await network.partner()
    client = await network.client(partner)
    for who in (partner.dispatcher, client.contact, network.administrator, await network.engineer(partner)):
        caller = await http(who)
        assert (await caller.post(EXPORTS)).status_code == 403
        assert (await caller.get(f"{EXPORTS}/{asked['id']}/archive")).status_code == 403
    assert (await (await http(stranger.owner)).get(f"{EXPORTS}/{asked['id']}/archive")).status_code == 404


async def test_an_archive_is_cleared_away_after_a_week(
    partner: PartnerCompany, http: ClientFor, runtime: Runtime, clock: SettableClock
) -> None:
    owner = await http(partner.owner)
    asked = (await owner.post(EXPORTS)).json()
    await ExportRunner(runtime, tables()).run_once()
    clock.advance(timedelta(days=7))
    assert (await owner.get(f"{EXPORTS}/{asked['id']}/archive")).status_code == 404
    job = next(job for job in all_jobs(runtime) if job.name == "data_lifecycle.remove_expired_archives")
    async with runtime.units_of_work.begin(partner.system) as work:
        await job.run(work)
    folder = runtime.settings.data_directory / "exports" / str(partner.id)
    assert list(folder.iterdir()) == []
    assert (await owner.get(EXPORTS)).json()[0]["state"] == "expired"


async def test_an_export_whose_process_died_is_taken_over_after_its_lease(
    partner: PartnerCompany, http: ClientFor, runtime: Runtime, clock: SettableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner = await http(partner.owner)
    await owner.post(EXPORTS)
    dying, heir = ExportRunner(runtime, tables()), ExportRunner(runtime, tables())

    async def die(_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(dying, "_make", die)
    with pytest.raises(KeyboardInterrupt):
        await dying.run_once()
    assert await heir.run_once() == 0
    clock.advance(timedelta(minutes=6))
    assert await heir.run_once() == 1
    assert (await owner.get(EXPORTS)).json()[0]["state"] == "ready"


async def test_the_page_offers_the_archive_and_nothing_but_it_after_termination(
    partner: PartnerCompany, http: ClientFor, runtime: Runtime
) -> None:
    owner = await http(partner.owner)
    page = await owner.get("/workspace/records")
    assert page.status_code == 200
    assert "导出全部数据" in page.text
    assert (await owner.post("/workspace/records/exports")).status_code == 303
    assert 'hx-trigger="load delay:2s"' in (await owner.get("/workspace/records")).text
    await ExportRunner(runtime, tables()).run_once()
    await set_state(runtime, partner, "terminated")
    shown = (await owner.get("/workspace/records")).text
    assert "/workspace/records/exports/" in shown
    assert "/workspace/tickets" not in shown
    fragment = await owner.get("/workspace/records", headers={"HX-Request": "true"})
    assert "<html" not in fragment.text
