"""The list that a client really sent, imported through the use cases as it is."""

from pathlib import Path

import pytest
from sqlalchemy import func, select

from app.assets.clients.models import Site
from app.assets.devices.models import Device
from app.platform.imports.commands import import_list
from app.platform.kernel.runtime import Runtime
from tests.factories.network import Network

pytestmark = pytest.mark.real_input


async def test_the_real_list_is_imported_once_and_again_changes_nothing(
    device_list: Path, runtime: Runtime, network: Network
) -> None:
    partner = await network.partner()
    client = await network.client(partner)
    tried = await import_list(
        runtime, "devices", device_list, client_code=client.code, tenant_slug=partner.slug, dry_run=True
    )
    assert tried.counts["new"] == 234
    assert {issue.cell for issue in tried.issues if issue.refused} == {"B18", "B44"}
    assert "site_respelt" in {issue.code for issue in tried.issues if issue.cell == "F86"}

    first = await import_list(runtime, "devices", device_list, client_code=client.code, tenant_slug=partner.slug)
    assert first.written == {"new": 234, "changed": 0, "unchanged": 0, "refused": 2}
    again = await import_list(runtime, "devices", device_list, client_code=client.code, tenant_slug=partner.slug)
    assert again.written == {"new": 0, "changed": 0, "unchanged": 234, "refused": 2}
    async with runtime.units_of_work.begin(partner.system) as work:
        sites = set(await work.session.scalars(select(Site.name)))
        versions = await work.session.scalar(select(func.max(Device.version)))
    assert sites == {"总部大楼", "总部", "海沧厂区", "同安仓库", "泉州分公司", "广州分公司"}
    assert versions == 1
