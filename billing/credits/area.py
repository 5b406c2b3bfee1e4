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
    Waiting,
)
from app.platform.kernel.client_company import KeptOfClient, NeverOpen
from app.platform.kernel.texts import N_
from billing.credits.permissions import CreditPermission

AREA: Final = Area(
    package="billing.credits",
    features={"B10": "", "S6": ""},
    models=("models", "row_scope"),
    api=("api:handlers",),
    pages=("pages:handlers",),
    consumers=("tasks:consumers",),
    daily_jobs=("tasks:daily_jobs",),
    approvals=("deciding:CREDIT_APPROVAL",),
    permissions=(
        DeclaredPermission(
            CreditPermission.SERVICE_CREDIT_READ,
            N_("查看服务赔付"),
            ("partner_finance", "service_manager", "client_finance"),
        ),
        DeclaredPermission(CreditPermission.SERVICE_CREDIT_WRITE, N_("按约定撤回服务赔付"), ("service_manager",)),
        DeclaredPermission(
            CreditPermission.SERVICE_CREDIT_DECIDE, N_("审批服务赔付"), ("partner_finance", "service_manager")
        ),
    ),
    navigation=(
        NavigationEntry(
            ActorKind.PROVIDER,
            NavigationGroup.BUSINESS,
            70,
            "credits",
            "/workspace/credits",
            N_("服务赔付"),
            "arrow-back-up",
            CreditPermission.SERVICE_CREDIT_READ,
            waiting=Waiting("counts:waiting_credits", N_("笔赔付待审批"), "approvals"),
        ),
    ),
    record_tabs=(
        RecordTab(
            "ticket",
            45,
            "credits",
            "/workspace/credits?ticket={id}",
            N_("服务赔付"),
            CreditPermission.SERVICE_CREDIT_READ,
        ),
    ),
    audit_groups=(AuditGroup("service_credit.", N_("服务赔付")),),
    audit_actions={
        "service_credit.approved": N_("批准服务赔付"),
        "service_credit.created": N_("提出服务赔付"),
        "service_credit.declined": N_("不批准服务赔付"),
        "service_credit.withdrawn": N_("撤回服务赔付"),
    },
    audit_records={"service_credit": N_("服务赔付")},
    kept={Kept.EVIDENCE: ("service_credit", "service_credit_notice")},
    about_people={AboutPeople.STAFF: ("service_credit", "service_credit_notice")},
    open_matters=("open_matters:CREDITS",),
    never_open={NeverOpen.PART: ("service_credit_notice",)},
    kept_of_client={"service_credit": KeptOfClient.STAFF_NOTES, "service_credit_notice": KeptOfClient.STAFF_NOTES},
)
