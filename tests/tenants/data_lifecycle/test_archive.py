"""A partner's records leave complete and come back the same: row by row, byte by byte, killed or not."""

import asyncio
import contextlib
import json
import shutil
import signal
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from app.people.identity import Account, Membership
from app.platform.files import LocalFileStore, file_key
from app.platform.kernel.actor import HQ_TENANT_ID, Actor
from app.platform.kernel.texts import ROOT
from tenants.data_lifecycle.commands import export_tenant, restore_tenant
from tenants.data_lifecycle.errors import ArchiveDamaged, RestoreRefused
from tenants.data_lifecycle.services.archive_export import Progress, TenantExporter
from tenants.data_lifecycle.tables import excluded_tables
from tenants.models import Tenant
from tests.tenants.data_lifecycle.conftest import FILES, TICKETS, FilledPartner, Installation, tables
from tests.tenants.data_lifecycle.size import rows_of


def silent(_: str) -> None:
    """Nobody listens."""


async def silently(_: Progress) -> None:
    """Nobody watches."""


async def exported(filled_partner: FilledPartner, target: Path) -> Path:
    await export_tenant(filled_partner.installation.runtime, tables(), filled_partner.partner.slug, target, silently)
    return target


async def everything(installation: Installation, tenant_id: UUID) -> dict[str, Any]:
    """All that an installation knows of a tenant, but what belongs to the installation itself."""
    found: dict[str, Any] = await rows_of(installation.admin, tenant_id, but=frozenset(excluded_tables()))
    for table, column in (("partner", "id"), ("partner_territory", "partner_id")):
        rows = await installation.admin.fetch(f"SELECT t::text FROM {table} t WHERE {column} = $1", tenant_id)
        found[f"headquarters/{table}"] = sorted(row[0] for row in rows)
    transitions = await installation.admin.fetch("SELECT t::text FROM partner_transition t ORDER BY id")
    found["headquarters/partner_transition"] = [row[0] for row in transitions]
    found["tenant"] = await installation.admin.fetchval("SELECT t::text FROM tenant t WHERE id = $1", tenant_id)
    root = installation.runtime.settings.data_directory / "files" / str(tenant_id)
    # What begins with a dot is a file that a killed process had not finished: nothing ever reads it.
    files = [path for path in root.rglob("*") if path.is_file() and not path.name.startswith(".")]
    found["files"] = {str(path.relative_to(root)): path.read_bytes() for path in files}
    return found


def contents(archive: Path) -> dict[str, bytes]:
    """Every member but the manifest's moment."""
    with zipfile.ZipFile(archive) as opened:
        assert opened.testzip() is None
        found = {name: opened.read(name) for name in opened.namelist()}
    manifest = json.loads(found.pop("manifest.json"))
    del manifest["made_at"]
    manifest["members"] = sorted(manifest["members"], key=lambda member: str(member["name"]))
    return found | {"manifest.json": json.dumps(manifest).encode()}


