"""The state machine of access grants, as data (N8)."""

from enum import StrEnum
from typing import Final, NamedTuple

from app.platform.kernel.texts import N_


class GrantState(StrEnum):
    """States of a grant. Only an open one allows reading, and only until it expires."""

    REQUESTED = "requested"
    OPEN = "open"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    REVOKED = "revoked"
    CLOSED = "closed"
    EXPIRED = "expired"


class Side(StrEnum):
    """Who makes a move."""

    HEADQUARTERS = "headquarters"
    PARTNER = "partner"
    PLATFORM = "platform"


class GrantMove(StrEnum):
    """What can be done with a grant."""

    CONSENT = "consent"
    DECLINE = "decline"
    WITHDRAW = "withdraw"
    REVOKE = "revoke"
    CLOSE = "close"
    EXPIRE = "expire"


class Rule(NamedTuple):
    """Who may make a move, from which states, and where it leads."""

    side: Side
    starts: frozenset[GrantState]
    end: GrantState


RULES: Final = {
    GrantMove.CONSENT: Rule(Side.PARTNER, frozenset({GrantState.REQUESTED}), GrantState.OPEN),
    GrantMove.DECLINE: Rule(Side.PARTNER, frozenset({GrantState.REQUESTED}), GrantState.DECLINED),
    GrantMove.REVOKE: Rule(Side.PARTNER, frozenset({GrantState.OPEN}), GrantState.REVOKED),
    GrantMove.WITHDRAW: Rule(Side.HEADQUARTERS, frozenset({GrantState.REQUESTED}), GrantState.WITHDRAWN),
    GrantMove.CLOSE: Rule(Side.HEADQUARTERS, frozenset({GrantState.OPEN}), GrantState.CLOSED),
    GrantMove.EXPIRE: Rule(Side.PLATFORM, frozenset({GrantState.REQUESTED, GrantState.OPEN}), GrantState.EXPIRED),
}

MOVE_ACTIONS: Final = {
    GrantMove.CONSENT: "access_grant.approved",
    GrantMove.DECLINE: "access_grant.declined",
    GrantMove.WITHDRAW: "access_grant.withdrawn",
    GrantMove.REVOKE: "access_grant.revoked",
    GrantMove.CLOSE: "access_grant.closed",
    GrantMove.EXPIRE: "access_grant.expired",
}
"""What the audit log calls each move."""

FINAL: Final = frozenset(GrantState) - {GrantState.REQUESTED, GrantState.OPEN}
"""Final states; later events of the other side change nothing."""

STATE_NAMES: Final = {
    GrantState.REQUESTED: (N_("等待同意"), "waiting"),
    GrantState.OPEN: (N_("访问中"), "active"),
    GrantState.DECLINED: (N_("已拒绝"), "bad"),
    GrantState.WITHDRAWN: (N_("已撤回"), "neutral"),
    GrantState.REVOKED: (N_("已收回"), "bad"),
    GrantState.CLOSED: (N_("已结束"), "good"),
    GrantState.EXPIRED: (N_("已到期"), "neutral"),
}
"""Word and tone of each state."""
