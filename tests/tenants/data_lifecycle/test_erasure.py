"""When the retention has ended everything goes, killed half-way or not, and a certificate tells what."""

import asyncio
import io
import re
import signal
import sys
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from pypdf import PdfReader
from sqlalchemy import select, update

from app.people.identity import Membership
from app.platform.kernel.actor import HQ_TENANT_ID, Actor
from app.platform.kernel.areas import gathered
from app.platform.kernel.ids import new_id
from app.platform.kernel.outbox import DueEntry, DueKind
from app.platform.kernel.runtime import Runtime
from app.platform.kernel.texts import ROOT
from app.platform.kernel.time_source import SettableClock
from migrations.registry import mapped_classes
from tenants.access_grants.models import AccessGrant
from tenants.corrective_actions.models import CorrectiveAction, CorrectiveActionLine
from tenants.data_lifecycle.commands import erase_tenant, export_tenant
from tenants.data_lifecycle.errors import ErasureNotDue
from tenants.data_lifecycle.services.erasure import KEPT
from tenants.data_lifecycle.tables import about_a_partner
from tenants.data_lifecycle.tasks import ErasureRunner
from tenants.models import Tenant
from tests.conftest import ClientFor
from tests.factories.network import Network, PartnerCompany
from tests.tenants.data_lifecycle.conftest import FILES, TICKETS, FilledPartner, Installation, tables
from tests.tenants.data_lifecycle.size import rows_of


async def killed_half_way(installation: Installation, slug: str, left: str, tenant_id: UUID) -> None:
    """Run the erasure as a process and kill it while rows of `left` are going."""
    before = await installation.admin.fetchval(f"SELECT count(*) FROM {left} WHERE tenant_id = $1", tenant_id)
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "app.cli", "tenant", "erase", slug, cwd=ROOT, env=installation.environment(),
        stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    present = before
    while process.returncode is None and present == before:
        present = await installation.admin.fetchval(f"SELECT count(*) FROM {left} WHERE tenant_id = $1", tenant_id)
    if process.returncode is None:
        process.send_signal(signal.SIGKILL)
    _, complaint = await process.communicate()
    assert process.returncode == -signal.SIGKILL, complaint.decode()
    assert present


async def terminated(filled_partner: FilledPartner, headquarters: Any, days: int = 90) -> None:
    """Headquarters ends the partner's membership."""
    answer = await headquarters.post(
        f"/api/v1/partners/{filled_partner.partner.id}/terminate",
        json={"version": 1, "reason": "合同到期", "retention_days": days},
    )
    assert answer.status_code == 200, answer.text


@pytest.fixture
async def bystander(network: Network, filled_partner: FilledPartner) -> tuple[PartnerCompany, UUID]:
    """Another partner, one of whose people also belongs to the one that leaves."""
    other = await network.partner("广州岭南信息服务有限公司")
    client = await network.client(other)
    await network.device(client)
    shared = other.dispatcher
    async with network.runtime.units_of_work.begin(filled_partner.partner.system) as work:
        work.session.add(
            Membership(
                tenant_id=filled_partner.partner.id,
                id=new_id(),
                account_id=shared.account_id,
                display_name="两家都在",
                roles=["engineer"],
                created_at=work.now,
            )
        )
    assert shared.account_id
    return other, shared.account_id


