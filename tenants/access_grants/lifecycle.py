"""The state machine of access grants, as data (N8)."""

from enum import StrEnum
from typing import Final

from app.platform.kernel.state_machine import StateMachine, transition
from app.platform.kernel.texts import N_
from tenants.access_grants.errors import GrantMoveRefused


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


MOVE_ACTIONS: Final = {
    GrantMove.CONSENT: "access_grant.approved",
    GrantMove.DECLINE: "access_grant.declined",
    GrantMove.WITHDRAW: "access_grant.withdrawn",
    GrantMove.REVOKE: "access_grant.revoked",
    GrantMove.CLOSE: "access_grant.closed",
    GrantMove.EXPIRE: "access_grant.expired",
}
"""What the audit log calls each move."""

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

_S = GrantState

ACCESS_GRANT: Final = StateMachine(
    record="access_grant",
    columns=("access_grant.state",),
    states=GrantState,
    started=frozenset({_S.REQUESTED}),
    moves={
        GrantMove.CONSENT: transition({_S.REQUESTED}, _S.OPEN, side=Side.PARTNER),
        GrantMove.DECLINE: transition({_S.REQUESTED}, _S.DECLINED, side=Side.PARTNER),
        GrantMove.REVOKE: transition({_S.OPEN}, _S.REVOKED, side=Side.PARTNER),
        GrantMove.WITHDRAW: transition({_S.REQUESTED}, _S.WITHDRAWN, side=Side.HEADQUARTERS),
        GrantMove.CLOSE: transition({_S.OPEN}, _S.CLOSED, side=Side.HEADQUARTERS),
        GrantMove.EXPIRE: transition({_S.REQUESTED, _S.OPEN}, _S.EXPIRED, side=Side.PLATFORM),
    },
    refusal=GrantMoveRefused,
    state_names={state: name for state, (name, _) in STATE_NAMES.items()},
)
"""Later events of the other side change nothing in a final state."""
