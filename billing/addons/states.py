"""What add-ons are, and the life of an order."""

from enum import StrEnum
from typing import Final

from app.platform.kernel.state_machine import StateMachine, transition
from app.platform.kernel.texts import N_
from billing.addons.errors import AddonMoveRefused, AddonOrderMoveRefused


class AddonKind(StrEnum):
    """How it is paid for."""

    ONE_OFF = "one_off"
    """Once, when it is delivered."""
    SUBSCRIBED = "subscribed"
    """By periods, from its first day to its last."""


class AddonTarget(StrEnum):
    """What it is ordered for."""

    CLIENT = "client"
    SITE = "site"
    DEVICE = "device"


class AddonState(StrEnum):
    """Whether it can be ordered."""

    OFFERED = "offered"
    WITHDRAWN = "withdrawn"
    """Not ordered any more; what runs goes on."""


class AddonMove(StrEnum):
    """What happens to it."""

    WITHDRAW = "withdraw"
    OFFER = "offer"


class AddonOrderState(StrEnum):
    """How far an order is."""

    ORDERED = "ordered"
    """By the client; the company has not answered."""
    CONFIRMED = "confirmed"
    """To be delivered, or to begin on its first day."""
    ACTIVE = "active"
    ENDING = "ending"
    """Runs until its last day is over."""
    ENDED = "ended"
    DELIVERED = "delivered"
    DECLINED = "declined"
    CANCELLED = "cancelled"


class AddonOrderMove(StrEnum):
    """What happens to an order."""

    CONFIRM = "confirm"
    DECLINE = "decline"
    WITHDRAW = "withdraw"
    """The client takes it back before it is answered."""
    CANCEL = "cancel"
    """The company takes it back before it is delivered or begins."""
    DELIVER = "deliver"
    START = "start"
    END = "end"
    """Name the last day, or another one."""
    KEEP = "keep"
    """Let it go on after all."""
    FINISH = "finish"


STAFF, CLIENT, PLATFORM = "staff", "client", "platform"
"""Who makes a move that belongs to one side."""

KIND_NAMES: Final = {AddonKind.ONE_OFF: N_("一次性"), AddonKind.SUBSCRIBED: N_("订阅")}
TARGET_NAMES: Final = {
    AddonTarget.CLIENT: N_("整个公司"),
    AddonTarget.SITE: N_("一个网点"),
    AddonTarget.DEVICE: N_("一台设备"),
}
ADDON_STATE_NAMES: Final = {AddonState.OFFERED: N_("可订购"), AddonState.WITHDRAWN: N_("已停售")}

ORDER_STATE_NAMES: Final = {
    AddonOrderState.ORDERED: N_("待确认"),
    AddonOrderState.CONFIRMED: N_("已确认"),
    AddonOrderState.ACTIVE: N_("使用中"),
    AddonOrderState.ENDING: N_("即将结束"),
    AddonOrderState.ENDED: N_("已结束"),
    AddonOrderState.DELIVERED: N_("已交付"),
    AddonOrderState.DECLINED: N_("未接受"),
    AddonOrderState.CANCELLED: N_("已取消"),
}
ORDER_TONES: Final = {
    AddonOrderState.ORDERED: "waiting",
    AddonOrderState.CONFIRMED: "info",
    AddonOrderState.ACTIVE: "good",
    AddonOrderState.ENDING: "active",
    AddonOrderState.DELIVERED: "good",
}

ADDON_MACHINE: Final = StateMachine(
    record="addon",
    columns=("addon.state",),
    states=AddonState,
    started=frozenset({AddonState.OFFERED, AddonState.WITHDRAWN}),
    moves={
        AddonMove.WITHDRAW: transition({AddonState.OFFERED}, AddonState.WITHDRAWN),
        AddonMove.OFFER: transition({AddonState.WITHDRAWN}, AddonState.OFFERED),
    },
    refusal=AddonMoveRefused,
    state_names=ADDON_STATE_NAMES,
    move_names={AddonMove.WITHDRAW: N_("停售"), AddonMove.OFFER: N_("重新上架")},
)
ADDON_ORDER_MACHINE: Final = StateMachine(
    record="addon_order",
    columns=("addon_order.state",),
    states=AddonOrderState,
    started=frozenset({AddonOrderState.ORDERED, AddonOrderState.CONFIRMED}),
    moves={
        AddonOrderMove.CONFIRM: transition({AddonOrderState.ORDERED}, AddonOrderState.CONFIRMED, side=STAFF),
        AddonOrderMove.DECLINE: transition({AddonOrderState.ORDERED}, AddonOrderState.DECLINED, side=STAFF),
        AddonOrderMove.WITHDRAW: transition({AddonOrderState.ORDERED}, AddonOrderState.CANCELLED, side=CLIENT),
        AddonOrderMove.DELIVER: transition({AddonOrderState.CONFIRMED}, AddonOrderState.DELIVERED, side=STAFF),
        AddonOrderMove.CANCEL: transition({AddonOrderState.CONFIRMED}, AddonOrderState.CANCELLED, side=STAFF),
        AddonOrderMove.START: transition({AddonOrderState.CONFIRMED}, AddonOrderState.ACTIVE, side=PLATFORM),
        AddonOrderMove.END: transition({AddonOrderState.ACTIVE, AddonOrderState.ENDING}, AddonOrderState.ENDING),
        AddonOrderMove.KEEP: transition({AddonOrderState.ENDING}, AddonOrderState.ACTIVE),
        AddonOrderMove.FINISH: transition({AddonOrderState.ENDING}, AddonOrderState.ENDED, side=PLATFORM),
    },
    refusal=AddonOrderMoveRefused,
    state_names=ORDER_STATE_NAMES,
    move_names={
        AddonOrderMove.CONFIRM: N_("确认"),
        AddonOrderMove.DECLINE: N_("不接受"),
        AddonOrderMove.WITHDRAW: N_("撤回"),
        AddonOrderMove.DELIVER: N_("交付"),
        AddonOrderMove.CANCEL: N_("取消"),
        AddonOrderMove.START: N_("开始"),
        AddonOrderMove.END: N_("结束"),
        AddonOrderMove.KEEP: N_("继续使用"),
        AddonOrderMove.FINISH: N_("到期"),
    },
)
