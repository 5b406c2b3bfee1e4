"""What this area declares about itself."""

from typing import Final

from app.agreements.sla.labels import TARGET_NAMES
from app.platform.kernel.actor import ActorKind
from app.platform.kernel.areas import (
    AboutPeople,
    Area,
    AuditGroup,
    DeclaredPermission,
    Kept,
    NavigationEntry,
    NavigationGroup,
    RecordTab,
)
from app.platform.kernel.client_company import NeverOpen
from app.platform.kernel.texts import N_
from rbac import Permission

AREA: Final = Area(
    package="app.agreements.sla",
    features={"S2": "policy.py", "S4": "policy.py"},
    models=("models",),
    api=("api:handlers", "preview_api:handlers"),
    pages=("pages:handlers",),
    consumers=("tasks:consumers",),
    sweeps=("tasks:sweeps",),
    promised_targets=TARGET_NAMES,
    permissions=(
        DeclaredPermission(
            Permission.SERVICE_LEVEL_WRITE, N_("管理服务日历和服务级别"), ("service_manager",), company_wide=True
        ),
    ),
    navigation=(
        NavigationEntry(
            ActorKind.PROVIDER,
            NavigationGroup.QUALITY,
            70,
            "service-levels",
            "/workspace/service-levels",
            N_("服务级别"),
            "clock",
            Permission.CLIENT_READ,
            "s",
        ),
    ),
    record_tabs=(
        RecordTab("client", 50, "service-level", "{base}/service-level", N_("服务级别"), Permission.CLIENT_READ),
    ),
    audit_groups=(AuditGroup("sla_policy.", N_("服务级别"), ("sla_policy", "service_calendar", "escalation_contact")),),
    audit_actions={
        "escalation_contact.changed": N_("修改升级联系人"),
        "service_calendar.changed": N_("修改服务日历"),
        "service_calendar.created": N_("建立服务日历"),
        "sla_policy.assigned": N_("指定服务级别"),
        "sla_policy.changed": N_("修改服务级别"),
        "sla_policy.created": N_("建立服务级别"),
        "sla_policy.unassigned": N_("取消服务级别"),
    },
    audit_records={
        "escalation_contact": N_("升级联系人"),
        "service_calendar": N_("服务日历"),
        "sla_assignment": N_("服务级别"),
        "sla_policy": N_("服务级别"),
    },
    retention=("tasks:retention",),
    kept={
        Kept.WORK: ("clock", "clock_interval"),
        Kept.ORGANISATION: (
            "service_calendar",
            "service_calendar_version",
            "sla_policy",
            "sla_policy_version",
            "sla_assignment",
            "escalation_contact",
        ),
    },
    about_people={
        AboutPeople.NOBODY: (
            "service_calendar",
            "sla_policy",
        ),
    },
    never_open={NeverOpen.PART: ("clock", "clock_interval"), NeverOpen.ARRANGEMENT: ("sla_assignment",)},
)
