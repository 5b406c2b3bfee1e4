"""What `yinghuo tenant …` does."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from uuid import UUID

import msgspec
from sqlalchemy import select

from app.files import store_of
from app.kernel.actor import HQ_TENANT_ID, Actor
from app.kernel.errors import NotCalledSo
from app.kernel.runtime import Runtime
from app.kernel.texts import N_
from tenants.lifetime.services.certificates import Certificates
from tenants.lifetime.services.exporting import Receipt, Tell, TenantExporter
from tenants.lifetime.services.restoring import Restored, Say, TenantRestorer
from tenants.lifetime.tables import TenantTables
from tenants.lifetime.tasks import eraser
from tenants.models import Tenant


class TenantLine(msgspec.Struct, frozen=True):
    """One tenant as `yinghuo tenant list` prints it."""

    slug: str
    state: str
    name: str
    erase_after: datetime | None


async def tenants(runtime: Runtime) -> Sequence[TenantLine]:
    """All tenants by slug."""
    async with runtime.works.begin(Actor.system(HQ_TENANT_ID)) as work:
        rows = await work.session.execute(
            select(Tenant.slug, Tenant.state, Tenant.name, Tenant.erase_after).order_by(Tenant.slug)
        )
        return [TenantLine(*row) for row in rows]


async def tenant_id_of(runtime: Runtime, slug: str) -> UUID:
    """
    Raises:
        NotCalledSo: nobody has this slug.
    """
    async with runtime.works.begin(Actor.system(HQ_TENANT_ID)) as work:
        found: UUID | None = await work.session.scalar(select(Tenant.id).where(Tenant.slug == slug))
    if found is None:
        raise NotCalledSo(word=slug, kind=N_("租户"))
    return found


def exporter(runtime: Runtime, tables: TenantTables) -> TenantExporter:
    """The exporter of this process."""
    return TenantExporter(runtime.works, runtime.engine("signin"), store_of(runtime), tables)


async def export_tenant(runtime: Runtime, tables: TenantTables, slug: str, target: Path, tell: Tell) -> Receipt:
    """Write the archive of a partner to `target`; an export that was killed there goes on. The tenant's audit names it.

    Raises:
        NotFound: no such partner, or it is erased.
    """
    tenant_id = await tenant_id_of(runtime, slug)
    if not target.with_name(target.name + ".journal").exists():
        async with runtime.works.begin(Actor.system(tenant_id)) as work:
            work.audit("tenant.exported", "tenant", tenant_id, audience="operator")
    return await exporter(runtime, tables).export(tenant_id, target, complete=True, tell=tell)


async def restore_tenant(runtime: Runtime, tables: TenantTables, source: Path, say: Say) -> Restored:
    """Make the tenant of an archive; a restore that was killed goes on. Raises like `TenantRestorer.restore`."""
    restorer = TenantRestorer(
        runtime.works, runtime.engine("signin"), runtime.engine("owner"), store_of(runtime), tables
    )
    return await restorer.restore(source, say)


async def erase_tenant(runtime: Runtime, tables: TenantTables, slug: str) -> str:
    """Erase a partner that is due, and return its certificate's SHA-256.

    Raises:
        NotFound: no such partner.
        ErasureNotDue: it is not terminated, or is still kept.
    """
    partner_id = await tenant_id_of(runtime, slug)
    await eraser(runtime, tables).erase(partner_id)
    async with runtime.works.begin(Actor.system(HQ_TENANT_ID)) as work:
        return (await Certificates(work).of_partner(partner_id)).sha256
