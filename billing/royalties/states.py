"""The lives of statements, of headquarters' invoices to partners, and of the runs that make statements."""

from enum import StrEnum
from typing import Final

from app.platform.kernel.state_machine import StateMachine, transition
from app.platform.kernel.texts import N_
from billing.royalties.errors import RoyaltyInvoiceMoveRefused, RoyaltyStatementMoveRefused


class Side(StrEnum):
    """Who of the two may make a move."""

    HEADQUARTERS = "hq"
    PARTNER = "partner"


class StatementState(StrEnum):
    """Where a statement stands."""

    PROPOSED = "proposed"
    """The partner has to answer."""
    DISPUTED = "disputed"
    AGREED = "agreed"
    INVOICED = "invoiced"
    CLOSED = "closed"
    """Agreed, and nothing is to be paid."""


class StatementMove(StrEnum):
    """What can be done with a statement."""

    AGREE = "agree"
    DISPUTE = "dispute"
    LAPSE = "lapse"
    """Nobody objected in time."""
    CORRECT = "correct"
    UPHOLD = "uphold"
    INVOICE = "invoice"
    CLOSE = "close"


_S = StatementState
STATEMENT_STATE_NAMES: Final = {
    _S.PROPOSED: N_("待服务商确认"),
    _S.DISPUTED: N_("有异议"),
    _S.AGREED: N_("已确认"),
    _S.INVOICED: N_("已开账单"),
    _S.CLOSED: N_("无需付款"),
}
STATEMENT_TONES: Final = {
    _S.PROPOSED: "waiting",
    _S.DISPUTED: "bad",
    _S.AGREED: "active",
    _S.INVOICED: "good",
    _S.CLOSED: "neutral",
}
STATEMENT_MOVE_NAMES: Final = {
    StatementMove.AGREE: N_("确认"),
    StatementMove.DISPUTE: N_("提出异议"),
    StatementMove.LAPSE: N_("逾期视为确认"),
    StatementMove.CORRECT: N_("更正"),
    StatementMove.UPHOLD: N_("维持"),
    StatementMove.INVOICE: N_("开账单"),
    StatementMove.CLOSE: N_("无需付款"),
}
ROYALTY_STATEMENT: Final = StateMachine(
    record="royalty_statement",
    columns=("royalty_statement.state",),
    states=StatementState,
    started=frozenset({_S.PROPOSED}),
    moves={
        StatementMove.AGREE: transition({_S.PROPOSED}, _S.AGREED, side=Side.PARTNER),
        StatementMove.DISPUTE: transition({_S.PROPOSED}, _S.DISPUTED, side=Side.PARTNER),
        StatementMove.LAPSE: transition({_S.PROPOSED}, _S.AGREED, side=Side.HEADQUARTERS),
        StatementMove.CORRECT: transition({_S.DISPUTED}, _S.PROPOSED, side=Side.HEADQUARTERS),
        StatementMove.UPHOLD: transition({_S.DISPUTED}, _S.PROPOSED, side=Side.HEADQUARTERS),
        StatementMove.INVOICE: transition({_S.AGREED}, _S.INVOICED, side=Side.HEADQUARTERS),
        StatementMove.CLOSE: transition({_S.AGREED}, _S.CLOSED, side=Side.HEADQUARTERS),
    },
    refusal=RoyaltyStatementMoveRefused,
    state_names=STATEMENT_STATE_NAMES,
    move_names=STATEMENT_MOVE_NAMES,
)


class RoyaltyInvoiceState(StrEnum):
    """Whether an invoice is paid."""

    OPEN = "open"
    PAID = "paid"


class RoyaltyInvoiceMove(StrEnum):
    """What payments do to an invoice."""

    SETTLE = "settle"
    REOPEN = "reopen"
    """A payment was taken back."""


ROYALTY_INVOICE_STATE_NAMES: Final = {RoyaltyInvoiceState.OPEN: N_("待付款"), RoyaltyInvoiceState.PAID: N_("已付清")}
ROYALTY_INVOICE: Final = StateMachine(
    record="royalty_invoice",
    columns=("royalty_invoice.state",),
    states=RoyaltyInvoiceState,
    started=frozenset({RoyaltyInvoiceState.OPEN}),
    moves={
        RoyaltyInvoiceMove.SETTLE: transition(
            {RoyaltyInvoiceState.OPEN}, RoyaltyInvoiceState.PAID, side=Side.HEADQUARTERS
        ),
        RoyaltyInvoiceMove.REOPEN: transition(
            {RoyaltyInvoiceState.PAID}, RoyaltyInvoiceState.OPEN, side=Side.HEADQUARTERS
        ),
    },
    refusal=RoyaltyInvoiceMoveRefused,
    state_names=ROYALTY_INVOICE_STATE_NAMES,
    move_names={RoyaltyInvoiceMove.SETTLE: N_("付清"), RoyaltyInvoiceMove.REOPEN: N_("收款撤回")},
)


class RoyaltyRunState(StrEnum):
    """How far a month's statements are."""

    RUNNING = "running"
    FINISHED = "finished"


class RoyaltyRunMove(StrEnum):
    """What becomes of a run."""

    FINISH = "finish"


ROYALTY_RUN_STATE_NAMES: Final = {RoyaltyRunState.RUNNING: N_("正在结算"), RoyaltyRunState.FINISHED: N_("已完成")}
ROYALTY_RUN: Final = StateMachine(
    record="royalty_run",
    columns=("royalty_run.state",),
    states=RoyaltyRunState,
    started=frozenset({RoyaltyRunState.RUNNING}),
    moves={RoyaltyRunMove.FINISH: transition({RoyaltyRunState.RUNNING}, RoyaltyRunState.FINISHED)},
    state_names=ROYALTY_RUN_STATE_NAMES,
    move_names={RoyaltyRunMove.FINISH: N_("完成")},
)
