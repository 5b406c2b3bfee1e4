"""Which tenants have something due: the one question asked across tenants, and the sweeper role may ask only it."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import select

from app.kernel.outbox import DueEntry, DueKind
from app.kernel.runtime import Runtime


async def due_tenants(runtime: Runtime, kinds: Collection[DueKind]) -> list[tuple[UUID, DueKind]]:
    """Tenants with work of these kinds due now. Costs what is due, not what exists."""
    statement = (
        select(DueEntry.tenant_id, DueEntry.kind)
        .where(DueEntry.due_at <= runtime.clock.now(), DueEntry.kind.in_([str(kind) for kind in kinds]))
        .distinct()
    )
    async with runtime.engine("sweeper").connect() as connection:
        rows = (await connection.execute(statement)).all()
    return [(tenant_id, DueKind(kind)) for tenant_id, kind in rows]
