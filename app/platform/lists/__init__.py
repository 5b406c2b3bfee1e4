"""Lists of records: an area declares one, and page, API, export, saved views and actions on many follow."""

from app.platform.lists.declaration import (
    BulkAction,
    BulkField,
    BulkPage,
    Choices,
    Column,
    Filter,
    Found,
    RecordList,
    Wanted,
    select_rows,
)
from app.platform.lists.errors import NothingToChange
from app.platform.lists.ordering import Ordering, Place
from app.platform.lists.workbook import write_workbook

__all__ = [
    "BulkAction",
    "BulkField",
    "BulkPage",
    "Choices",
    "Column",
    "Filter",
    "Found",
    "NothingToChange",
    "Ordering",
    "Place",
    "RecordList",
    "Wanted",
    "select_rows",
    "write_workbook",
]
