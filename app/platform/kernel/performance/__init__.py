"""Faster ways to the database than a mapped statement, for the few places where a measurement asks for one.

`docs/fast-paths.md` says when each may be used, what it costs, and who uses it; a test keeps that list complete.
"""

from app.platform.kernel.performance.batch_loader import MAX_BATCH_SIZE, BatchLoader
from app.platform.kernel.performance.bulk_insert import OnConflict, RowValues, insert_missing, insert_rows
from app.platform.kernel.performance.multi_table_insert import NumberedRow, insert_in_one_statement
from app.platform.kernel.performance.prepared_statements import PreparedStatement, Row, borrowed_driver, driver_of

__all__ = [
    "MAX_BATCH_SIZE",
    "BatchLoader",
    "NumberedRow",
    "OnConflict",
    "PreparedStatement",
    "Row",
    "RowValues",
    "borrowed_driver",
    "driver_of",
    "insert_in_one_statement",
    "insert_missing",
    "insert_rows",
]
