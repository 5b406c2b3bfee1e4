"""Queries of the service levels."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import and_, bindparam, delete, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from app.agreements.sla.models import (
    ClockInterval,
    ClockRecord,
    Escalation,
    ServiceCalendarRecord,
    ServiceCalendarVersion,
    SlaAssignment,
    SlaPolicy,
    SlaPolicyVersion,
)
from app.platform.kernel.outbox import DueEntry, DueKind
from app.platform.kernel.performance import PreparedStatement
from app.platform.kernel.unit_of_work import UnitOfWork

_IN_FORCE = PreparedStatement(
    select(SlaPolicy.current_version_id, ServiceCalendarRecord.current_version_id)
    .select_from(SlaAssignment)
    .join(SlaPolicy, and_(SlaPolicy.tenant_id == SlaAssignment.tenant_id, SlaPolicy.id == SlaAssignment.policy_id))
    .join(
        ServiceCalendarRecord,
        and_(
            ServiceCalendarRecord.tenant_id == SlaAssignment.tenant_id,
            ServiceCalendarRecord.id == SlaAssignment.calendar_id,
        ),
    )
    .where(
        SlaAssignment.tenant_id == bindparam("tenant_id"),
        or_(SlaAssignment.client_id == bindparam("client_id"), SlaAssignment.client_id.is_(None)),
    )
    .order_by(SlaAssignment.client_id.is_(None))
    .limit(1)
)


async def versions_in_force(session: AsyncSession, tenant_id: UUID, client_id: UUID) -> tuple[UUID, UUID] | None:
    """The client's policy version and calendar version; the tenant's default where the client has none of its own."""
    row = await _IN_FORCE.first(session, tenant_id=tenant_id, client_id=client_id)
    return None if row is None else (row[0], row[1])


async def policy_document(session: AsyncSession, version_id: UUID) -> dict[str, object] | None:
    """The stored document of one policy version."""
    found: dict[str, object] | None = await session.scalar(
        select(SlaPolicyVersion.document).where(SlaPolicyVersion.id == version_id)
    )
    return found


async def calendar_document(session: AsyncSession, version_id: UUID) -> dict[str, object] | None:
    """The stored document of one calendar version."""
    found: dict[str, object] | None = await session.scalar(
        select(ServiceCalendarVersion.document).where(ServiceCalendarVersion.id == version_id)
    )
    return found


async def lock_ticket_clocks(session: AsyncSession, ticket_id: UUID) -> Sequence[ClockRecord]:
    """The ticket's clocks, locked until the transaction ends."""
    found = await session.scalars(select(ClockRecord).where(ClockRecord.ticket_id == ticket_id).with_for_update())
    return found.all()


async def lock_clocks(session: AsyncSession, clock_ids: Sequence[UUID]) -> Sequence[ClockRecord]:
    """Some clocks, locked; in the order of their ids, so that two sweeps never wait for each other crosswise."""
    found = await session.scalars(
        select(ClockRecord).where(ClockRecord.id.in_(clock_ids)).order_by(ClockRecord.id).with_for_update()
    )
    return found.all()


async def read_clocks(session: AsyncSession, clock_ids: Sequence[UUID]) -> Sequence[ClockRecord]:
    """Some clocks without locks, for reading."""
    return (await session.scalars(select(ClockRecord).where(ClockRecord.id.in_(clock_ids)))).all()


async def ledgers(session: AsyncSession, clock_ids: Sequence[UUID]) -> dict[UUID, list[ClockInterval]]:
    """The closed intervals of some clocks, in order."""
    rows = await session.scalars(
        select(ClockInterval).where(ClockInterval.clock_id.in_(clock_ids)).order_by(ClockInterval.sequence)
    )
    found: dict[UUID, list[ClockInterval]] = {clock_id: [] for clock_id in clock_ids}
    for row in rows:
        found[row.clock_id].append(row)
    return found


async def reached_steps(session: AsyncSession, clock_ids: Sequence[UUID]) -> dict[UUID, set[str]]:
    """The escalation steps that each clock has already reached."""
    rows = await session.execute(select(Escalation.clock_id, Escalation.step).where(Escalation.clock_id.in_(clock_ids)))
    found: dict[UUID, set[str]] = {clock_id: set() for clock_id in clock_ids}
    for clock_id, step in rows:
        found[clock_id].add(step)
    return found


async def reschedule(work: UnitOfWork, entries: Sequence[DueEntry], finished: Sequence[UUID]) -> None:
    """Put each clock's next check where `entries` say, and drop the checks of clocks that have nothing to come."""
    if finished:
        await work.session.execute(
            delete(DueEntry).where(DueEntry.kind == DueKind.SLA_THRESHOLD, DueEntry.subject_id.in_(finished))
        )
    if not entries:
        return
    statement = insert(DueEntry).values(
        [
            {
                "tenant_id": entry.tenant_id,
                "id": entry.id,
                "kind": entry.kind,
                "subject_id": entry.subject_id,
                "due_at": entry.due_at,
            }
            for entry in entries
        ]
    )
    await work.session.execute(
        statement.on_conflict_do_update(
            index_elements=[DueEntry.tenant_id, DueEntry.kind, DueEntry.subject_id],
            set_={"due_at": statement.excluded.due_at},
        )
    )
