"""What people changed since a list of the same kind was imported: a list that was made before must not undo it."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Uuid, any_, literal, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.platform.imports.reading.converters import shorten
from app.platform.imports.reading.issues import RowIssue, Severity
from app.platform.kernel.actor import ActorKind
from app.platform.kernel.audit import AuditEntry
from app.platform.kernel.time_source import platform_day

_ALL_FIELDS = "*"


class PeopleChanges:
    """Record → columns that a person changed, and when, as the audit log tells."""

    def __init__(self, changed: Mapping[UUID, Mapping[str, datetime]]) -> None:
        self._changed = changed

    @classmethod
    async def of(
        cls, session: AsyncSession, record_kind: str, record_ids: Collection[UUID], since: datetime | None
    ) -> "PeopleChanges":
        """Changes of these records after `since`; none without it."""
        changed: dict[UUID, dict[str, datetime]] = defaultdict(dict)
        if since is None or not record_ids:
            return cls(changed)
        entries = await session.execute(
            select(AuditEntry.record_id, AuditEntry.occurred_at, AuditEntry.details)
            .where(
                AuditEntry.record_kind == record_kind,
                AuditEntry.record_id == any_(literal(list(record_ids), ARRAY(Uuid))),
                AuditEntry.action == f"{record_kind}.changed",
                AuditEntry.occurred_at > since,
                AuditEntry.actor_kind != ActorKind.SYSTEM,
            )
            .order_by(AuditEntry.occurred_at, AuditEntry.id)
        )
        for record_id, occurred_at, details in entries:
            for column in details.get("fields", [_ALL_FIELDS]):
                changed[record_id][column] = occurred_at
        return cls(changed)

    def keep(self, record: Any, values: dict[str, Any], field_of: Mapping[str, str]) -> list[RowIssue]:
        """Take out of `values` (column → value to store) what a person changed; the result says so at the fields that
        `field_of` names for the columns."""
        changed = self._changed.get(record.id)
        if not changed:
            return []
        kept = []
        for column in list(values):
            changed_at = changed.get(column) or changed.get(_ALL_FIELDS)
            if changed_at is not None:
                del values[column]
                value = shorten(_shown(getattr(record, column)))
                parameters = {"day": platform_day(changed_at).isoformat(), "value": value}
                field = field_of.get(column, column)
                kept.append(RowIssue("", field, "changed_by_person", Severity.WARNING, parameters))
        return kept


def _shown(value: Any) -> str:
    return "…" if isinstance(value, UUID) else str(value)
