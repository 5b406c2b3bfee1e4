"""Queries of the service levels."""

from uuid import UUID

from sqlalchemy import and_, bindparam, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.agreements.sla.models import (
    ServiceCalendarRecord,
    ServiceCalendarVersion,
    SlaAssignment,
    SlaPolicy,
    SlaPolicyVersion,
)
from app.platform.kernel.performance import PreparedStatement

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
