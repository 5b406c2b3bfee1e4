"""The payment provider: the port to it, the company's account there, and what it tells (B8)."""

from billing.gateway.errors import GatewaySilent, NotConnected, OnlinePaymentsOff
from billing.gateway.inbox import look_at
from billing.gateway.models import GatewayObject
from billing.gateway.port import (
    BalanceLine,
    BalancePage,
    CheckoutRequest,
    CheckoutSession,
    CheckoutState,
    DisputeState,
    GatewayAccount,
    GatewayDispute,
    GatewayPayment,
    GatewayPayout,
    GatewayRefund,
    GatewayRefused,
    GatewayUnreachable,
    ObjectKind,
    PaymentGateway,
    PaymentState,
    PayoutState,
    RefundState,
)
from billing.gateway.service import Connections, account_of_object, takes_payments
from billing.gateway.stripe_adapter import gateway_of

__all__ = [
    "BalanceLine",
    "BalancePage",
    "CheckoutRequest",
    "CheckoutSession",
    "CheckoutState",
    "Connections",
    "DisputeState",
    "GatewayAccount",
    "GatewayDispute",
    "GatewayObject",
    "GatewayPayment",
    "GatewayPayout",
    "GatewayRefund",
    "GatewayRefused",
    "GatewaySilent",
    "GatewayUnreachable",
    "NotConnected",
    "ObjectKind",
    "OnlinePaymentsOff",
    "PaymentGateway",
    "PaymentState",
    "PayoutState",
    "RefundState",
    "account_of_object",
    "gateway_of",
    "look_at",
    "takes_payments",
]
