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
from rbac import Permission

AREA: Final = Area(
    package="tenants.data_lifecycle",
    features={"O4": ""},
    commands=("tenant list", "tenant export", "tenant restore", "tenant erase"),
    models=("models",),
    api=("api:handlers",),
    pages=("pages:handlers",),
    daily_jobs=("tasks:daily_jobs",),
    long_jobs={"tenant_export": "tasks:ExportRunner", "tenant_erasure": "tasks:ErasureRunner"},
    permissions=(
        DeclaredPermission(Permission.TENANT_EXPORT, N_("导出公司全部数据"), ("partner_owner",), company_wide=True),
    ),
    navigation=(
        NavigationEntry(
            ActorKind.PROVIDER,
            NavigationGroup.SETTINGS,
            170,
            "records",
            "/workspace/records",
            N_("公司数据"),
            "database",
            Permission.TENANT_EXPORT,
            about=N_("把公司的全部数据导出带走，看看各类记录保留多久。"),
        ),
    ),
    audit_groups=(AuditGroup("tenant.", N_("公司数据"), ("tenant", "tenant_export", "installation")),),
    audit_actions={
        "tenant.certificate_read": N_("查看清除证明"),
        "tenant.erased": N_("完成数据清除"),
        "tenant.erasure_started": N_("开始数据清除"),
        "tenant.exported": N_("导出公司数据"),
        "tenant.logs_erased": N_("清除到期日志"),
        "tenant.restore_started": N_("开始恢复服务商"),
        "tenant.restored": N_("完成恢复服务商"),
        "tenant_export.downloaded": N_("下载数据包"),
    },
    audit_records={
        "tenant": N_("公司"),
        "tenant_export": N_("数据包"),
    },
    kept={
        Kept.EVIDENCE: ("tenant_erasure", "tenant_export"),
    },
    not_archived={
        "tenant_export": "the archives themselves: how far each has come and who fetched it",
    },
    about_people={
        AboutPeople.STAFF: (
            "tenant_erasure",
            "tenant_export",
        ),
    },
)
