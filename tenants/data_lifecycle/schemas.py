"""What goes in and out of this area. Times are UTC, sizes bytes."""

from datetime import datetime
from uuid import UUID

import msgspec


class ExportView(msgspec.Struct, frozen=True, kw_only=True):
    """One archive that was asked for. `state` is queued, running, ready, failed or expired."""

    id: UUID
    state: str
    requested_by: str
    requested_at: datetime
    rows_done: int
    files_done: int
    size: int | None
    sha256: str
    """Of the archive's manifest, in hexadecimal; empty until it is ready."""
    finished_at: datetime | None
    expires_at: datetime | None
    """Until when the archive can be fetched."""


class KeptRows(msgspec.Struct, frozen=True, kw_only=True):
    """Rows that an erasure leaves, and why: `figures` (sums that tell of nobody) or `logs` (the law has network logs
    kept, until `until`)."""

    table: str
    rows: int
    why: str
    until: datetime | None


class Certificate(msgspec.Struct, frozen=True, kw_only=True):
    """What was erased of a partner, what stays and why, when, and by whose decision."""

    partner_id: UUID
    name: str
    credit_code: str
    slug: str
    joined_at: datetime
    decided_at: datetime
    decided_by: str
    reason: str
    begun_at: datetime
    finished_at: datetime
    rows: dict[str, int]
    """Table to the number of rows erased."""
    files: int
    file_bytes: int
    accounts: int
    """People who belonged nowhere else."""
    kept: list[KeptRows]


class SealedCertificate(msgspec.Struct, frozen=True, kw_only=True):
    """A certificate with the SHA-256 of its compact JSON, which headquarters' audit log holds too."""

    certificate: Certificate
    sha256: str
    logs_erased_at: datetime | None
    """When what the law kept was erased as well."""
