"""Lists of records: an area declares one, and page, API, export, saved views and actions on many follow."""

from app.platform.lists.declaration import (
    BulkAction,
    Column,
    Filter,
    Found,
    RecordList,
    Wanted,
    select_rows,
)
from app.platform.lists.errors import NothingToChange

__all__ = [
    "BulkAction",
    "Column",
    "Filter",
    "Found",
    "NothingToChange",
    "RecordList",
    "Wanted",
    "select_rows",
]
