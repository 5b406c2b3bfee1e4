"""Which tenants have something due: the one question asked across tenants, and the sweeper role may ask only it."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import and_, or_, select

from app.kernel.outbox import DueEntry, DueKind
from app.kernel.runtime import Runtime
from tenants.models import KEPT_STATES, WORKING_STATES, Tenant

DONE_FOR_ALL = frozenset({DueKind.OUTBOX, DueKind.DELIVERY_RETRY, DueKind.TENANT_EXPORT})
"""What is done also in a suspended or terminated tenant: events that have happened are told to the end, letters on
their way arrive (whoever may sign in may need a password link), and records are exported. All else writes or tells: it
waits until the tenant works again [N1]."""


async def due_tenants(runtime: Runtime, kinds: Collection[DueKind]) -> list[tuple[UUID, DueKind]]:
    """Tenants with work of these kinds due now that may be done in their state. Costs what is due, not what exists."""
    statement = (
        select(DueEntry.tenant_id, DueEntry.kind)
        .join(Tenant, Tenant.id == DueEntry.tenant_id)
        .where(
            DueEntry.due_at <= runtime.clock.now(),
            DueEntry.kind.in_([str(kind) for kind in kinds]),
            or_(
                Tenant.state.in_(WORKING_STATES),
                and_(Tenant.state.in_(KEPT_STATES), DueEntry.kind.in_([str(kind) for kind in DONE_FOR_ALL])),
            ),
        )
        .distinct()
    )
    async with runtime.engine("sweeper").connect() as connection:
        rows = (await connection.execute(statement)).all()
    return [(tenant_id, DueKind(kind)) for tenant_id, kind in rows]
