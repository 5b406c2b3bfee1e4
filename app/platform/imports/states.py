"""States of an import and the allowed transitions: one machine for every kind of list."""

from enum import StrEnum
from typing import Final

from app.platform.imports.errors import ImportStateRefused
from app.platform.kernel.state_machine import StateMachine, transition
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


class ImportMove(StrEnum):
    """What can be done with an import; `read` is the dry run."""

    READ = "read"
    CONFIRM = "confirm"
    WRITE = "write"
    FINISH = "finish"
    FAIL = "fail"
    CANCEL = "cancel"


IN_PROGRESS: Final = frozenset({ImportState.CONFIRMED, ImportState.RUNNING})
"""While rows are waiting to be written or being written."""

_S = ImportState

LIST_IMPORT: Final = StateMachine(
    record="list_import",
    columns=("import_run.state",),
    states=ImportState,
    started=frozenset({_S.MAPPING, _S.READY}),
    moves={
        ImportMove.READ: transition({_S.MAPPING, _S.READY}, _S.MAPPING, _S.READY),
        ImportMove.CONFIRM: transition({_S.READY}, _S.CONFIRMED),
        ImportMove.WRITE: transition({*IN_PROGRESS}, _S.RUNNING),
        ImportMove.FINISH: transition({*IN_PROGRESS}, _S.DONE),
        ImportMove.FAIL: transition({*IN_PROGRESS}, _S.FAILED),
        ImportMove.CANCEL: transition({_S.MAPPING, _S.READY, *IN_PROGRESS}, _S.CANCELLED),
    },
    refusal=ImportStateRefused,
    state_names=STATE_NAMES,
)
