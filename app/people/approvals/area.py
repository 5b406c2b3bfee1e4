"""What this area declares about itself."""

from typing import Final

from app.people.approvals.permissions import ApprovalPermission
from app.platform.kernel.actor import ActorKind
from app.platform.kernel.areas import (
    AboutPeople,
    Area,
    AuditGroup,
    DeclaredPermission,
    Kept,
    NavigationEntry,
    NavigationGroup,
    Waiting,
)
from app.platform.kernel.client_company import KeptOfClient
from app.platform.kernel.texts import N_

AREA: Final = Area(
    package="app.people.approvals",
    models=("models",),
    api=("api:handlers",),
    pages=("pages:handlers", "link_pages:handlers"),
    consumers=("tasks:consumers",),
    sweeps=("tasks:sweeps",),
    permissions=(
        DeclaredPermission(ApprovalPermission.APPROVAL_DECIDE, N_("审批"), ("partner_owner",), company_wide=True),
    ),
    navigation=(
        NavigationEntry(
            ActorKind.PROVIDER,
            NavigationGroup.DAILY,
            45,
            "approvals",
            "/workspace/approvals",
            N_("待我审批"),
            "user-check",
            ApprovalPermission.APPROVAL_DECIDE,
            waiting=Waiting("counts:waiting_approvals", N_("项待您审批"), "notifications"),
        ),
    ),
    audit_groups=(AuditGroup("approval.", N_("审批")),),
    audit_actions={
        "approval.approved": N_("审批同意"),
        "approval.declined": N_("审批拒绝"),
        "approval.document_downloaded": N_("经链接下载审批文件"),
        "approval.expired": N_("审批过期"),
        "approval.first_approved": N_("第一人同意"),
        "approval.link_sent": N_("发出审批链接"),
        "approval.requested": N_("提交审批"),
        "approval.voided": N_("审批作废"),
        "approval.withdrawn": N_("撤回审批"),
        "command.approval_decided": N_("审批"),
    },
    audit_records={"approval": N_("审批")},
    kept={Kept.EVIDENCE: ("approval",), Kept.UNTIL_DONE: ("approval_link",)},
    about_people={AboutPeople.COMPANIES: ("approval",), AboutPeople.PASSING: ("approval_link",)},
    open_matters=("open_matters:APPROVALS",),
    kept_of_client={"approval": KeptOfClient.EVIDENCE},
)
