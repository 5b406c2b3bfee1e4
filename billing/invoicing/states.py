"""The lives of runs and drafts."""

from enum import StrEnum
from typing import Final

from app.platform.kernel.state_machine import StateMachine, transition
from app.platform.kernel.texts import N_
from billing.invoicing.errors import CreditNoteMoveRefused, InvoiceDraftMoveRefused


class RunState(StrEnum):
    """How far a run is."""

    RUNNING = "running"
    FINISHED = "finished"


class RunMove(StrEnum):
    """What becomes of a run."""

    FINISH = "finish"


RUN_STATE_NAMES: Final = {RunState.RUNNING: N_("正在生成"), RunState.FINISHED: N_("已完成")}
INVOICE_RUN: Final = StateMachine(
    record="invoice_run",
    columns=("invoice_run.state",),
    states=RunState,
    started=frozenset({RunState.RUNNING}),
    moves={RunMove.FINISH: transition({RunState.RUNNING}, RunState.FINISHED)},
    state_names=RUN_STATE_NAMES,
    move_names={RunMove.FINISH: N_("完成")},
)


class DraftState(StrEnum):
    """How far a draft is on its way to an invoice."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    """Waits for somebody else's yes."""
    APPROVED = "approved"
    ISSUED = "issued"
    DISCARDED = "discarded"


class DraftMove(StrEnum):
    """What happens to a draft."""

    SUBMIT = "submit"
    APPROVE = "approve"
    REOPEN = "reopen"
    """Declined, withdrawn, or to be changed once more."""
    ISSUE = "issue"
    DISCARD = "discard"


DRAFT_STATE_NAMES: Final = {
    DraftState.DRAFT: N_("草稿"),
    DraftState.SUBMITTED: N_("等待审批"),
    DraftState.APPROVED: N_("已批准"),
    DraftState.ISSUED: N_("已开出"),
    DraftState.DISCARDED: N_("已作废"),
}
INVOICE_DRAFT: Final = StateMachine(
    record="invoice_draft",
    columns=("invoice_draft.state",),
    states=DraftState,
    started=frozenset({DraftState.DRAFT}),
    moves={
        DraftMove.SUBMIT: transition({DraftState.DRAFT}, DraftState.SUBMITTED),
        DraftMove.APPROVE: transition({DraftState.DRAFT, DraftState.SUBMITTED}, DraftState.APPROVED),
        DraftMove.REOPEN: transition({DraftState.SUBMITTED, DraftState.APPROVED}, DraftState.DRAFT),
        DraftMove.ISSUE: transition({DraftState.DRAFT, DraftState.APPROVED}, DraftState.ISSUED),
        DraftMove.DISCARD: transition({DraftState.DRAFT}, DraftState.DISCARDED),
    },
    refusal=InvoiceDraftMoveRefused,
    state_names=DRAFT_STATE_NAMES,
    move_names={
        DraftMove.SUBMIT: N_("提请审批"),
        DraftMove.APPROVE: N_("批准"),
        DraftMove.REOPEN: N_("退回修改"),
        DraftMove.ISSUE: N_("开出"),
        DraftMove.DISCARD: N_("作废草稿"),
    },
)


class CreditNoteRequestState(StrEnum):
    """What became of a request for a credit note."""

    REQUESTED = "requested"
    ISSUED = "issued"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


class CreditNoteRequestMove(StrEnum):
    """What happens to it."""

    ISSUE = "issue"
    DECLINE = "decline"
    """Somebody says no, or nobody says anything in time."""
    WITHDRAW = "withdraw"


CREDIT_NOTE_REQUEST_STATE_NAMES: Final = {
    CreditNoteRequestState.REQUESTED: N_("等待审批"),
    CreditNoteRequestState.ISSUED: N_("已开出"),
    CreditNoteRequestState.DECLINED: N_("未批准"),
    CreditNoteRequestState.WITHDRAWN: N_("已撤回"),
}
CREDIT_NOTE_REQUEST: Final = StateMachine(
    record="credit_note",
    columns=("credit_note_request.state",),
    states=CreditNoteRequestState,
    started=frozenset({CreditNoteRequestState.REQUESTED}),
    moves={
        CreditNoteRequestMove.ISSUE: transition({CreditNoteRequestState.REQUESTED}, CreditNoteRequestState.ISSUED),
        CreditNoteRequestMove.DECLINE: transition({CreditNoteRequestState.REQUESTED}, CreditNoteRequestState.DECLINED),
        CreditNoteRequestMove.WITHDRAW: transition(
            {CreditNoteRequestState.REQUESTED}, CreditNoteRequestState.WITHDRAWN
        ),
    },
    refusal=CreditNoteMoveRefused,
    state_names=CREDIT_NOTE_REQUEST_STATE_NAMES,
    move_names={
        CreditNoteRequestMove.ISSUE: N_("开出"),
        CreditNoteRequestMove.DECLINE: N_("不批准"),
        CreditNoteRequestMove.WITHDRAW: N_("撤回"),
    },
)
