"""What this area declares about itself."""

from typing import Final

from app.data_exchange.personal_data.permissions import ClientErasurePermission
from app.platform.kernel.areas import AboutPeople, Area, AuditGroup, DeclaredPermission, Kept, RecordTab
from app.platform.kernel.client_company import KeptOfClient, NeverOpen
from app.platform.kernel.texts import N_
from rbac import Permission

AREA: Final = Area(
    package="app.data_exchange.personal_data",
    features={"I8": ""},
    commands=("personal-data export", "personal-data erase", "personal-data erase-client"),
    models=("models",),
    api=("api:handlers",),
    pages=("pages:handlers", "client_pages:handlers"),
    record_tabs=(
        RecordTab("client", 80, "erasure", "{base}/erasure", N_("删除资料"), ClientErasurePermission.CLIENT_ERASE),
    ),
    sweeps=("tasks:sweeps",),
    permissions=(
        DeclaredPermission(
            Permission.PERSONAL_DATA_WRITE,
            N_("导出和删除员工的个人信息"),
            ("partner_owner", "client_administrator"),
            company_wide=True,
        ),
        DeclaredPermission(
            ClientErasurePermission.CLIENT_ERASE, N_("删除客户公司的全部资料"), ("partner_owner",), company_wide=True
        ),
    ),
    audit_groups=(AuditGroup("personal_data.", N_("个人信息")),),
    audit_actions={
        "client.erased": N_("客户资料已删除"),
        "client.erasure_refused": N_("没有删除客户资料：有事项没了结"),
        "client.erasure_requested": N_("申请删除客户资料"),
        "command.erasure_requested": N_("申请删除个人信息"),
        "command.personal_data_exported": N_("导出个人信息"),
        "personal_data.erased": N_("个人信息已删除"),
        "personal_data.erasure_requested": N_("申请删除个人信息"),
        "personal_data.exported": N_("导出个人信息"),
    },
    kept={
        Kept.EVIDENCE: ("client_erasure", "personal_data_request"),
    },
    personal_data=("personal_data",),
    about_people={
        AboutPeople.STAFF: ("client_erasure", "personal_data_request"),
    },
    never_open={NeverOpen.PAST: ("client_erasure", "personal_data_request")},
    kept_of_client={"client_erasure": KeptOfClient.REQUESTS, "personal_data_request": KeptOfClient.REQUESTS},
)
