"""The life of a company's account with the payment provider."""

from enum import StrEnum
from typing import Final

from app.platform.kernel.state_machine import StateMachine, transition
from app.platform.kernel.texts import N_
from billing.gateway.errors import ConnectionMoveRefused


class ConnectionState(StrEnum):
    """Whether clients can pay online."""

    CONNECTING = "connecting"
    """The company has not told the provider everything yet."""
    ACTIVE = "active"
    RESTRICTED = "restricted"
    """The provider takes no payments until it knows more."""
    DISCONNECTED = "disconnected"


class ConnectionMove(StrEnum):
    """What happens to the account."""

    ACTIVATE = "activate"
    RESTRICT = "restrict"
    DISCONNECT = "disconnect"


STATE_NAMES: Final = {
    ConnectionState.CONNECTING: N_("资料未填完"),
    ConnectionState.ACTIVE: N_("可以收款"),
    ConnectionState.RESTRICTED: N_("暂停收款"),
    ConnectionState.DISCONNECTED: N_("已断开"),
}
STATE_TONES: Final = {
    ConnectionState.CONNECTING: "waiting",
    ConnectionState.ACTIVE: "good",
    ConnectionState.RESTRICTED: "bad",
}
_USED: Final = {ConnectionState.CONNECTING, ConnectionState.ACTIVE, ConnectionState.RESTRICTED}

CONNECTION: Final = StateMachine(
    record="gateway_connection",
    columns=("gateway_connection.state",),
    states=ConnectionState,
    started=frozenset({ConnectionState.CONNECTING}),
    moves={
        ConnectionMove.ACTIVATE: transition(_USED, ConnectionState.ACTIVE),
        ConnectionMove.RESTRICT: transition(
            {ConnectionState.ACTIVE, ConnectionState.RESTRICTED}, ConnectionState.RESTRICTED
        ),
        ConnectionMove.DISCONNECT: transition(_USED, ConnectionState.DISCONNECTED),
    },
    refusal=ConnectionMoveRefused,
    state_names=STATE_NAMES,
    move_names={
        ConnectionMove.ACTIVATE: N_("开始收款"),
        ConnectionMove.RESTRICT: N_("暂停收款"),
        ConnectionMove.DISCONNECT: N_("断开"),
    },
)
