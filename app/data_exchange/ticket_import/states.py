"""States of a ticket import and their transitions."""

from enum import StrEnum
from typing import Final

from app.platform.kernel.texts import N_


class TicketImportState(StrEnum):
    """`uploaded` and `checking` are the dry run, `checked` waits for the confirmation."""

    UPLOADED = "uploaded"
    CHECKING = "checking"
    CHECKED = "checked"
    CONFIRMED = "confirmed"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


STATE_NAMES: Final = {
    TicketImportState.UPLOADED: N_("等待试读"),
    TicketImportState.CHECKING: N_("正在试读"),
    TicketImportState.CHECKED: N_("待确认"),
    TicketImportState.CONFIRMED: N_("等待导入"),
    TicketImportState.RUNNING: N_("正在导入"),
    TicketImportState.DONE: N_("已导入"),
    TicketImportState.FAILED: N_("没有完成"),
    TicketImportState.CANCELLED: N_("已取消"),
}

_S = TicketImportState
_ENDS = {_S.FAILED, _S.CANCELLED}

TRANSITIONS: Final = {
    _S.UPLOADED: {_S.CHECKING, *_ENDS},
    _S.CHECKING: {_S.CHECKING, _S.CHECKED, *_ENDS},
    _S.CHECKED: {_S.UPLOADED, _S.CONFIRMED, *_ENDS},
    _S.CONFIRMED: {_S.RUNNING, *_ENDS},
    _S.RUNNING: {_S.RUNNING, _S.DONE, *_ENDS},
    _S.DONE: set[TicketImportState](),
    _S.FAILED: set[TicketImportState](),
    _S.CANCELLED: set[TicketImportState](),
}
"""`checked` to `uploaded` repeats the dry run, after names were matched."""

CHECKING: Final = frozenset({_S.UPLOADED, _S.CHECKING})
WRITING: Final = frozenset({_S.CONFIRMED, _S.RUNNING})
WORKING: Final = CHECKING | WRITING
"""States in which a worker has something to do."""
