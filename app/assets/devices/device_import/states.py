"""States of a device import and the allowed transitions."""

from enum import StrEnum
from typing import Final

from app.platform.kernel.texts import N_


class ImportState(StrEnum):
    """`mapping` waits for a person to say which column is which, `ready` for confirmation of the dry run."""

    MAPPING = "mapping"
    READY = "ready"
    CONFIRMED = "confirmed"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


STATE_NAMES: Final = {
    ImportState.MAPPING: N_("待指定各列"),
    ImportState.READY: N_("待确认"),
    ImportState.CONFIRMED: N_("等待导入"),
    ImportState.RUNNING: N_("正在导入"),
    ImportState.DONE: N_("已导入"),
    ImportState.FAILED: N_("没有完成"),
    ImportState.CANCELLED: N_("已取消"),
}

TRANSITIONS: Final = {
    ImportState.MAPPING: {ImportState.MAPPING, ImportState.READY, ImportState.CANCELLED},
    ImportState.READY: {ImportState.MAPPING, ImportState.READY, ImportState.CONFIRMED, ImportState.CANCELLED},
    ImportState.CONFIRMED: {ImportState.RUNNING, ImportState.DONE, ImportState.FAILED, ImportState.CANCELLED},
    ImportState.RUNNING: {ImportState.RUNNING, ImportState.DONE, ImportState.FAILED, ImportState.CANCELLED},
    ImportState.DONE: set[ImportState](),
    ImportState.FAILED: set[ImportState](),
    ImportState.CANCELLED: set[ImportState](),
}

IN_PROGRESS: Final = frozenset({ImportState.CONFIRMED, ImportState.RUNNING})
"""While rows are waiting to be written or being written."""
