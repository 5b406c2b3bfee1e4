"""What the file area refuses, as exceptions with stable codes."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType


class Refusal(StrEnum):
    """Why an upload was refused. The values are stable: clients and translations key on them."""

    EMPTY = "file_empty"
    TOO_LARGE = "file_too_large"
    TYPE_NOT_ACCEPTED = "file_type_not_accepted"
    HEIC = "file_is_heic"
    TWO_TYPES_AT_ONCE = "file_is_ambiguous"
    IMAGE_TOO_LARGE = "image_has_too_many_pixels"
    IMAGE_BROKEN = "image_is_broken"
    PDF_BROKEN = "pdf_is_broken"
    PDF_ACTIVE = "pdf_has_active_content"
    SPREADSHEET_BROKEN = "spreadsheet_is_broken"
    SPREADSHEET_TOO_LARGE = "spreadsheet_is_too_large"
    SPREADSHEET_MACROS = "spreadsheet_has_macros"
    SPREADSHEET_OLD_OR_LOCKED = "spreadsheet_is_old_or_locked"
    TEXT_BROKEN = "text_is_broken"
    TEXT_IS_MARKUP = "text_is_markup"


class FileRefused(Exception):
    """The upload is not accepted; nothing of it was kept.

    `params` are the values that the sentence for the code needs, such as `limit_megabytes`.
    """

    def __init__(self, code: Refusal, params: Mapping[str, str | int] | None = None) -> None:
        super().__init__(code.value)
        self.code = code
        self.params: Mapping[str, str | int] = MappingProxyType(dict(params or {}))


class FileMissing(Exception):
    """The store holds nothing under this key."""


class InvalidFileKey(ValueError):
    """The key is not one that `file_key` or `thumbnail_key` makes."""
