"""Errors of the payment provider's accounts."""

from app.platform.kernel.errors import Conflict
from app.platform.kernel.texts import N_


class OnlinePaymentsOff(Conflict):
    """The operator has set up no payment provider."""

    code = "gateway_connection.not_set_up"
    text = N_("本平台还没有接入在线支付，请用对公转账。")


class ConnectionMoveRefused(Conflict):
    """The account's state does not allow this."""

    code = "gateway_connection.move_refused"
    text = N_("在线收款的状态已经变了，请刷新后再看。")


class NotConnected(Conflict):
    """The company has no account with the provider."""

    code = "gateway_connection.missing"
    text = N_("还没有开通在线收款。")


class AlreadyConnected(Conflict):
    """A company has one account at a time."""

    code = "gateway_connection.exists"
    text = N_("在线收款已经开通过了。")


class GatewaySilent(Conflict):
    """The provider does not answer; whether it was done is found out later."""

    code = "gateway_connection.provider_silent"
    text = N_("支付平台暂时没有回应，请过一会儿再试。")
