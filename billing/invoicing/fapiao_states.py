"""The life of a 发票."""

from enum import StrEnum
from typing import Final

from app.platform.kernel.errors import Conflict
from app.platform.kernel.state_machine import StateMachine, transition
from app.platform.kernel.texts import N_


class FapiaoMoveRefused(Conflict):
    """The 发票 is not in a state in which this can be done, or the time to confirm is over."""

    code = "fapiao.move_refused"
    text = N_("这张发票现在不能这样操作，请刷新后再看。")


class FapiaoState(StrEnum):
    """How far it is."""

    REQUESTED = "requested"
    ISSUED = "issued"
    WITHDRAWN = "withdrawn"
    RED_PENDING = "red_pending"
    """The other side has 72 hours to confirm that it is taken back."""
    RED_CONFIRMED = "red_confirmed"
    RED_LAPSED = "red_lapsed"
    RED_ISSUED = "red_issued"


class FapiaoMove(StrEnum):
    """What happens to it."""

    ISSUE = "issue"
    WITHDRAW = "withdraw"
    REQUEST_RED = "request_red"
    CONFIRM_RED = "confirm_red"
    LAPSE_RED = "lapse_red"
    ISSUE_RED = "issue_red"


class RedReason(StrEnum):
    """Why a 发票 is taken back, in the words of the tax office."""

    MISTAKE = "mistake"
    RETURNED = "returned"
    STOPPED = "stopped"
    ALLOWANCE = "allowance"


class EnteredBy(StrEnum):
    """Who entered the request at the tax office."""

    SELLER = "seller"
    BUYER = "buyer"


RED_REASON_NAMES: Final = {
    RedReason.MISTAKE: N_("开票有误"),
    RedReason.RETURNED: N_("销货退回"),
    RedReason.STOPPED: N_("服务中止"),
    RedReason.ALLOWANCE: N_("销售折让"),
}
ENTERED_BY_NAMES: Final = {EnteredBy.SELLER: N_("销售方"), EnteredBy.BUYER: N_("购买方")}
FAPIAO_STATE_NAMES: Final = {
    FapiaoState.REQUESTED: N_("待开票"),
    FapiaoState.ISSUED: N_("已开票"),
    FapiaoState.WITHDRAWN: N_("已撤回"),
    FapiaoState.RED_PENDING: N_("红字待确认"),
    FapiaoState.RED_CONFIRMED: N_("红字已确认"),
    FapiaoState.RED_LAPSED: N_("红字确认逾期"),
    FapiaoState.RED_ISSUED: N_("已红冲"),
}
_S = FapiaoState
FAPIAO: Final = StateMachine(
    record="fapiao",
    columns=("fapiao.state",),
    states=FapiaoState,
    started=frozenset({_S.REQUESTED}),
    moves={
        FapiaoMove.ISSUE: transition({_S.REQUESTED}, _S.ISSUED),
        FapiaoMove.WITHDRAW: transition({_S.REQUESTED}, _S.WITHDRAWN),
        FapiaoMove.REQUEST_RED: transition({_S.ISSUED, _S.RED_LAPSED}, _S.RED_PENDING, _S.RED_CONFIRMED),
        FapiaoMove.CONFIRM_RED: transition({_S.RED_PENDING}, _S.RED_CONFIRMED),
        FapiaoMove.LAPSE_RED: transition({_S.RED_PENDING}, _S.RED_LAPSED),
        FapiaoMove.ISSUE_RED: transition({_S.RED_CONFIRMED}, _S.RED_ISSUED),
    },
    refusal=FapiaoMoveRefused,
    state_names=FAPIAO_STATE_NAMES,
    move_names={
        FapiaoMove.ISSUE: N_("登记发票号码"),
        FapiaoMove.WITHDRAW: N_("撤回"),
        FapiaoMove.REQUEST_RED: N_("申请红冲"),
        FapiaoMove.CONFIRM_RED: N_("确认红字信息"),
        FapiaoMove.LAPSE_RED: N_("确认逾期"),
        FapiaoMove.ISSUE_RED: N_("登记红字发票号码"),
    },
)
