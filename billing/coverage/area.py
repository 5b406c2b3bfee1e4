"""What this area declares about itself."""

from typing import Final

from app.platform.kernel.areas import AboutPeople, Area, AuditGroup, DeclaredPermission, Kept, RecordTab
from app.platform.kernel.client_company import NeverOpen
from app.platform.kernel.texts import N_
from billing.coverage.permissions import CoveragePermission
from rbac import Permission

AREA: Final = Area(
    package="billing.coverage",
    features={"T3": ""},
    models=("models",),
    api=("api:handlers",),
    pages=("pages:handlers",),
    consumers=("tasks:consumers",),
    record_tabs=(RecordTab("ticket", 40, "coverage", "{base}/coverage", N_("合同范围"), Permission.TICKET_READ),),
    permissions=(
        DeclaredPermission(CoveragePermission.COVERAGE_OVERRIDE, N_("改判是否在合同范围内"), ("dispatcher",)),
    ),
    audit_groups=(AuditGroup("coverage.", N_("合同范围")),),
    audit_actions={
        "coverage.overridden": N_("改判合同范围"),
        "coverage.requested": N_("按合同重新判断"),
    },
    kept={Kept.WORK: ("ticket_coverage", "ticket_coverage_reason")},
    about_people={
        AboutPeople.NOBODY: ("ticket_coverage",),
        AboutPeople.STAFF: ("ticket_coverage_reason",),
    },
    never_open={NeverOpen.PART: ("ticket_coverage", "ticket_coverage_reason")},
    client_texts={"ticket_coverage_reason": ("explanation",)},
)
