"""Importing from the command line: for the demo network, and for operators who take over a partner's lists."""

import asyncio
from pathlib import Path

from sqlalchemy import select

from app.assets.clients.models import Client
from app.assets.devices.device_import.reading import RowIssue, Severity
from app.assets.devices.device_import.reading.error_sheet import describe
from app.assets.devices.device_import.runner import ImportRunner
from app.assets.devices.device_import.service import ImportService
from app.assets.devices.schemas import ImportView
from app.assets.devices.tasks import sign_in_store
from app.platform.files import file_store_of
from app.platform.kernel.actor import HQ_TENANT_ID, Actor
from app.platform.kernel.encodings import Encoding
from app.platform.kernel.errors import UnknownName
from app.platform.kernel.runtime import Runtime
from app.platform.kernel.texts import N_, Translator
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
        UnknownName: no such tenant or client.
        FileRefused, ImportEmpty, ImportStateRefused: as their texts say; the last where no heading was recognised.
    """
    content = await asyncio.to_thread(file.read_bytes)
    async with runtime.units_of_work.begin(Actor.system(HQ_TENANT_ID)) as work:
        tenant_id = await work.session.scalar(select(Tenant.id).where(Tenant.slug == tenant_slug))
    if tenant_id is None:
        raise UnknownName(word=tenant_slug, kind=N_("租户"))
    actor = Actor.system(tenant_id)
    async with runtime.units_of_work.begin(actor) as work:
        client_id = await work.session.scalar(select(Client.id).where(Client.code == client_code))
        if client_id is None:
            raise UnknownName(word=client_code, kind=N_("客户"))
        service = ImportService(work, file_store_of(runtime))
        uploaded = await service.upload(client_id, file.name, content, encoding)
        if dry_run:
            return await service.cancel(uploaded.id)
        await service.confirm(uploaded.id, uploaded.version)
    await ImportRunner(
        runtime.units_of_work, file_store_of(runtime), sign_in_store(runtime), tenant_id, uploaded.id
    ).run()
    async with runtime.units_of_work.begin(actor) as work:
        return await ImportService(work, file_store_of(runtime)).get(uploaded.id)


def summary_lines(view: ImportView, translate: Translator) -> list[str]:
    """Lines for the operator: the encoding in which a text was read, its first lines, and every
    warning."""
    lines: list[str] = []
    if view.read_as is not None:
        sure, guess = N_("文字编码：%(encoding)s"), N_("文字编码：%(encoding)s（自动识别，不对请用 --encoding 指定）")
        lines.append(translate(guess if view.read_as.is_guess else sure, encoding=view.read_as.encoding))
        lines += [f"  {line}" for line in view.read_as.lines]
    for issue in view.issues:
        warning = RowIssue(issue.cell, issue.field, issue.code, Severity.WARNING, issue.parameters)
        lines.append(describe(warning, translate))
    return lines
