"""Which tenants have due work: the only query across tenants, and the only one that the sweeper role may run."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select

from app.platform.kernel.outbox import LANES, DueEntry, DueKind
from app.platform.kernel.runtime import Runtime
from tenants.models import KEPT_STATES, WORKING_STATES, Tenant

DONE_WHILE_SUSPENDED = frozenset({*LANES, DueKind.DELIVERY_RETRY, DueKind.TENANT_EXPORT})
"""What is done also in a suspended or terminated tenant: events that have happened are handled, queued messages
are sent (whoever may sign in may need a password link), and records are exported. All other work
waits until the tenant is active again [N1]."""


def _due_now(now: datetime) -> tuple[ColumnElement[bool], ...]:
    """What is due and may be done in its tenant's state."""
    return (
        DueEntry.due_at <= now,
        or_(
            Tenant.state.in_(WORKING_STATES),
            and_(Tenant.state.in_(KEPT_STATES), DueEntry.kind.in_([str(kind) for kind in DONE_WHILE_SUSPENDED])),
        ),
    )


async def due_counts(runtime: Runtime) -> list[tuple[str, datetime, int]]:
    """Of each kind that has something due now: since when the oldest is, and how much."""
    statement = (
        select(DueEntry.kind, func.min(DueEntry.due_at), func.count())
        .join(Tenant, Tenant.id == DueEntry.tenant_id)
        .where(*_due_now(runtime.clock.now()), DueEntry.kind.in_([str(kind) for kind in DueKind]))
        .group_by(DueEntry.kind)
    )
    async with runtime.engine("sweeper").connect() as connection:
        return [(kind, oldest, count) for kind, oldest, count in (await connection.execute(statement)).all()]


async def due_tenants(runtime: Runtime, kinds: Collection[DueKind]) -> list[tuple[UUID, DueKind]]:
    """Tenants with work of these kinds due now that may be done in their state. Costs what is due, not what exists."""
    statement = (
        select(DueEntry.tenant_id, DueEntry.kind)
        .join(Tenant, Tenant.id == DueEntry.tenant_id)
        .where(*_due_now(runtime.clock.now()), DueEntry.kind.in_([str(kind) for kind in kinds]))
        .distinct()
    )
    async with runtime.engine("sweeper").connect() as connection:
        rows = (await connection.execute(statement)).all()
    return [(tenant_id, DueKind(kind)) for tenant_id, kind in rows]
