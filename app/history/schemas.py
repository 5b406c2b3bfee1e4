"""What goes into and comes out of imports of history. Times are UTC; ids are UUIDs."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec
from msgspec import Meta

from app.history.names import NameKind
from app.history.reading import LogReading
from app.history.states import HistoryState
from app.kernel.encodings import Encoding


class HistoryUpload(msgspec.Struct, frozen=True, kw_only=True):
    """How a log is to be read. `mapping` is a mapping's text (TOML), or the name of a shipped one; an `encoding` other
    than `auto` goes before the mapping's."""

    mapping: str
    file_name: str
    client_id: UUID | None = None
    encoding: Encoding = Encoding.AUTOMATIC
    time_zone: str = ""
    policy_id: UUID | None = None
    calendar_id: UUID | None = None


class HistoryImportView(msgspec.Struct, frozen=True):
    """One import. `counts` holds tickets_new, _extended, _unchanged, _refused and rows_taken, _changed, _refused."""

    id: UUID
    state: HistoryState
    source: str
    mapping_name: str
    file_name: str
    client_id: UUID | None
    client_name: str | None
    read_as: LogReading | None
    """How the text was read; null of imports from before this was kept."""
    time_zone: str
    rows_total: int
    tickets_total: int
    tickets_done: int
    counts: dict[str, int]
    problem: dict[str, Any]
    created_by: str
    created_at: datetime
    finished_at: datetime | None
    version: int


class VersionOnly(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which version of the import was looked at."""

    version: int


class CheckAgain(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which version of the import was looked at, and in which encoding it is to be read; null leaves it as it is."""

    version: int
    encoding: Encoding | None = None


class NameView(msgspec.Struct, frozen=True):
    """A name of a log. `record_id` and `record_name` are null while nobody has said whom it means."""

    id: UUID
    source: str
    kind: NameKind
    name: str
    client_id: UUID | None
    client_name: str | None
    record_id: UUID | None
    record_name: str | None
    matched_by: str
    tickets: int


class Match(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whom a name means; null takes the answer back."""

    record_id: UUID | None


class Candidate(msgspec.Struct, frozen=True):
    """A record that a name could mean."""

    id: UUID
    name: str
    detail: str = ""


class HistoryExport(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which tickets an export holds: of one client, reported in a span of days. Empty means all."""

    client_id: UUID | None = None
    reported_from: Annotated[datetime, Meta(tz=True)] | None = None
    reported_before: Annotated[datetime, Meta(tz=True)] | None = None
