"""What this area declares about itself."""

from typing import Final

from app.platform.kernel.areas import AboutPeople, Area, AuditGroup, DeclaredPermission, Kept
from app.platform.kernel.client_company import KeptOfClient, NeverOpen
from app.platform.kernel.texts import N_
from rbac import Permission

AREA: Final = Area(
    package="app.data_exchange.personal_data",
    features={"I8": ""},
    commands=("personal-data export", "personal-data erase"),
    models=("models",),
    api=("api:handlers",),
    pages=("pages:handlers",),
    sweeps=("tasks:sweeps",),
    permissions=(
        DeclaredPermission(
            Permission.PERSONAL_DATA_WRITE,
            N_("导出和删除员工的个人信息"),
            ("partner_owner", "client_administrator"),
            company_wide=True,
        ),
    ),
    audit_groups=(AuditGroup("personal_data.", N_("个人信息")),),
    audit_actions={
        "command.erasure_requested": N_("申请删除个人信息"),
        "command.personal_data_exported": N_("导出个人信息"),
        "personal_data.erased": N_("个人信息已删除"),
        "personal_data.erasure_requested": N_("申请删除个人信息"),
        "personal_data.exported": N_("导出个人信息"),
    },
    kept={
        Kept.EVIDENCE: ("personal_data_request",),
    },
    personal_data=("personal_data",),
    about_people={
        AboutPeople.STAFF: ("personal_data_request",),
    },
    never_open={NeverOpen.PAST: ("personal_data_request",)},
    kept_of_client={"personal_data_request": KeptOfClient.REQUESTS},
)
