"""Command-line import and export: the same dry run, writing and report as in the pages, without a worker."""

import asyncio
import hashlib
from pathlib import Path
from uuid import UUID

from sqlalchemy import select

from app.clients.models import Client
from app.files import StoredFile, store_of
from app.history.errors import MappingRefused
from app.history.mapping import shipped_mappings
from app.history.models import HistoryImport
from app.history.report import report_csv
from app.history.schemas import HistoryExport, HistoryImportView, HistoryUpload
from app.history.services.exporting import ExportService
from app.history.services.imports import HistoryService
from app.history.services.running import HistoryRunner, Progress
from app.history.states import WORKING, HistoryState
from app.kernel.actor import HQ_TENANT_ID, Actor
from app.kernel.errors import NotCalledSo
from app.kernel.runtime import Runtime
from app.kernel.texts import N_, SOURCE_LANGUAGE, translator
from app.kernel.work import UnitOfWork
from app.sla.models import ServiceCalendarRecord, SlaPolicy
from tenants.models import Tenant


async def import_history(
    runtime: Runtime,
    file: Path,
    *,
    mapping: str,
    tenant_slug: str,
    client_code: str = "",
    time_zone: str = "",
    policy: str = "",
    calendar: str = "",
    dry_run: bool = False,
    report: Path | None = None,
    progress: Progress | None = None,
) -> HistoryImportView:
    """Import a log as the platform's own actor. `mapping` is a shipped mapping's name or a mapping file; `policy` and
    `calendar` are the names of those that clocks are computed by; the default is each client's current one.

    An interrupted import of the same file with the same mapping is resumed.

    Raises:
        NotFound: no such tenant, client, policy or calendar.
        DomainError: whatever `HistoryService` refuses.
    """
    content = await asyncio.to_thread(file.read_bytes)
    shipped = shipped_mappings()
    text = shipped[mapping] if mapping in shipped else await asyncio.to_thread(_mapping_file, Path(mapping))
    name = mapping if mapping in shipped else text
    tenant_id = await _tenant(runtime, tenant_slug)
    async with runtime.works.begin(Actor.system(tenant_id)) as work:
        client_id = await _client(work, client_code)
        import_id = await _cut_off(work, content, text, client_id)
        if import_id is None:
            wanted = HistoryUpload(
                mapping=name,
                file_name=file.name,
                client_id=client_id,
                time_zone=time_zone,
                policy_id=await _called(work, SlaPolicy, policy),
                calendar_id=await _called(work, ServiceCalendarRecord, calendar),
            )
            import_id = (await HistoryService(work, store_of(runtime)).upload(wanted, content)).id
    runner = HistoryRunner(runtime.works, store_of(runtime), tenant_id, import_id, progress)
    await runner.run()
    async with runtime.works.begin(Actor.system(tenant_id)) as work:
        service = HistoryService(work, store_of(runtime))
        tried = await service.get(import_id)
        if tried.state is HistoryState.CHECKED and not dry_run and _something_new(tried):
            tried = await service.confirm(import_id, tried.version)
    if tried.state in WORKING:
        await runner.run()
    async with runtime.works.begin(Actor.system(tenant_id)) as work:
        service = HistoryService(work, store_of(runtime))
        if report is not None:
            sheet = await report_csv(service.every_outcome(import_id), translator(SOURCE_LANGUAGE))
            await asyncio.to_thread(report.write_bytes, sheet)
        done = await service.get(import_id)
        if done.state is HistoryState.CHECKED:
            return await service.cancel(import_id)
        return done


def _mapping_file(path: Path) -> str:
    """
    Raises:
        NotCalledSo: neither a shipped mapping nor a file.
        MappingRefused: the file is no text.
    """
    try:
        return path.read_text("utf-8")
    except OSError as error:
        raise NotCalledSo(word=str(path), kind=N_("字段对应")) from error
    except UnicodeDecodeError as error:
        raise MappingRefused(reason=str(error)) from error


def _something_new(tried: HistoryImportView) -> bool:
    return bool(tried.counts.get("tickets_new", 0) + tried.counts.get("tickets_extended", 0))


async def _tenant(runtime: Runtime, slug: str) -> UUID:
    async with runtime.works.begin(Actor.system(HQ_TENANT_ID)) as work:
        tenant_id = await work.session.scalar(select(Tenant.id).where(Tenant.slug == slug))
    if tenant_id is None:
        raise NotCalledSo(word=slug, kind=N_("租户"))
    return tenant_id


async def _client(work: UnitOfWork, code: str) -> UUID | None:
    if not code:
        return None
    client_id = await work.session.scalar(select(Client.id).where(Client.code == code))
    if client_id is None:
        raise NotCalledSo(word=code, kind=N_("客户"))
    return client_id


async def _called(work: UnitOfWork, model: type[SlaPolicy] | type[ServiceCalendarRecord], name: str) -> UUID | None:
    if not name:
        return None
    found = await work.session.scalar(select(model.id).where(model.name == name))
    if found is None:
        kind = N_("服务级别") if model is SlaPolicy else N_("服务日历")
        raise NotCalledSo(word=name, kind=kind)
    return found


async def _cut_off(work: UnitOfWork, content: bytes, mapping: str, client_id: UUID | None) -> UUID | None:
    """An unfinished import of this file with this mapping."""
    found: UUID | None = await work.session.scalar(
        select(HistoryImport.id)
        .join(StoredFile, StoredFile.id == HistoryImport.file_id)
        .where(
            StoredFile.sha256 == hashlib.sha256(content).hexdigest(),
            HistoryImport.mapping == mapping,
            HistoryImport.client_id == client_id if client_id else HistoryImport.client_id.is_(None),
            HistoryImport.state.in_(WORKING),
        )
        .order_by(HistoryImport.created_at.desc(), HistoryImport.id.desc())
        .limit(1)
    )
    return found


async def export_history(runtime: Runtime, file: Path, *, tenant_slug: str, client_code: str = "") -> int:
    """Write a partner's own tickets as a log; returns the number of bytes.

    Raises:
        NotFound: no such tenant or client.
    """
    tenant_id = await _tenant(runtime, tenant_slug)
    written = 0
    async with runtime.works.begin(Actor.system(tenant_id)) as work:
        wanted = HistoryExport(client_id=await _client(work, client_code))
        with await asyncio.to_thread(file.open, "wb") as log:
            async for part in ExportService(work).export(wanted):
                written += await asyncio.to_thread(log.write, part)
    return written
