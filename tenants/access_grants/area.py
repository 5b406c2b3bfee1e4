"""What this area declares about itself."""

from typing import Final

from app.platform.kernel.areas import AboutPeople, Area, AuditGroup, DeclaredPermission, Kept
from app.platform.kernel.client_company import KeptOfClient, NeverOpen
from app.platform.kernel.texts import N_
from rbac import Permission

AREA: Final = Area(
    package="tenants.access_grants",
    features={"N8": ""},
    models=("models",),
    api=("api:handlers",),
    consumers=("tasks:consumers",),
    sweeps=("tasks:sweeps",),
    approvals=("consent:ACCESS_CONSENT",),
    daily_jobs=("tasks:daily_jobs",),
    permissions=(
        DeclaredPermission(
            Permission.ACCESS_GRANT_DECIDE, N_("同意或拒绝访问授权"), ("partner_owner",), company_wide=True
        ),
        DeclaredPermission(Permission.ACCESS_GRANT_OVERRIDE, N_("紧急访问，不经同意"), ("hq_administrator",)),
        DeclaredPermission(
            Permission.ACCESS_GRANT_READ, N_("查看访问授权"), ("hq_quality_officer", "partner_owner"), company_wide=True
        ),
        DeclaredPermission(Permission.ACCESS_GRANT_REQUEST, N_("申请查看服务商的记录"), ("hq_quality_officer",)),
    ),
    audit_groups=(AuditGroup("access_grant.", N_("访问与拒绝"), ("access_grant", "request")),),
    audit_actions={
        "access_grant.approved": N_("同意访问授权"),
        "access_grant.changed": N_("访问授权变更"),
        "access_grant.closed": N_("总部结束访问"),
        "access_grant.declined": N_("拒绝访问授权"),
        "access_grant.expired": N_("访问授权到期"),
        "access_grant.overridden": N_("总部紧急访问"),
        "access_grant.requested": N_("总部申请访问"),
        "access_grant.revoked": N_("收回访问授权"),
        "access_grant.used": N_("总部查看记录"),
        "access_grant.withdrawn": N_("总部撤回申请"),
    },
    audit_records={
        "access_grant": N_("访问授权"),
    },
    kept={
        Kept.EVIDENCE: ("access_grant",),
    },
    names_at_headquarters={
        "access_grant": (
            "UPDATE access_grant SET decided_by_name = '', decision = '' WHERE tenant_id = $1 AND partner_id = $2"
        ),
    },
    about_people={
        AboutPeople.STAFF: ("access_grant",),
    },
    never_open={NeverOpen.ARRANGEMENT: ("access_grant",)},
    kept_of_client={"access_grant": KeptOfClient.STAFF_NOTES},
)
