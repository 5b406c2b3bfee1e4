"""Importing from the command line: for the demo network, and for operators who take over a partner's lists."""

import asyncio
from pathlib import Path
from uuid import UUID

from sqlalchemy import select

from app.platform.files import file_store_of
from app.platform.imports.declaration import ImportKind
from app.platform.imports.kinds import kind_named
from app.platform.imports.reading.error_sheet import describe
from app.platform.imports.reading.issues import RowIssue, Severity
from app.platform.imports.runner import ImportRunner
from app.platform.imports.schemas import ImportView
from app.platform.imports.service import ImportService
from app.platform.kernel.actor import HQ_TENANT_ID, Actor
from app.platform.kernel.encodings import Encoding
from app.platform.kernel.errors import UnknownName
from app.platform.kernel.runtime import Runtime
from app.platform.kernel.texts import N_, Translator
from app.platform.kernel.unit_of_work import UnitOfWork
from tenants.models import Tenant


async def import_list(
    runtime: Runtime,
    kind_name: str,
    file: Path,
    *,
    tenant_slug: str,
    client_code: str = "",
    dry_run: bool = False,
    encoding: Encoding = Encoding.AUTOMATIC,
) -> ImportView:
    """Import a list as the platform itself, without waiting for a worker.

    Raises:
        UnknownName: no such tenant or client.
        FileRefused, OwnerRefused, ImportEmpty, ImportStateRefused: as their texts say; the last where no heading was
            recognised.
    """
    content, kind = await asyncio.to_thread(file.read_bytes), kind_named(kind_name)
    store = file_store_of(runtime)
    async with runtime.units_of_work.begin(Actor.system(HQ_TENANT_ID)) as work:
        tenant_id = await work.session.scalar(select(Tenant.id).where(Tenant.slug == tenant_slug))
    if tenant_id is None:
        raise UnknownName(word=tenant_slug, kind=N_("租户"))
    actor = Actor.system(tenant_id)
    async with runtime.units_of_work.begin(actor) as work:
        service = ImportService(work, runtime, store)
        client_id = await _client(work, kind, client_code)
        uploaded = await service.upload(kind.name, client_id, file.name, content, encoding)
        if dry_run:
            return await service.cancel(uploaded.id)
        await service.confirm(uploaded.id, uploaded.version)
    await ImportRunner(runtime, store, tenant_id, uploaded.id).run()
    async with runtime.units_of_work.begin(actor) as work:
        return await ImportService(work, runtime, store).get(uploaded.id)


async def _client(work: UnitOfWork, kind: ImportKind, code: str) -> UUID | None:
    if not code:
        return None
    client_id = await kind.owner.id_of(work, code) if kind.owner else None
    if client_id is None:
        raise UnknownName(word=code, kind=N_("客户"))
    return client_id


def summary_lines(view: ImportView, translate: Translator) -> list[str]:
    """Lines for the operator: the encoding in which a text was read, its first lines, and every
    warning."""
    lines: list[str] = []
    if view.read_as is not None:
        sure, guess = N_("文字编码：%(encoding)s"), N_("文字编码：%(encoding)s（自动识别，不对请用 --encoding 指定）")
        lines.append(translate(guess if view.read_as.is_guess else sure, encoding=view.read_as.encoding))
        lines += [f"  {line}" for line in view.read_as.lines]
    kind = kind_named(view.kind)
    for issue in view.issues:
        warning = RowIssue(issue.cell, issue.field, issue.code, Severity.WARNING, issue.parameters)
        lines.append(describe(warning, kind, translate))
    return lines
