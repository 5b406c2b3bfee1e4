"""Audit rows of past actions, as `UnitOfWork.audit` would have written them then."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.agreements.sla.replay import IdFactory, Values
from app.desk.tickets.replay.timeline import Person
from app.platform.kernel.actor import ActorKind
from app.platform.kernel.audit import AuditEntry, AuditPending
from app.platform.kernel.performance import insert_rows
from tenants.context import COMMAND_ACTIONS, Command


def audit_values(
    new_id: IdFactory, at: datetime, by: Person, action: str, record: tuple[str, UUID | None], **details: object
) -> Values:
    """The audit row of what `by` did at `at`; `record` is (kind, id), `details` ids, states and field names only."""
    return {
        "id": new_id(at),
        "occurred_at": at,
        "actor_kind": by.kind,
        "account_id": by.account_id,
        "membership_id": by.membership_id,
        "client_id": by.client_id,
        "reporter_id": by.reporter_id,
        "action": action,
        "record_kind": record[0],
        "record_id": record[1],
        "details": details,
    }


def elevated_values(new_id: IdFactory, at: datetime, by: Person, command: Command) -> list[Values]:
    """The audit row of an elevated command; none where the actor was not in an inner ring."""
    if by.kind not in (ActorKind.CLIENT, ActorKind.REPORTER):
        return []
    return [audit_values(new_id, at, by, COMMAND_ACTIONS[command], ("command", None))]


async def write_audit(session: AsyncSession, entries: Sequence[Values]) -> None:
    """Insert the entries and queue each for the tenant's hash chain."""
    await insert_rows(session, AuditEntry, entries)
    await insert_rows(session, AuditPending, [{"id": entry["id"]} for entry in entries])
