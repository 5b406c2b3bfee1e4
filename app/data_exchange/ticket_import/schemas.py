"""Request and response structs of ticket imports. Times are UTC; ids are UUIDs."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec
from msgspec import Meta

from app.data_exchange.ticket_import.log_file import LogReading
from app.data_exchange.ticket_import.names import NameKind
from app.data_exchange.ticket_import.states import TicketImportState
from app.platform.kernel.encodings import Encoding


class TicketImportUpload(msgspec.Struct, frozen=True, kw_only=True):
    """Parameters of an import. `mapping` is a mapping's text (TOML), or the name of a shipped one; an `encoding` other
    than `auto` takes precedence over the mapping's."""

    mapping: str
    file_name: str
    client_id: UUID | None = None
    encoding: Encoding = Encoding.AUTOMATIC
    time_zone: str = ""
    policy_id: UUID | None = None
    calendar_id: UUID | None = None


class TicketImportView(msgspec.Struct, frozen=True):
    """One import. `counts` holds tickets_new, _extended, _unchanged, _refused and rows_taken, _changed, _refused."""

    id: UUID
    state: TicketImportState
    source: str
    mapping_name: str
    file_name: str
    client_id: UUID | None
    client_name: str | None
    read_as: LogReading | None
    """How the text was read; null for imports from before this was stored."""
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
    """The version of the import that was read."""

    version: int


class CheckAgain(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The version of the import that was read, and the encoding for the next dry run; null keeps the present one."""

    version: int
    encoding: Encoding | None = None


class NameView(msgspec.Struct, frozen=True):
    """A name in a log. `record_id` and `record_name` are null while it is not matched."""

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
    """The record that a name refers to; null removes the match."""

    record_id: UUID | None


class Candidate(msgspec.Struct, frozen=True):
    """A candidate record for a name."""

    id: UUID
    name: str
    detail: str = ""


class TicketExport(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Filter of an export: tickets of one client, reported in a time span. Empty means all."""

    client_id: UUID | None = None
    reported_from: Annotated[datetime, Meta(tz=True)] | None = None
    reported_before: Annotated[datetime, Meta(tz=True)] | None = None
