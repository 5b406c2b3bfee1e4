"""What `yinghuo tenant …` does."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from uuid import UUID

import msgspec
from sqlalchemy import select

from app.platform.files import file_store_of
from app.platform.kernel.actor import HQ_TENANT_ID, Actor
from app.platform.kernel.errors import UnknownName
from app.platform.kernel.runtime import Runtime
from app.platform.kernel.texts import N_
from tenants.data_lifecycle.services.archive_export import ExportReceipt, ReportProgress, TenantExporter
from tenants.data_lifecycle.services.certificates import Certificates
from tenants.data_lifecycle.services.restoration import Restored, TenantRestorer, WriteLine
from tenants.data_lifecycle.tables import TenantTables
from tenants.data_lifecycle.tasks import eraser
from tenants.models import Tenant


class TenantSummary(msgspec.Struct, frozen=True):
    """One tenant as `yinghuo tenant list` prints it."""

    slug: str
    state: str
    name: str
    erase_after: datetime | None


async def tenants(runtime: Runtime) -> Sequence[TenantSummary]:
    """All tenants by slug."""
    async with runtime.units_of_work.begin(Actor.system(HQ_TENANT_ID)) as work:
        rows = await work.session.execute(
            select(Tenant.slug, Tenant.state, Tenant.name, Tenant.erase_after).order_by(Tenant.slug)
        )
        return [TenantSummary(*row) for row in rows]


async def tenant_id_of(runtime: Runtime, slug: str) -> UUID:
    """
    Raises:
        UnknownName: nobody has this slug.
    """
    async with runtime.units_of_work.begin(Actor.system(HQ_TENANT_ID)) as work:
        found: UUID | None = await work.session.scalar(select(Tenant.id).where(Tenant.slug == slug))
    if found is None:
        raise UnknownName(word=slug, kind=N_("租户"))
    return found


def exporter(runtime: Runtime, tables: TenantTables) -> TenantExporter:
    """The exporter of this process."""
    return TenantExporter(runtime.units_of_work, runtime.engine("signin"), file_store_of(runtime), tables)


async def export_tenant(
    runtime: Runtime, tables: TenantTables, slug: str, target: Path, report_progress: ReportProgress
) -> ExportReceipt:
    """Write the archive of a partner to `target`; an export that was killed there goes on. The tenant's audit names it.

    Raises:
        NotFound: no such partner, or it is erased.
    """
    tenant_id = await tenant_id_of(runtime, slug)
    if not target.with_name(target.name + ".journal").exists():
        async with runtime.units_of_work.begin(Actor.system(tenant_id)) as work:
            work.audit("tenant.exported", "tenant", tenant_id, audience="operator")
    return await exporter(runtime, tables).export(tenant_id, target, complete=True, report_progress=report_progress)


async def restore_tenant(runtime: Runtime, tables: TenantTables, source: Path, write_line: WriteLine) -> Restored:
    """Make the tenant of an archive; a restore that was killed goes on. Raises like `TenantRestorer.restore`."""
    restorer = TenantRestorer(
        runtime.units_of_work, runtime.engine("signin"), runtime.engine("owner"), file_store_of(runtime), tables
    )
    return await restorer.restore(source, write_line)


async def erase_tenant(runtime: Runtime, tables: TenantTables, slug: str) -> str:
    """Erase a partner that is due, and return its certificate's SHA-256.

    Raises:
        NotFound: no such partner.
        ErasureNotDue: it is not terminated, or is still kept.
    """
    partner_id = await tenant_id_of(runtime, slug)
    await eraser(runtime, tables).erase(partner_id)
    async with runtime.units_of_work.begin(Actor.system(HQ_TENANT_ID)) as work:
        return (await Certificates(work).of_partner(partner_id)).sha256
