"""What this area declares about itself."""

from typing import Final

from app.desk.security.permissions import SecurityPermission
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
    Waiting,
)
from app.platform.kernel.client_company import KeptOfClient, NeverOpen
from app.platform.kernel.texts import N_

_PUBLISHED: Final = "a published bulletin says what the client was told and when; it is evidence between the two"

AREA: Final = Area(
    package="app.desk.security",
    features={"K3": ""},
    models=("models", "row_scope"),
    api=("api:handlers",),
    pages=("pages:handlers",),
    consumers=("tasks:consumers",),
    daily_jobs=("tasks:daily_jobs",),
    imports={"antivirus-reports": "report_import:ANTIVIRUS_REPORTS"},
    promised_targets={"antivirus_week": N_("防病毒周报"), "security_month": N_("信息安全月报")},
    promises={"security_week": "promises:week_audience", "security_bulletin": "promises:bulletin_audience"},
    permissions=(
        DeclaredPermission(
            SecurityPermission.SECURITY_WEEK_READ,
            N_("查看网络安全周报和月报"),
            ("engineer", "dispatcher", "client_approver", "client_administrator"),
        ),
        DeclaredPermission(
            SecurityPermission.SECURITY_WEEK_WRITE,
            N_("登记、导入和评定防病毒周报，处理安全问题"),
            ("engineer", "dispatcher"),
        ),
        DeclaredPermission(SecurityPermission.SECURITY_BULLETIN_WRITE, N_("编写和发布信息安全月报"), ("dispatcher",)),
    ),
    navigation=(
        NavigationEntry(
            ActorKind.PROVIDER,
            NavigationGroup.QUALITY,
            60,
            "security",
            "/workspace/security",
            N_("网络安全"),
            "shield-check",
            SecurityPermission.SECURITY_WEEK_READ,
            waiting=Waiting("counts:findings_to_decide", N_("个安全问题待处理"), "notifications"),
        ),
        NavigationEntry(
            ActorKind.CLIENT,
            NavigationGroup.QUALITY,
            60,
            "security",
            "/portal/security",
            N_("网络安全"),
            "shield-check",
            SecurityPermission.SECURITY_WEEK_READ,
            waiting=Waiting("counts:open_findings_of_client", N_("个安全问题待处理"), "notifications"),
            while_counted=True,
        ),
    ),
    record_tabs=(
        RecordTab(
            "client",
            53,
            "security",
            "/workspace/security?client={id}",
            N_("网络安全"),
            SecurityPermission.SECURITY_WEEK_READ,
        ),
    ),
    audit_groups=(
        AuditGroup("security_week.", N_("防病毒周报")),
        AuditGroup("security_check.", N_("设备的防病毒记录")),
        AuditGroup("security_finding.", N_("安全问题")),
        AuditGroup("security_bulletin.", N_("信息安全月报")),
        AuditGroup("bulletin_edition.", N_("信息安全月报的文件")),
    ),
    audit_actions={
        "security_bulletin.changed": N_("编写信息安全月报"),
        "security_bulletin.downloaded": N_("下载信息安全月报"),
        "security_bulletin.published": N_("发布信息安全月报"),
        "bulletin_edition.created": N_("生成信息安全月报"),
        "security_check.changed": N_("登记设备的防病毒情况"),
        "security_finding.dismissed": N_("不处理安全问题"),
        "security_finding.ticket_created": N_("为安全问题开服务单"),
        "security_week.assessed": N_("评定防病毒周报"),
    },
    audit_records={
        "security_bulletin": N_("信息安全月报"),
        "bulletin_edition": N_("信息安全月报的文件"),
        "security_check": N_("设备的防病毒记录"),
        "security_finding": N_("安全问题"),
        "security_week": N_("防病毒周报"),
    },
    kept={
        Kept.WORK: ("security_week", "security_check", "security_finding", "security_bulletin"),
        Kept.EVIDENCE: ("bulletin_edition",),
    },
    personal_data=("personal_data",),
    about_people={
        AboutPeople.ERASED: ("security_week", "security_finding", "security_bulletin"),
        AboutPeople.NOBODY: ("security_check",),
        AboutPeople.EVIDENCE: ("bulletin_edition",),
    },
    kept_after_erasure={"bulletin_edition": _PUBLISHED},
    open_matters=("open_matters:FINDINGS",),
    never_open={
        NeverOpen.ARRANGEMENT: ("security_week", "security_bulletin"),
        NeverOpen.PART: ("security_check",),
        NeverOpen.PAST: ("bulletin_edition",),
    },
    client_texts={
        "security_week": ("assessment",),
        "security_finding": ("reason",),
        "security_bulletin": (
            "summary",
            "industry_news",
            "urgent_notices",
            "virus_notices",
            "vulnerability_notices",
        ),
    },
    kept_of_client={"bulletin_edition": KeptOfClient.EVIDENCE},
)
