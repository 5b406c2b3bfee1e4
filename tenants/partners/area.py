"""What this area declares about itself."""

from typing import Final

from app.platform.kernel.areas import AboutPeople, Area, AuditGroup, DeclaredPermission, Kept
from app.platform.kernel.texts import N_
from rbac import Permission

AREA: Final = Area(
    package="tenants.partners",
    features={"N1": "services/applications.py", "N2": "services/vetting.py", "N4": "services/directory.py"},
    models=("models",),
    api=("api:handlers", "profile_api:handlers"),
    consumers=("tasks:consumers",),
    daily_jobs=("tasks:daily_jobs",),
    permissions=(
        DeclaredPermission(Permission.APPLICATION_DECIDE, N_("批准或拒绝加盟申请"), ("hq_administrator",)),
        DeclaredPermission(Permission.APPLICATION_READ, N_("查看加盟申请"), ("hq_administrator",)),
        DeclaredPermission(Permission.PARTNER_GRADE, N_("评定星级、区域和授权"), ("hq_administrator",)),
        DeclaredPermission(Permission.PARTNER_READ, N_("查看各服务商"), ("hq_quality_officer",)),
        DeclaredPermission(Permission.PARTNER_SUSPEND, N_("暂停和恢复服务商"), ("hq_administrator",)),
        DeclaredPermission(Permission.PARTNER_TERMINATE, N_("终止服务商"), ("hq_administrator",)),
        DeclaredPermission(
            Permission.TENANT_WRITE, N_("修改公司资料"), ("hq_administrator", "partner_owner"), company_wide=True
        ),
    ),
    audit_groups=(AuditGroup("partner.", N_("服务商"), ("partner", "application")),),
    audit_actions={
        "application.approved": N_("批准加盟"),
        "application.rejected": N_("拒绝加盟"),
        "application.submitted": N_("申请加盟"),
        "command.address_verified": N_("验证联系方式"),
        "command.application_read": N_("跟踪加盟申请"),
        "command.application_submitted": N_("填写加盟申请"),
        "partner.activated": N_("服务商转正"),
        "partner.graded": N_("评定服务商"),
        "partner.listing_changed": N_("更改服务商名录"),
        "partner.provisioned": N_("开通服务商"),
        "partner.reactivated": N_("恢复服务商"),
        "partner.reinstated": N_("撤回服务商的退出"),
        "partner.suspended": N_("暂停服务商"),
        "partner.terminated": N_("终止服务商的加盟"),
        "tenant.profile_changed": N_("更改公司资料"),
    },
    audit_records={
        "partner": N_("服务商"),
        "partner_application": N_("申请"),
    },
    kept={
        Kept.EVIDENCE: ("partner_transition", "partner_application", "partner_authorisation"),
        Kept.ORGANISATION: ("partner", "partner_territory"),
        Kept.OWN_JOB: ("verification_code",),
    },
    about_a_partner={
        "partner": "id",
        "partner_application": "partner_tenant_id",
        "partner_authorisation": "partner_id",
        "partner_territory": "partner_id",
        "partner_transition": "subject_id",
    },
    about_people={
        AboutPeople.COMPANIES: ("partner",),
        AboutPeople.ACCOUNTS: ("partner_application",),
        AboutPeople.STAFF: ("partner_transition",),
        AboutPeople.PASSING: ("verification_code",),
    },
)
