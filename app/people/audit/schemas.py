"""What goes into and comes out of the audit log."""

from datetime import date, datetime
from typing import Any, Self
from uuid import UUID

import msgspec

from app.people.audit.models import AuditAnchor


class AuditFilter(msgspec.Struct, frozen=True, kw_only=True):
    """Which entries. All are joined by and; what is None or empty does not narrow."""

    words: str = ""
    """Part of a person's name, or a record's id."""
    membership_id: UUID | None = None
    action: str = ""
    """An action (`ticket.closed`), or an area with its dot (`ticket.`); former names are understood."""
    record_kind: str = ""
    record_id: UUID | None = None
    since: datetime | None = None
    until: datetime | None = None


class AuditLine(msgspec.Struct, frozen=True):
    """One entry. `actor` is the person's name where the reader may know it; `details` are ids, states, field names."""

    id: UUID
    occurred_at: datetime
    actor_kind: str
    account_id: UUID | None
    membership_id: UUID | None
    client_id: UUID | None
    reporter_id: UUID | None
    action: str
    record_kind: str
    record_id: UUID | None
    request_id: str | None
    network_address: str | None
    details: dict[str, Any]
    actor: str = ""


class Anchor(msgspec.Struct, frozen=True):
    """The chain's head on one day; `hash` is hexadecimal."""

    day: date
    sequence: int
    hash: str

    @classmethod
    def of(cls, row: AuditAnchor) -> Self:
        return cls(row.day, row.sequence, row.hash)
