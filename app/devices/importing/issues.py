"""What can be wrong with an imported file, one of its rows, or one of its cells."""

from enum import StrEnum

import msgspec


class Severity(StrEnum):
    """An error refuses the row; a warning imports it and asks a person to look."""

    ERROR = "error"
    WARNING = "warning"


class RowIssue(msgspec.Struct, frozen=True):
    """One doubt about one cell; `code` is a key of `MESSAGES` and `parameters` fill its text."""

    cell: str
    """Address in A1 style. The sheet is the row's."""
    field: str
    """Field of the draft, a key of `messages.FIELD_NAMES`."""
    code: str
    severity: Severity
    parameters: dict[str, str] = {}


class FileRefusedError(ValueError):
    """The whole file cannot be read.

    `code` is a key of `messages.MESSAGES`, `parameters` fill its text. Where the headings were not
    recognised, `headings` are the texts of the likeliest heading row, so that a person can map
    them.
    """

    def __init__(self, code: str, *, headings: tuple[str, ...] = (), **parameters: str | int) -> None:
        super().__init__(code, parameters)
        self.code = code
        self.parameters = parameters
        self.headings = headings