async def headquarters_records(runtime: Runtime, partner_id: UUID) -> None:
    """What headquarters keeps of a partner's people: who answered for a bad month, who consented to a look."""
    hq, at = {"tenant_id": HQ_TENANT_ID, "partner_id": partner_id, "partner_name": "某服务商"}, runtime.clock.now()
    async with runtime.units_of_work.begin(Actor.system(HQ_TENANT_ID)) as work:
        action_id = new_id()
        work.session.add(
            CorrectiveAction(
                **hq, id=action_id, number=f"CA-{action_id.hex[-12:]}", threshold_id=new_id(), measure="resolution",
                comparison="below", limit_hundredths=9000, fewest_cases=10, month=at.date(), months=1,
                value_hundredths=6000, cases=100, opened_at=at, state="planned", settled_by="partner",
                due_on=at.date(), recheck_on=at.date(), owner_name="陈总", cause="夜班没有人", planned_measures="招人",
            )
        )  # fmt: skip
        await work.session.flush()
        for side, name in (("partner", "陈总"), ("hq", "总部质量专员")):
            work.session.add(
                CorrectiveActionLine(
                    tenant_id=HQ_TENANT_ID, id=new_id(), action_id=action_id, occurred_at=at, kind="progress",
                    side=side, actor_name=name, text="已招到人",
                )
            )  # fmt: skip
        work.session.add(
            AccessGrant(
                **hq, id=new_id(), requested_by=new_id(), requested_by_name="总部质量专员", reason="核实投诉",
                record_kinds=["ticket"], hours=24, state="declined", requested_at=at, decided_by_name="陈总",
                decided_at=at, decision="不方便", expires_at=at,
            )
        )  # fmt: skip


async def names_at_headquarters(admin: Any, partner_id: UUID) -> set[str]:
    """Every name and word in these records, but for the partner's own name and headquarters' reason."""
    found = await admin.fetch(
        "SELECT unnest(ARRAY[owner_name, cause, planned_measures]) FROM corrective_action WHERE partner_id = $1 "
        "UNION SELECT unnest(ARRAY[l.actor_name, l.text]) FROM corrective_action_line l JOIN corrective_action a "
        "ON a.id = l.action_id WHERE a.partner_id = $1 "
        "UNION SELECT unnest(ARRAY[requested_by_name, decided_by_name, decision]) FROM access_grant "
        "WHERE partner_id = $1",
        partner_id,
    )
    return {row[0] for row in found} - {""}


