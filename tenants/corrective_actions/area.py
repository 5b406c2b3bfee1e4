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
    StartingPoint,
    Waiting,
)
from app.platform.kernel.texts import N_
from rbac import Permission

AREA: Final = Area(
    package="tenants.corrective_actions",
    features={"N7": "", "Q5": ""},
    models=("models",),
    api=("api:handlers",),
    pages=("pages:handlers", "opening_pages:handlers"),
    consumers=("tasks:consumers",),
    sweeps=("tasks:sweeps",),
    daily_jobs=("tasks:daily_jobs",),
    permissions=(
        DeclaredPermission(
            Permission.CORRECTIVE_ACTION_ANSWER, N_("执行整改单"), ("service_manager",), company_wide=True
        ),
        DeclaredPermission(Permission.CORRECTIVE_ACTION_DECIDE, N_("设置阈值、复查整改单"), ("hq_quality_officer",)),
        DeclaredPermission(
            Permission.CORRECTIVE_ACTION_READ,
            N_("查看整改单"),
            ("hq_quality_officer", "quality_agent"),
            company_wide=True,
        ),
    ),
    navigation=(
        NavigationEntry(
            ActorKind.PROVIDER,
            NavigationGroup.QUALITY,
            80,
            "corrective-actions",
            "/workspace/corrective-actions",
            N_("整改单"),
            "list-check",
            Permission.CORRECTIVE_ACTION_READ,
            "q",
            waiting=Waiting("counts:waiting_for_partner", N_("份等我方处理"), "notifications"),
        ),
        NavigationEntry(
            ActorKind.HQ,
            NavigationGroup.QUALITY,
            40,
            "corrective-actions",
            "/hq/corrective-actions",
            N_("整改单"),
            "list-check",
            Permission.CORRECTIVE_ACTION_READ,
            "c",
            bar=5,
            waiting=Waiting("counts:waiting_for_headquarters", N_("份等总部处理"), "notifications"),
        ),
        NavigationEntry(
            ActorKind.HQ,
            NavigationGroup.SETTINGS,
            65,
            "quality-thresholds",
            "/hq/quality-thresholds",
            N_("质量阈值"),
            "flag",
            Permission.CORRECTIVE_ACTION_DECIDE,
            about=N_("指标差到什么程度自动开整改单，几天内完成，何时复查。"),
        ),
    ),
    starting_points=(
        StartingPoint(
            ActorKind.HQ,
            "/hq/corrective-actions/new",
            N_("开整改单"),
            "list-check",
            Permission.CORRECTIVE_ACTION_DECIDE,
        ),
    ),
    audit_groups=(
        AuditGroup("corrective_action.", N_("整改单"), ("corrective_action", "quality_threshold")),
        AuditGroup("partner_letter.", N_("总部来信")),
    ),
    audit_actions={
        "corrective_action.breach_repeated": N_("再次不达标"),
        "corrective_action.cancelled": N_("取消整改单"),
        "corrective_action.closed": N_("关闭整改单"),
        "corrective_action.confirmed": N_("复查有效"),
        "corrective_action.created": N_("开出整改单"),
        "corrective_action.dates_changed": N_("整改单到期"),
        "corrective_action.finished": N_("整改单完成"),
        "corrective_action.owner_changed": N_("指定整改负责人"),
        "corrective_action.planned": N_("提交整改计划"),
        "corrective_action.progress_reported": N_("汇报整改进展"),
        "corrective_action.rejected": N_("复查无效"),
        "corrective_action.reopened": N_("重新打开整改单"),
        "corrective_action.started": N_("开始整改"),
        "partner_letter.written": N_("写信给服务商"),
        "quality_threshold.created": N_("设置质量阈值"),
        "quality_threshold.retired": N_("停用质量阈值"),
    },
    audit_records={
        "corrective_action": N_("整改单"),
        "quality_threshold": N_("质量阈值"),
    },
    kept={
        Kept.WORK: ("corrective_action", "corrective_action_line", "threshold_breach"),
        Kept.ORGANISATION: ("quality_threshold",),
    },
    names_at_headquarters={
        "corrective_action": (
            "UPDATE corrective_action SET owner_membership_id = NULL, owner_name = '', cause = '', "
            "planned_measures = '' WHERE tenant_id = $1 AND partner_id = $2"
        ),
        "corrective_action_line": (
            "UPDATE corrective_action_line SET actor_name = '', text = '' WHERE tenant_id = $1 AND side = 'partner' "
            "AND action_id IN (SELECT id FROM corrective_action WHERE tenant_id = $1 AND partner_id = $2)"
        ),
    },
    about_people={
        AboutPeople.STAFF: (
            "corrective_action",
            "corrective_action_line",
        ),
    },
)
