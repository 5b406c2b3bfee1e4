"""Command-line import and export: the same dry run, writing and report as in the pages, without a worker."""

import asyncio
import hashlib
from pathlib import Path
from uuid import UUID

from sqlalchemy import select

from app.agreements.sla.models import ServiceCalendarRecord, SlaPolicy
from app.assets.clients.models import Client
from app.data_exchange.ticket_import.errors import MappingRefused
from app.data_exchange.ticket_import.mapping import shipped_mappings
from app.data_exchange.ticket_import.models import TicketImport
from app.data_exchange.ticket_import.report import report_csv
from app.data_exchange.ticket_import.schemas import TicketExport, TicketImportUpload, TicketImportView
from app.data_exchange.ticket_import.services.exports import TicketExportService
from app.data_exchange.ticket_import.services.imports import TicketImportService
from app.data_exchange.ticket_import.services.runner import Progress, TicketImportRunner
from app.data_exchange.ticket_import.states import WORKING, TicketImportState
from app.platform.files import StoredFile, file_store_of
from app.platform.kernel.actor import HQ_TENANT_ID, Actor
from app.platform.kernel.errors import UnknownName
from app.platform.kernel.runtime import Runtime
from app.platform.kernel.texts import N_, SOURCE_LANGUAGE, translator
from app.platform.kernel.unit_of_work import UnitOfWork
from tenants.models import Tenant


async def import_tickets(
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
) -> TicketImportView:
    """Import a log as the platform's own actor. `mapping` is a shipped mapping's name or a mapping file; `policy` and
    `calendar` are the names of those that clocks are computed by; the default is each client's current one.

    An interrupted import of the same file with the same mapping is resumed.

    Raises:
        NotFound: no such tenant, client, policy or calendar.
        DomainError: whatever `TicketImportService` refuses.
    """
    content = await asyncio.to_thread(file.read_bytes)
    shipped = shipped_mappings()
    text = shipped[mapping] if mapping in shipped else await asyncio.to_thread(_mapping_file, Path(mapping))
    name = mapping if mapping in shipped else text
    tenant_id = await _tenant(runtime, tenant_slug)
    async with runtime.units_of_work.begin(Actor.system(tenant_id)) as work:
        client_id = await _client(work, client_code)
        import_id = await _interrupted_import(work, content, text, client_id)
        if import_id is None:
            wanted = TicketImportUpload(
                mapping=name,
                file_name=file.name,
                client_id=client_id,
                time_zone=time_zone,
                policy_id=await _named(work, SlaPolicy, policy),
                calendar_id=await _named(work, ServiceCalendarRecord, calendar),
            )
            import_id = (await TicketImportService(work, file_store_of(runtime)).upload(wanted, content)).id
    runner = TicketImportRunner(runtime.units_of_work, file_store_of(runtime), tenant_id, import_id, progress)
    await runner.run()
    async with runtime.units_of_work.begin(Actor.system(tenant_id)) as work:
        service = TicketImportService(work, file_store_of(runtime))
        tried = await service.get(import_id)
        if tried.state is TicketImportState.CHECKED and not dry_run and _has_new_tickets(tried):
            tried = await service.confirm(import_id, tried.version)
    if tried.state in WORKING:
        await runner.run()
    async with runtime.units_of_work.begin(Actor.system(tenant_id)) as work:
        service = TicketImportService(work, file_store_of(runtime))
        if report is not None:
            sheet = await report_csv(service.every_outcome(import_id), translator(SOURCE_LANGUAGE))
            await asyncio.to_thread(report.write_bytes, sheet)
        done = await service.get(import_id)
        if done.state is TicketImportState.CHECKED:
            return await service.cancel(import_id)
        return done


def _mapping_file(path: Path) -> str:
    """
    Raises:
        UnknownName: neither a shipped mapping nor a file.
        MappingRefused: the file is no text.
    """
    try:
        return path.read_text("utf-8")
    except OSError as error:
        raise UnknownName(word=str(path), kind=N_("字段对应")) from error
    except UnicodeDecodeError as error:
        raise MappingRefused(reason=str(error)) from error


def _has_new_tickets(tried: TicketImportView) -> bool:
    return bool(tried.counts.get("tickets_new", 0) + tried.counts.get("tickets_extended", 0))


async def _tenant(runtime: Runtime, slug: str) -> UUID:
    async with runtime.units_of_work.begin(Actor.system(HQ_TENANT_ID)) as work:
        tenant_id = await work.session.scalar(select(Tenant.id).where(Tenant.slug == slug))
    if tenant_id is None:
        raise UnknownName(word=slug, kind=N_("租户"))
    return tenant_id


async def _client(work: UnitOfWork, code: str) -> UUID | None:
    if not code:
        return None
    client_id = await work.session.scalar(select(Client.id).where(Client.code == code))
    if client_id is None:
        raise UnknownName(word=code, kind=N_("客户"))
    return client_id


async def _named(work: UnitOfWork, model: type[SlaPolicy] | type[ServiceCalendarRecord], name: str) -> UUID | None:
    if not name:
        return None
    found = await work.session.scalar(select(model.id).where(model.name == name))
    if found is None:
        kind = N_("服务级别") if model is SlaPolicy else N_("服务日历")
        raise UnknownName(word=name, kind=kind)
    return found


async def _interrupted_import(work: UnitOfWork, content: bytes, mapping: str, client_id: UUID | None) -> UUID | None:
    """An unfinished import of this file with this mapping."""
    found: UUID | None = await work.session.scalar(
        select(TicketImport.id)
        .join(StoredFile, StoredFile.id == TicketImport.file_id)
        .where(
            StoredFile.sha256 == hashlib.sha256(content).hexdigest(),
            TicketImport.mapping == mapping,
            TicketImport.client_id == client_id if client_id else TicketImport.client_id.is_(None),
            TicketImport.state.in_(WORKING),
        )
        .order_by(TicketImport.created_at.desc(), TicketImport.id.desc())
        .limit(1)
    )
    return found


async def export_tickets(runtime: Runtime, file: Path, *, tenant_slug: str, client_code: str = "") -> int:
    """Write a partner's own tickets as a log; returns the number of bytes.

    Raises:
        NotFound: no such tenant or client.
    """
    tenant_id = await _tenant(runtime, tenant_slug)
    written = 0
    async with runtime.units_of_work.begin(Actor.system(tenant_id)) as work:
        wanted = TicketExport(client_id=await _client(work, client_code))
        with await asyncio.to_thread(file.open, "wb") as log:
            async for part in TicketExportService(work).export(wanted):
                written += await asyncio.to_thread(log.write, part)
    return written
