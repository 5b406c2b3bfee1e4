"""What this area declares about itself."""

from typing import Final

from app.platform.kernel.actor import ActorKind
from app.platform.kernel.areas import (
    AboutPeople,
    Area,
    AuditGroup,
    DeclaredPermission,
    Kept,
    NavigationEntry,
    NavigationGroup,
)
from app.platform.kernel.texts import N_
from billing.gateway.permissions import GatewayPermission

AREA: Final = Area(
    package="billing.gateway",
    features={"B8": "port.py"},
    models=("models",),
    api=("api:handlers",),
    pages=("pages:handlers",),
    consumers=("tasks:consumers",),
    gateway_objects={"account": "service:account_changed"},
    permissions=(
        DeclaredPermission(
            GatewayPermission.GATEWAY_CONNECTION_READ, N_("查看在线收款的账户"), ("partner_finance",), company_wide=True
        ),
        DeclaredPermission(
            GatewayPermission.GATEWAY_CONNECTION_WRITE, N_("开通和断开在线收款"), ("partner_owner",), company_wide=True
        ),
    ),
    navigation=(
        NavigationEntry(
            ActorKind.PROVIDER,
            NavigationGroup.SETTINGS,
            166,
            "online-payments",
            "/workspace/online-payments",
            N_("在线收款"),
            "building-bank",
            GatewayPermission.GATEWAY_CONNECTION_READ,
            about=N_("客户用银行卡付账单：收款账户的状态，支付平台还要的资料。"),
        ),
    ),
    audit_groups=(AuditGroup("gateway_connection.", N_("在线收款")),),
    audit_actions={
        "gateway_connection.changed": N_("在线收款的状态变了"),
        "gateway_connection.closed": N_("断开在线收款"),
        "gateway_connection.created": N_("开通在线收款"),
    },
    audit_records={"gateway_connection": N_("在线收款的账户")},
    kept={
        Kept.EVIDENCE: ("gateway_event", "gateway_object"),
        Kept.ORGANISATION: ("gateway_connection",),
    },
    about_people={
        AboutPeople.COMPANIES: ("gateway_connection",),
        AboutPeople.NOBODY: ("gateway_event", "gateway_object"),
    },
)
