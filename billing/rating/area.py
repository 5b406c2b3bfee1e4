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
from app.platform.kernel.client_company import KeptOfClient, NeverOpen
from app.platform.kernel.texts import N_
from billing.rating.permissions import RatingPermission

AREA: Final = Area(
    package="billing.rating",
    features={"B6": ""},
    commands=("rating run",),
    models=("models", "row_scope"),
    api=("api:handlers",),
    pages=("pages:handlers",),
    consumers=("tasks:consumers",),
    daily_jobs=("tasks:daily_jobs",),
    rated_sources=("own_sources:CONTRACT_PERIODS", "own_sources:ADDONS", "own_sources:WAITING_WORK"),
    permissions=(
        DeclaredPermission(RatingPermission.CHARGE_READ, N_("查看费用"), ("dispatcher", "service_manager")),
        DeclaredPermission(RatingPermission.CHARGE_WRITE, N_("免收费用、标记争议"), ("service_manager",)),
    ),
    navigation=(
        NavigationEntry(
            ActorKind.PROVIDER,
            NavigationGroup.BUSINESS,
            50,
            "charges",
            "/workspace/charges",
            N_("费用"),
            "coins",
            RatingPermission.CHARGE_READ,
        ),
    ),
    record_tabs=(
        RecordTab("ticket", 30, "charges", "{base}/charges", N_("费用"), RatingPermission.CHARGE_READ),
        RecordTab("client", 35, "charges", "/workspace/charges?client={id}", N_("费用"), RatingPermission.CHARGE_READ),
    ),
    audit_groups=(AuditGroup("charge.", N_("费用"), ("charge", "rating_run")),),
    audit_actions={
        "charge.disputed": N_("标记费用有争议"),
        "charge.dispute_settled": N_("费用争议已解决"),
        "charge.rating_requested": N_("重新计费"),
        "charge.rework_requested": N_("返工改为收费"),
        "charge.waived": N_("免收费用"),
        "charge.waiver_revoked": N_("取消免收"),
    },
    audit_records={"charge": N_("费用")},
    kept={
        Kept.EVIDENCE: ("charge", "charge_mark"),
        Kept.WORK: ("rated_record",),
        Kept.SUMS: ("rating_run",),
    },
    about_people={
        AboutPeople.NOBODY: ("charge", "rating_run"),
        AboutPeople.STAFF: ("charge_mark", "rated_record"),
    },
    open_matters=("open_matters:CHARGES",),
    never_open={NeverOpen.PART: ("rated_record",)},
    kept_of_client={"charge": KeptOfClient.BOOKS, "rated_record": KeptOfClient.STAFF_NOTES},
)