def killed(installation: Installation, journal: Path, lines: int, *arguments: str) -> None:
    """Run a command and kill it once its journal has so many lines."""
    process = subprocess.Popen(
        [sys.executable, "-m", "app.cli", *arguments],
        cwd=ROOT,
        env=installation.environment(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    while process.poll() is None:
        if journal.exists() and journal.read_bytes().count(b"\n") >= lines:
            process.send_signal(signal.SIGKILL)
            break
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(0.005)
    _, complaint = process.communicate()
    assert process.returncode == -signal.SIGKILL, complaint.decode()


@pytest.mark.slow(4, "a whole company out and in again")
async def test_an_archive_becomes_the_same_tenant_elsewhere(
    filled_partner: FilledPartner, empty_installation: Installation, tmp_path: Path
) -> None:
    archive = await exported(filled_partner, tmp_path / "partner.zip")
    before = await everything(filled_partner.installation, filled_partner.partner.id)
    assert before["ticket"][0] == TICKETS
    assert before["ticket_event"][0] == 4 * TICKETS
    assert len(before["files"]) == FILES + 2

    done = await restore_tenant(empty_installation.runtime, tables(), archive, silent)

    assert await everything(empty_installation, filled_partner.partner.id) == before
    assert (done.files, done.accounts_linked) == (FILES + 2, 0)
    with pytest.raises(RestoreRefused):
        await restore_tenant(empty_installation.runtime, tables(), archive, silent)


@pytest.mark.slow(10, "killed commands, and as many again")
async def test_killed_half_way_export_and_restore_go_on_and_nobody_can_tell(
    filled_partner: FilledPartner, empty_installation: Installation, tmp_path: Path
) -> None:
    calm = await exported(filled_partner, tmp_path / "calm.zip")
    target = tmp_path / "killed.zip"
    shot = ("tenant", "export", filled_partner.partner.slug, "--to", str(target))
    await asyncio.to_thread(killed, filled_partner.installation, target.with_name("killed.zip.journal"), 12, *shot)
    await exported(filled_partner, target)
    audits = {"tables/audit_entry-00001.jsonl", "tables/audit_pending-00001.jsonl", "manifest.json"}
    resumed, uninterrupted = contents(target), contents(calm)
    assert {name: resumed[name] for name in resumed.keys() - audits} == {
        name: uninterrupted[name] for name in uninterrupted.keys() - audits
    }
    before = await everything(filled_partner.installation, filled_partner.partner.id)

    remembered = target.with_name("killed.zip.restored")
    await asyncio.to_thread(killed, empty_installation, remembered, 20, "tenant", "restore", str(target))
    async with empty_installation.runtime.units_of_work.begin(Actor.system(HQ_TENANT_ID)) as work:
        assert (
            await work.session.scalar(select(Tenant.state).where(Tenant.id == filled_partner.partner.id)) == "restoring"
        )
    await restore_tenant(empty_installation.runtime, tables(), target, silent)

    assert await everything(empty_installation, filled_partner.partner.id) == before


async def test_what_changed_while_an_export_lay_killed_is_in_it_when_it_goes_on(
    filled_partner: FilledPartner, tmp_path: Path
) -> None:
    runtime, partner = filled_partner.installation.runtime, filled_partner.partner
    target = tmp_path / "changed.zip"

    class Killed(Exception):
        pass

    async def die(progress: Progress) -> None:
        if progress.rows > 2 * TICKETS:
            raise Killed

    with pytest.raises(Killed):
        await export_tenant(runtime, tables(), partner.slug, target, die)
    await filled_partner.installation.admin.execute(
        "UPDATE client SET remark = '换了联系人' WHERE tenant_id = $1", partner.id
    )
    async with runtime.units_of_work.begin(partner.system) as work:
        work.audit("client.changed", "client")
    await exported(filled_partner, target)
    found = contents(target)
    assert "换了联系人" in found["tables/client-00001.jsonl"].decode()
    assert "client.changed" in found["tables/audit_entry-00001.jsonl"].decode()
    manifest = json.loads(found["manifest.json"])
    assert {member["name"] for member in manifest["members"]} == found.keys() - {"manifest.json"}


async def test_people_who_are_here_already_are_linked_and_stay_as_they_are(
    filled_partner: FilledPartner, empty_installation: Installation, tmp_path: Path
) -> None:
    archive = await exported(filled_partner, tmp_path / "linked.zip")
    with zipfile.ZipFile(archive) as opened:
        people = [json.loads(line) for line in opened.read("accounts.jsonl").splitlines()]
        assert all("password_hash" not in person for person in people)
    known = people[0]
    await empty_installation.admin.execute(
        "INSERT INTO account (id, email, display_name, password_hash, language, created_at) "
        "VALUES (gen_random_uuid(), $1, '老账号', 'kept', 'en', now())",
        known["email"],
    )
    done = await restore_tenant(empty_installation.runtime, tables(), archive, silent)
    assert (done.accounts_made, done.accounts_linked) == (len(people) - 1, 1)
    account = await empty_installation.admin.fetchrow("SELECT * FROM account WHERE email = $1", known["email"])
    assert (account["display_name"], account["password_hash"]) == ("老账号", "kept")
    async with empty_installation.runtime.units_of_work.begin(filled_partner.partner.system) as work:
        memberships = (await work.session.scalars(select(Membership))).all()
    assert account["id"] in {membership.account_id for membership in memberships}
    assert UUID(known["id"]) not in {membership.account_id for membership in memberships}
    assert Account.__tablename__ == "account"


async def test_a_taken_address_or_credit_code_is_refused_and_nothing_written(
    filled_partner: FilledPartner, empty_installation: Installation, tmp_path: Path
) -> None:
    archive = await exported(filled_partner, tmp_path / "clash.zip")
    await empty_installation.admin.execute(
        "INSERT INTO tenant (id, kind, slug, name, state, created_at, version) "
        "VALUES (gen_random_uuid(), 'partner', $1, '别家', 'active', now(), 1)",
        filled_partner.partner.slug,
    )
    with pytest.raises(RestoreRefused):
        await restore_tenant(empty_installation.runtime, tables(), archive, silent)
    await empty_installation.admin.execute(
        "UPDATE tenant SET slug = 'other' WHERE slug = $1", filled_partner.partner.slug
    )
    await empty_installation.admin.execute(
        "INSERT INTO partner (tenant_id, id, slug, name, credit_code, state, star_level, city_code, hotline, "
        "introduction, authorised_at, version) VALUES ($1, gen_random_uuid(), 'other', '别家', '91350200000000003A', "
        "'active', 3, '350200', '', '', now(), 1)",
        HQ_TENANT_ID,
    )
    with pytest.raises(RestoreRefused):
        await restore_tenant(empty_installation.runtime, tables(), archive, silent)
    assert await empty_installation.admin.fetchval("SELECT count(*) FROM ticket") == 0
    assert (
        await empty_installation.admin.fetchval("SELECT count(*) FROM tenant WHERE id = $1", filled_partner.partner.id)
        == 0
    )


def rebuilt(archive: Path, target: Path, **changes: bytes | None) -> Path:
    """The archive with members replaced, added (new names) or left out (None); the manifest stays."""
    with zipfile.ZipFile(archive) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for info in old.infolist():
            data = changes.pop(info.filename, old.read(info.filename))
            if data is not None:
                new.writestr(info.filename, data)
        for name, added in changes.items():
            if added is not None:
                new.writestr(name, added)
    return target


async def test_a_changed_archive_is_refused_before_anything_is_written(
    filled_partner: FilledPartner, empty_installation: Installation, tmp_path: Path
) -> None:
    archive = await exported(filled_partner, tmp_path / "good.zip")
    with zipfile.ZipFile(archive) as opened:
        manifest = json.loads(opened.read("manifest.json"))
        file_name = next(name for name in opened.namelist() if name.startswith("files/"))
    outside = manifest | {
        "members": [*manifest["members"], {"name": "../../evil", "size": 4, "sha256": "0" * 64, "rows": 0}]
    }
    faulty: dict[str, dict[str, bytes | None]] = {
        "a changed row": {"tables/client-00001.jsonl": b'{"tenant_id":"x"}\n'},
        "a missing part": {"tables/client-00001.jsonl": None},
        "a bomb": {file_name: b"\0" * 50_000_000},
        "a stranger": {"tables/extra-00001.jsonl": b"{}\n"},
        "a path outside": {"../../evil": b"evil", "manifest.json": json.dumps(outside).encode()},
        "another format": {"manifest.json": json.dumps(manifest | {"format_version": 99}).encode()},
        "no manifest": {"manifest.json": None},
        "rubbish": {"manifest.json": b"\xff{"},
    }
    for what, changes in faulty.items():
        with pytest.raises(ArchiveDamaged):
            await restore_tenant(
                empty_installation.runtime, tables(), rebuilt(archive, tmp_path / f"{what}.zip", **changes), silent
            )
    cut = tmp_path / "cut.zip"
    cut.write_bytes(archive.read_bytes()[:-2_000])
    with pytest.raises(ArchiveDamaged):
        await restore_tenant(empty_installation.runtime, tables(), cut, silent)
    assert await empty_installation.admin.fetchval("SELECT count(*) FROM tenant WHERE kind = 'partner'") == 0
    assert not (empty_installation.runtime.settings.data_directory / "files" / str(filled_partner.partner.id)).exists()


async def test_an_owner_s_archive_holds_no_papers_of_headquarters(
    filled_partner: FilledPartner, tmp_path: Path
) -> None:
    runtime = filled_partner.installation.runtime
    store = LocalFileStore(runtime.settings.data_directory / "files")
    exporter = TenantExporter(runtime.units_of_work, runtime.engine("signin"), store, tables())
    await exporter.export(filled_partner.partner.id, tmp_path / "owner.zip", complete=False)
    told = contents(tmp_path / "owner.zip")
    assert {name for name in told if name.startswith("headquarters/")} == {
        "headquarters/partner-00001.jsonl",
        "headquarters/partner_territory-00001.jsonl",
    }
    assert not any("资料齐全".encode() in content for content in told.values())


async def test_nothing_of_another_tenant_is_in_an_archive(
    filled_partner: FilledPartner, network: Any, tmp_path: Path
) -> None:
    other = await network.partner("广州岭南信息服务有限公司")
    await network.client(other, "别家的客户")
    archive = await exported(filled_partner, tmp_path / "alone.zip")
    unpacked = b"".join(contents(archive).values())
    assert str(other.id).encode() not in unpacked
    assert "别家的客户".encode() not in unpacked


async def test_a_file_that_the_store_lost_is_named_and_missed_by_nobody(
    filled_partner: FilledPartner, empty_installation: Installation, tmp_path: Path
) -> None:
    runtime = filled_partner.installation.runtime
    file_id = await filled_partner.installation.admin.fetchval(
        "SELECT id FROM stored_file WHERE tenant_id = $1 AND name = '照片.jpg' AND NOT has_thumbnail LIMIT 1",
        filled_partner.partner.id,
    )
    root = runtime.settings.data_directory / "files"
    path = root / str(filled_partner.partner.id) / str(file_id)[-2:] / str(file_id)
    kept = tmp_path / "kept"
    shutil.move(path, kept)
    try:
        archive = await exported(filled_partner, tmp_path / "lost.zip")
    finally:
        shutil.move(kept, path)
    assert json.loads(contents(archive)["manifest.json"])["missing_files"] == [f"files/{file_id}"]
    done = await restore_tenant(empty_installation.runtime, tables(), archive, silent)
    assert done.files == FILES + 1
    assert not await LocalFileStore(empty_installation.runtime.settings.data_directory / "files").exists(
        file_key(filled_partner.partner.id, file_id)
    )
