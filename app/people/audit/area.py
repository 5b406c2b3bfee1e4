"""What this area declares about itself."""

from typing import Final

from app.platform.kernel.actor import ActorKind
from app.platform.kernel.areas import (
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
    package="app.people.audit",
    features={"I7": ""},
    commands=("audit verify", "audit anchors"),
    models=("models",),
    api=("api:handlers",),
    pages=("pages:handlers",),
    daily_jobs=("tasks:daily_jobs",),
    permissions=(
        DeclaredPermission(
            Permission.AUDIT_LOG_READ,
            N_("查看操作记录"),
            ("hq_administrator", "partner_owner", "client_administrator"),
            company_wide=True,
        ),
    ),
    navigation=(
        NavigationEntry(
            ActorKind.PROVIDER,
            NavigationGroup.SETTINGS,
            120,
            "audit",
            "/workspace/audit",
            N_("操作记录"),
            "history",
            Permission.AUDIT_LOG_READ,
            about=N_("谁在什么时候看了、改了什么，事后不能改动。"),
        ),
        NavigationEntry(
            ActorKind.HQ,
            NavigationGroup.SETTINGS,
            80,
            "audit",
            "/hq/audit",
            N_("操作记录"),
            "history",
            Permission.AUDIT_LOG_READ,
            about=N_("谁在什么时候看了、改了什么，事后不能改动。"),
        ),
        NavigationEntry(
            ActorKind.CLIENT,
            NavigationGroup.SETTINGS,
            60,
            "audit",
            "/portal/audit",
            N_("操作记录"),
            "history",
            Permission.AUDIT_LOG_READ,
            about=N_("谁在什么时候看了、改了什么，事后不能改动。"),
        ),
    ),
    record_tabs=(RecordTab("", 90, "audit", "{base}?tab=audit", N_("操作记录"), Permission.AUDIT_LOG_READ),),
    audit_groups=(AuditGroup("audit_log.", N_("操作记录"), ("audit_log", "audit_anchor")),),
    audit_actions={
        "audit_anchor.sent": N_("寄出存证"),
        "audit_log.exported": N_("导出操作记录"),
        "request.denied": N_("越权操作被拒绝"),
    },
    audit_records={
        "address": N_("网页地址"),
        "audit_anchor": N_("存证"),
        "audit_entry": N_("操作记录"),
    },
    kept={
        Kept.EVIDENCE: ("audit_link", "audit_anchor"),
    },
    personal_data=("personal_data",),
)