@pytest.mark.slow(8, "a whole company, and the command of its erasure")
async def test_everything_goes_when_the_retention_ends_and_a_certificate_tells_what(
    filled_partner: FilledPartner,
    bystander: tuple[PartnerCompany, UUID],
    network: Network,
    http: ClientFor,
    clock: SettableClock,
    tmp_path: Any,
) -> None:
    installation, partner = filled_partner.installation, filled_partner.partner
    runtime, admin = installation.runtime, installation.admin
    other, shared_account = bystander
    headquarters = await http(network.administrator)
    runner = ErasureRunner(runtime, tables())
    async with runtime.units_of_work.begin(partner.system) as work:
        people = set(await work.session.scalars(select(Membership.account_id)))

    for each in (partner, other):
        await headquarters_records(runtime, each.id)
    everybody = await names_at_headquarters(admin, partner.id)
    assert {"陈总", "夜班没有人", "不方便"} <= everybody

    await terminated(filled_partner, headquarters)
    with pytest.raises(ErasureNotDue):
        await erase_tenant(runtime, tables(), partner.slug)
    assert await runner.run_once() == 0
    await export_tenant(runtime, tables(), partner.slug, tmp_path / "last.zip", _silently)

    before_other = await rows_of(admin, other.id, but=frozenset())
    before = {name: count for name, (count, _) in (await rows_of(admin, partner.id, but=frozenset())).items() if count}
    assert before["ticket"] == TICKETS
    # Another process erases by the machine's clock and is killed; this one goes on by the clock of the test.
    async with runtime.units_of_work.begin(Actor.system(HQ_TENANT_ID)) as work:
        await work.session.execute(update(Tenant).where(Tenant.id == partner.id).values(erase_after=work.now))
    await killed_half_way(installation, partner.slug, "ticket_event", partner.id)
    assert (await headquarters.get(f"/api/v1/partners/{partner.id}")).json()["state"] == "erasing"
    assert (await headquarters.get(f"/api/v1/partners/{partner.id}/erasure-certificate")).status_code == 404
    clock.advance(timedelta(days=90))
    assert await runner.run_once() == 1

    headquarters = await http(network.administrator)
    sealed = (await headquarters.get(f"/api/v1/partners/{partner.id}/erasure-certificate")).json()
    certificate = sealed["certificate"]
    left = {name: count for name, (count, _) in (await rows_of(admin, partner.id, but=frozenset())).items() if count}
    assert left.keys() <= KEPT.keys()
    assert left == {kept["table"]: kept["rows"] for kept in certificate["kept"]}
    assert {name: certificate["rows"].get(name, 0) + left.get(name, 0) for name in before} == before
    assert (certificate["files"], certificate["decided_by"]) == (FILES + 1, "总部管理员")
    assert certificate["reason"] == "合同到期"
    assert not (runtime.settings.data_directory / "files" / str(partner.id)).exists()
    assert certificate["accounts"] == len(people) - 1
    assert await admin.fetchval("SELECT count(*) FROM account WHERE id = ANY($1::uuid[])", list(people)) == 1
    assert await admin.fetchval("SELECT count(*) FROM account WHERE id = $1", shared_account) == 1
    assert await rows_of(admin, other.id, but=frozenset()) == before_other

    printed = await headquarters.get(f"/hq/partners/{partner.id}/certificate")
    pages = PdfReader(io.BytesIO(printed.content)).pages
    # Long runs may break anywhere on paper: by characters without width, and by lines.
    words = re.sub(r"[\u200b\s]", "", "".join(page.extract_text() for page in pages))
    for told in (partner.name, sealed["sha256"], str(TICKETS), "网络安全法"):
        assert told in words
    assert (await headquarters.get(f"/hq/partners/{partner.id}")).status_code == 200
    application = await admin.fetchrow("SELECT * FROM partner_application WHERE partner_tenant_id = $1", partner.id)
    assert (application["contact_name"], application["mobile"], application["email"]) == ("", "", "")
    # Headquarters' own line keeps who wrote it and what.
    assert await names_at_headquarters(admin, partner.id) == {"总部质量专员", "已招到人"}
    assert await names_at_headquarters(admin, other.id) == everybody

    async with runtime.units_of_work.begin(Actor.system(HQ_TENANT_ID)) as work:
        last = await work.session.scalar(select(DueEntry.due_at).where(DueEntry.kind == DueKind.TENANT_ERASURE))
    assert last is not None
    clock.set(last)
    assert await runner.run_once() == 1
    assert await admin.fetchval("SELECT count(*) FROM audit_entry WHERE tenant_id = $1", partner.id) == 0
    headquarters = await http(network.administrator)
    sealed = (await headquarters.get(f"/api/v1/partners/{partner.id}/erasure-certificate")).json()
    assert sealed["logs_erased_at"]
    assert await runner.run_once() == 0


async def _silently(_: object) -> None:
    """Nobody watches."""


async def test_a_partner_s_people_read_no_certificate(
    http: ClientFor, filled_partner: FilledPartner, network: Network
) -> None:
    stranger = await http((await network.partner()).owner)
    for address in ("erasure-certificate", "erasure-certificate.pdf"):
        assert (await stranger.get(f"/api/v1/partners/{filled_partner.partner.id}/{address}")).status_code == 403


def test_what_stays_is_there_to_stay() -> None:
    assert KEPT.keys() <= mapped_classes().keys()


def test_headquarters_papers_about_a_partner_are_known_to_the_erasure() -> None:
    """Whoever gives headquarters a table about partners adds to the erasure what of it names the partner's people."""
    about = {
        name
        for name, model in mapped_classes().items()
        if "partner_id" in model.__table__.columns and "tenant_id" in model.__table__.columns
    }
    no_people = {"threshold_breach", "royalty_charge", "royalty_invoice"}  # the company's name on what the law has kept
    unknown = about - about_a_partner().keys() - gathered("names_at_headquarters").keys() - no_people
    assert not unknown, f"tell tenants/data_lifecycle/tables.py what an erasure empties in {sorted(unknown)}"
