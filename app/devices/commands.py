"""Importing from the command line: for the demo network, and for operators who take over a partner's lists."""

import asyncio
from pathlib import Path

from sqlalchemy import select

from app.clients.models import Client
from app.devices.importing import RowIssue, Severity
from app.devices.importing.error_sheet import describe
from app.devices.schemas import ImportView
from app.devices.services.import_run import ImportWriter
from app.devices.services.imports import ImportService
from app.devices.tasks import sign_in_store
from app.files import store_of
from app.kernel.actor import HQ_TENANT_ID, Actor
from app.kernel.encodings import Encoding
from app.kernel.errors import NotCalledSo
from app.kernel.runtime import Runtime
from app.kernel.texts import N_, Translator
from tenants.models import Tenant


async def import_devices(
    runtime: Runtime,
    file: Path,
    *,
    client_code: str,
    tenant_slug: str,
    dry_run: bool = False,
    encoding: Encoding = Encoding.AUTOMATIC,
) -> ImportView:
    """Import a device list as the platform itself, without waiting for a worker.

    Raises:
        NotCalledSo: no such tenant or client.
        FileRefused, ImportEmpty, ImportStateRefused: as their texts say; the last where no heading was recognised.
    """
    content = await asyncio.to_thread(file.read_bytes)
    async with runtime.works.begin(Actor.system(HQ_TENANT_ID)) as work:
        tenant_id = await work.session.scalar(select(Tenant.id).where(Tenant.slug == tenant_slug))
    if tenant_id is None:
        raise NotCalledSo(word=tenant_slug, kind=N_("租户"))
    actor = Actor.system(tenant_id)
    async with runtime.works.begin(actor) as work:
        client_id = await work.session.scalar(select(Client.id).where(Client.code == client_code))
        if client_id is None:
            raise NotCalledSo(word=client_code, kind=N_("客户"))
        service = ImportService(work, store_of(runtime))
        tried = await service.upload(client_id, file.name, content, encoding)
        if dry_run:
            return await service.cancel(tried.id)
        await service.confirm(tried.id, tried.version)
    await ImportWriter(runtime.works, store_of(runtime), sign_in_store(runtime), tenant_id, tried.id).run()
    async with runtime.works.begin(actor) as work:
        return await ImportService(work, store_of(runtime)).get(tried.id)


def told_lines(view: ImportView, translate: Translator) -> list[str]:
    """Lines for the operator: the encoding in which a text was read, its first lines, and every
    warning."""
    lines: list[str] = []
    if view.read_as is not None:
        sure, guess = N_("文字编码：%(encoding)s"), N_("文字编码：%(encoding)s（自动识别，不对请用 --encoding 指定）")
        lines.append(translate(guess if view.read_as.is_guess else sure, encoding=view.read_as.encoding))
        lines += [f"  {line}" for line in view.read_as.lines]
    for issue in view.issues:
        told = RowIssue(issue.cell, issue.field, issue.code, Severity.WARNING, issue.parameters)
        lines.append(describe(told, translate))
    return lines
