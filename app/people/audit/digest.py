"""What is hashed, byte for byte. Pure; whoever keeps an export can check it with any SHA-256.

An entry's digest is SHA-256 over the UTF-8 bytes of `yinghuo-audit-entry-1`, a line feed, and the entry as JSON: its
columns as an object, keys sorted, no spaces, characters not escaped; ids as lower-case text, `occurred_at` in UTC with
six decimals and `Z`, what is missing as null.

A link's hash is SHA-256 over `yinghuo-audit-link-1`, a line feed, the tenant's id (16 bytes), the sequence (8 bytes,
big endian), the previous link's hash (32 bytes; zeros for the first) and the entry's digest (32 bytes).
"""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, Final
from uuid import UUID

from app.platform.kernel.audit import AuditEntry

GENESIS: Final = bytes(32)
"""Stands before the first link."""

ENTRY_COLUMNS: Final = tuple(sorted(column.key for column in AuditEntry.__table__.columns))
"""Every column of an entry is under its digest."""

_ENTRY: Final = b"yinghuo-audit-entry-1\n"
_LINK: Final = b"yinghuo-audit-link-1\n"


def entry_digest(entry: Mapping[str, Any]) -> bytes:
    """The digest of one entry as read from the database: `ENTRY_COLUMNS` with their values."""
    plain = {name: _plain(entry[name]) for name in ENTRY_COLUMNS}
    document = json.dumps(plain, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return sha256(_ENTRY + document.encode("utf-8", "surrogatepass")).digest()


def _plain(value: Any) -> Any:
    match value:
        case UUID():
            return str(value)
        case datetime():
            return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        case _:
            return value


def link_hash(tenant_id: UUID, sequence: int, previous: bytes, digest: bytes) -> bytes:
    """The hash of one link."""
    return sha256(_LINK + tenant_id.bytes + sequence.to_bytes(8, "big") + previous + digest).digest()
