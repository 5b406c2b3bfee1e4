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
    RecordTab,
)
from app.platform.kernel.texts import N_
from rbac import Permission

AREA: Final = Area(
    package="app.desk.engineers",
    features={"E1": ""},
    models=("models",),
    api=("api:handlers",),
    pages=("pages:handlers",),
    consumers=("tasks:consumers",),
    permissions=(
        DeclaredPermission(
            Permission.ENGINEER_READ, N_("查看工程师"), ("engineer", "dispatcher", "quality_agent", "client_contact")
        ),
        DeclaredPermission(Permission.ENGINEER_WRITE, N_("管理工程师档案"), ("service_manager",), company_wide=True),
    ),
    navigation=(
        NavigationEntry(
            ActorKind.PROVIDER,
            NavigationGroup.RECORDS,
            60,
            "engineers",
            "/workspace/engineers",
            N_("工程师"),
            "tools",
            Permission.ENGINEER_READ,
            "e",
        ),
    ),
    record_tabs=(RecordTab("engineer", 10, "profile", "{base}/profile", N_("修改档案"), Permission.ENGINEER_WRITE),),
    audit_groups=(AuditGroup("engineer.", N_("工程师")),),
    audit_actions={
        "engineer.changed": N_("修改工程师档案"),
    },
    audit_records={
        "engineer": N_("工程师"),
    },
    kept={
        Kept.ORGANISATION: ("engineer", "engineer_skill"),
    },
    about_people={
        AboutPeople.STAFF: ("engineer",),
    },
)
