"""Reading what clients send: device lists, employees, sites and clients from Excel and CSV.

Pure: bytes in, parsed rows and their issues out; no database, no clock, no framework.
`read_import` does the whole way, `build_error_sheet` answers with a workbook to correct.
"""

from app.devices.importing.delimited import ReadAs
from app.devices.importing.drafts import ClientDraft, DeviceDraft, EmployeeDraft, SiteDraft
from app.devices.importing.error_sheet import build_error_sheet
from app.devices.importing.issues import FileRefused, HeadingRefused, RowIssue, Severity
from app.devices.importing.kinds import ImportKind
from app.devices.importing.marks import Limits
from app.devices.importing.messages import FIELD_NAMES, MESSAGES
from app.devices.importing.rows import (
    ParsedFile,
    ParsedRow,
    SkippedRow,
    open_list,
    parse_rows,
    read_import,
)
from app.devices.importing.workbook import Workbook, read_workbook

__all__ = [
    "FIELD_NAMES",
    "MESSAGES",
    "ClientDraft",
    "DeviceDraft",
    "EmployeeDraft",
    "FileRefused",
    "HeadingRefused",
    "ImportKind",
    "Limits",
    "ParsedFile",
    "ParsedRow",
    "ReadAs",
    "RowIssue",
    "Severity",
    "SiteDraft",
    "SkippedRow",
    "Workbook",
    "build_error_sheet",
    "open_list",
    "parse_rows",
    "read_import",
    "read_workbook",
]
