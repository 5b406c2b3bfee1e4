"""The life of a quote with the company, and of each offer made of it to the client."""

from enum import StrEnum
from typing import Final

from app.platform.kernel.state_machine import StateMachine, transition
from app.platform.kernel.texts import N_
from billing.quotes.errors import OfferMoveRefused, QuoteMoveRefused


class QuoteState(StrEnum):
    """Where a quote stands."""

    DRAFT = "draft"
    IN_REVIEW = "in_review"
    """Beyond its author's limit: somebody else in the company decides whether it goes out."""
    OFFERED = "offered"
    APPROVED = "approved"
    PARTLY_APPROVED = "partly_approved"
    DECLINED = "declined"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"


class QuoteMove(StrEnum):
    """What happens to a quote."""

    OFFER = "offer"
    SUBMIT = "submit"
    SEND_BACK = "send_back"
    APPROVE = "approve"
    APPROVE_PART = "approve_part"
    DECLINE = "decline"
    EXPIRE = "expire"
    REVISE = "revise"
    WITHDRAW = "withdraw"


_S = QuoteState

QUOTE_STATE_NAMES: Final = {
    _S.DRAFT: N_("草稿"),
    _S.IN_REVIEW: N_("待内部审批"),
    _S.OFFERED: N_("等客户答复"),
    _S.APPROVED: N_("客户已同意"),
    _S.PARTLY_APPROVED: N_("客户同意一部分"),
    _S.DECLINED: N_("客户已拒绝"),
    _S.EXPIRED: N_("已过有效期"),
    _S.WITHDRAWN: N_("已撤回"),
}
APPROVED_STATES: Final = frozenset({_S.APPROVED, _S.PARTLY_APPROVED})
"""The client wants the work, or some of it."""

QUOTE: Final = StateMachine(
    record="quote",
    columns=("quote.state",),
    states=QuoteState,
    started=frozenset({_S.DRAFT}),
    moves={
        QuoteMove.OFFER: transition({_S.DRAFT, _S.IN_REVIEW}, _S.OFFERED),
        QuoteMove.SUBMIT: transition({_S.DRAFT}, _S.IN_REVIEW),
        QuoteMove.SEND_BACK: transition({_S.IN_REVIEW}, _S.DRAFT),
        QuoteMove.APPROVE: transition({_S.OFFERED}, _S.APPROVED),
        QuoteMove.APPROVE_PART: transition({_S.OFFERED}, _S.PARTLY_APPROVED),
        QuoteMove.DECLINE: transition({_S.OFFERED}, _S.DECLINED),
        QuoteMove.EXPIRE: transition({_S.OFFERED}, _S.EXPIRED),
        QuoteMove.REVISE: transition({_S.OFFERED, _S.DECLINED, _S.EXPIRED, _S.WITHDRAWN}, _S.DRAFT),
        QuoteMove.WITHDRAW: transition({_S.DRAFT, _S.IN_REVIEW, _S.OFFERED}, _S.WITHDRAWN),
    },
    refusal=QuoteMoveRefused,
    state_names=QUOTE_STATE_NAMES,
    move_names={
        QuoteMove.OFFER: N_("发给客户"),
        QuoteMove.SUBMIT: N_("提交内部审批"),
        QuoteMove.SEND_BACK: N_("退回修改"),
        QuoteMove.APPROVE: N_("客户同意"),
        QuoteMove.APPROVE_PART: N_("同意一部分"),
        QuoteMove.DECLINE: N_("拒绝"),
        QuoteMove.EXPIRE: N_("过了有效期"),
        QuoteMove.REVISE: N_("改出新版本"),
        QuoteMove.WITHDRAW: N_("撤回"),
    },
    next_moves={_S.DRAFT: QuoteMove.OFFER, _S.DECLINED: QuoteMove.REVISE, _S.EXPIRED: QuoteMove.REVISE},
)


class OfferState(StrEnum):
    """Where one offer stands, for the client."""

    OFFERED = "offered"
    APPROVED = "approved"
    PARTLY_APPROVED = "partly_approved"
    DECLINED = "declined"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"
    REPLACED = "replaced"
    """A new version is being written; this one is not decided any more."""


class OfferMove(StrEnum):
    """What ends an offer."""

    APPROVE = "approve"
    APPROVE_PART = "approve_part"
    DECLINE = "decline"
    EXPIRE = "expire"
    WITHDRAW = "withdraw"
    REPLACE = "replace"


_O = OfferState

OFFER_STATE_NAMES: Final = {
    _O.OFFERED: N_("等您决定"),
    _O.APPROVED: N_("已同意"),
    _O.PARTLY_APPROVED: N_("同意了一部分"),
    _O.DECLINED: N_("已拒绝"),
    _O.EXPIRED: N_("已过期"),
    _O.WITHDRAWN: N_("对方已撤回"),
    _O.REPLACED: N_("正在改新版本"),
}
OFFER: Final = StateMachine(
    record="offered_quote",
    columns=("offered_quote.state",),
    states=OfferState,
    started=frozenset({_O.OFFERED}),
    moves={
        OfferMove.APPROVE: transition({_O.OFFERED}, _O.APPROVED),
        OfferMove.APPROVE_PART: transition({_O.OFFERED}, _O.PARTLY_APPROVED),
        OfferMove.DECLINE: transition({_O.OFFERED}, _O.DECLINED),
        OfferMove.EXPIRE: transition({_O.OFFERED}, _O.EXPIRED),
        OfferMove.WITHDRAW: transition({_O.OFFERED}, _O.WITHDRAWN),
        OfferMove.REPLACE: transition({_O.OFFERED}, _O.REPLACED),
    },
    refusal=OfferMoveRefused,
    state_names=OFFER_STATE_NAMES,
)


class LineKind(StrEnum):
    """What a line of a quote is about."""

    WORK = "work"
    PART = "part"
    ADDON = "addon"
    OTHER = "other"


LINE_KIND_NAMES: Final = {
    LineKind.WORK: N_("服务"),
    LineKind.PART: N_("配件"),
    LineKind.ADDON: N_("单独计费的服务"),
    LineKind.OTHER: N_("其他项目"),
}


class LineDecision(StrEnum):
    """What the client said of one line."""

    UNDECIDED = ""
    APPROVED = "approved"
    DECLINED = "declined"
