"""What this area declares about itself."""

from typing import Final

from app.platform.kernel.areas import Area, AuditGroup, DeclaredPermission, Kept
from app.platform.kernel.texts import N_
from tenants.partner_finance.permissions import NetworkFinancePermission

AREA: Final = Area(
    package="tenants.partner_finance",
    features={"N7": ""},
    commands=("rebuild-finance",),
    models=("models",),
    api=("api:handlers",),
    consumers=("tasks:consumers",),
    permissions=(
        DeclaredPermission(NetworkFinancePermission.NETWORK_FINANCE_READ, N_("查看全网财务"), ("hq_finance",)),
    ),
    audit_groups=(AuditGroup("network_finance.", N_("全网财务")),),
    audit_actions={"network_finance.exported": N_("导出全网财务")},
    audit_records={"network_finance": N_("全网财务")},
    kept={Kept.SUMS: ("finance_fact", "finance_month")},
)
