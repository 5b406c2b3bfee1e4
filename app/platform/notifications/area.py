"""What this area declares about itself."""

from typing import Final

from app.platform.kernel.actor import ActorKind
from app.platform.kernel.areas import AboutPeople, Area, DeclaredPermission, NavigationEntry, NavigationGroup
from app.platform.kernel.client_company import NeverOpen
from app.platform.kernel.texts import N_
from rbac import Permission

AREA: Final = Area(
    package="app.platform.notifications",
    features={"X1": ""},
    models=("models",),
    api=("api:handlers",),
    pages=("pages:handlers",),
    consumers=("tasks:consumers",),
    sweeps=("tasks:sweeps",),
    permissions=(
        DeclaredPermission(
            Permission.DELIVERY_READ, N_("查看发送记录"), ("hq_administrator", "service_manager"), company_wide=True
        ),
    ),
    navigation=(
        NavigationEntry(
            ActorKind.PROVIDER,
            NavigationGroup.SETTINGS,
            100,
            "deliveries",
            "/workspace/deliveries",
            N_("发送记录"),
            "send",
            Permission.DELIVERY_READ,
            about=N_("短信、邮件和企业微信发给了谁，送到没有。"),
        ),
        NavigationEntry(
            ActorKind.HQ,
            NavigationGroup.SETTINGS,
            60,
            "deliveries",
            "/hq/deliveries",
            N_("发送记录"),
            "send",
            Permission.DELIVERY_READ,
            about=N_("短信、邮件和企业微信发给了谁，送到没有。"),
        ),
    ),
    audit_actions={
        "command.notification_read": N_("已读通知"),
    },
    retention=("tasks:retention",),
    personal_data=("personal_data",),
    about_people={
        AboutPeople.ERASED: ("delivery",),
        AboutPeople.PASSING: ("notification",),
    },
    never_open={NeverOpen.PAST: ("notification",)},
    forgotten_with_client={"notification": "client_erasure:notifications", "delivery": "client_erasure:deliveries"},
)
