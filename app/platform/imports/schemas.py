"""Imports as the API and the pages show them."""

from datetime import datetime
from uuid import UUID

import msgspec

from app.platform.imports.reading.delimited import ReadAs
from app.platform.kernel.encodings import Encoding
from app.platform.kernel.input_text import Code, Input


class ImportView(msgspec.Struct, frozen=True, kw_only=True):
    """One import: what the dry run found and how far the writing has come."""

    id: UUID
    client_id: UUID | None
    """None where the list is not one client's."""
    client_name: str
    kind: str
    file_name: str
    state: str
    sheet: str
    rows_total: int
    rows_done: int
    counts: dict[str, int]
    """What the dry run expects: `new`, `changed`, `unchanged`, `refused`; rows that are `doubtful`, lines `skipped`,
    all `issues`; cells that people changed since the last import and that `stay`."""
    written: dict[str, int]
    """What has been written so far."""
    problem: str
    """Code of what stands in the way, or empty."""
    new_sites: list[str]
    new_departments: list[str]
    new_employees: int
    completed_employees: int
    """Recorded employees whose number, department or e-mail address was not known and stands in the list."""
    not_listed: int
    """Recorded ones that the list does not name; they stay."""
    prefers_list: bool
    """Whether the list is right even where people have changed something since the last import."""
    is_forgotten: bool
    """Whether file and issues are deleted: they quote people."""
    read_as: ReadAs | None
    """How a text was read; None for a workbook, which says its encoding itself."""
    headings: list["HeadingView"]
    issues: list["IssueView"]
    created_by: str
    created_at: datetime
    finished_at: datetime | None
    version: int


class HeadingView(msgspec.Struct, frozen=True):
    """A column of the list; `field` is None where nothing in it is imported."""

    heading: str
    field: str | None
    proposed: str | None = None
    """The field that the values of an unknown column look like; nothing of it is imported before a person says so."""


class IssueView(msgspec.Struct, frozen=True):
    """One doubtful or refused cell; `code` and `parameters` make the sentence."""

    sheet: str
    row_number: int
    cell: str
    field: str
    code: str
    refused: bool
    parameters: dict[str, str] = {}


class MappingChoice(Input, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Heading → field; None leaves the column out."""

    mapping: dict[Code, Code | None]
    encoding: Encoding | None = None
    """In which to read a text again; None leaves it as it is."""
    prefers_list: bool | None = None
    """Whether the list is right where people have changed something since the last import; None leaves it as it is."""
    version: int


class VersionOnly(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The version that the decision was made on."""

    version: int
