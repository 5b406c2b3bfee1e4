"""States of a ticket import and their transitions."""

from enum import StrEnum
from typing import Final

from app.data_exchange.ticket_import.errors import TicketImportStateRefused
from app.platform.kernel.state_machine import StateMachine, transition
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


class TicketImportMove(StrEnum):
    """What can be done with a ticket import. `check_again` repeats the dry run, after names were matched."""

    CHECK = "check"
    FINISH_CHECK = "finish_check"
    CHECK_AGAIN = "check_again"
    CONFIRM = "confirm"
    WRITE = "write"
    FINISH = "finish"
    FAIL = "fail"
    CANCEL = "cancel"


_S = TicketImportState

CHECKING: Final = frozenset({_S.UPLOADED, _S.CHECKING})
WRITING: Final = frozenset({_S.CONFIRMED, _S.RUNNING})
WORKING: Final = CHECKING | WRITING
"""States in which a worker has something to do."""

TICKET_IMPORT: Final = StateMachine(
    record="ticket_import",
    columns=("ticket_import.state",),
    states=TicketImportState,
    started=frozenset({_S.UPLOADED}),
    moves={
        TicketImportMove.CHECK: transition({*CHECKING}, _S.CHECKING),
        TicketImportMove.FINISH_CHECK: transition({_S.CHECKING}, _S.CHECKED),
        TicketImportMove.CHECK_AGAIN: transition({_S.CHECKED}, _S.UPLOADED),
        TicketImportMove.CONFIRM: transition({_S.CHECKED}, _S.CONFIRMED),
        TicketImportMove.WRITE: transition({*WRITING}, _S.RUNNING),
        TicketImportMove.FINISH: transition({_S.RUNNING}, _S.DONE),
        TicketImportMove.FAIL: transition({*WORKING, _S.CHECKED}, _S.FAILED),
        TicketImportMove.CANCEL: transition({*WORKING, _S.CHECKED}, _S.CANCELLED),
    },
    refusal=TicketImportStateRefused,
    state_names=STATE_NAMES,
)
