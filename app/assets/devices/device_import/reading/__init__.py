"""Reading what clients send: device lists, employees, sites and clients from Excel and CSV.

Pure: bytes in, parsed rows and their issues out; no database, no clock, no framework.
`read_import` does the whole way, `build_error_sheet` answers with a workbook to correct.
"""

from app.assets.devices.device_import.reading.cell_marks import Limits
from app.assets.devices.device_import.reading.delimited import ReadAs
from app.assets.devices.device_import.reading.drafts import ClientDraft, DeviceDraft, EmployeeDraft, SiteDraft
from app.assets.devices.device_import.reading.error_sheet import build_error_sheet
from app.assets.devices.device_import.reading.issues import FileRefused, HeadingRefused, RowIssue, Severity
from app.assets.devices.device_import.reading.list_definitions import ImportKind
from app.assets.devices.device_import.reading.messages import FIELD_NAMES, MESSAGES
from app.assets.devices.device_import.reading.rows import (
    ParsedFile,
    ParsedRow,
    SkippedRow,
    open_list,
    parse_rows,
    read_import,
)
from app.assets.devices.device_import.reading.workbook import Workbook, read_workbook

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
