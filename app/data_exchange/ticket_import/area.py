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
from app.platform.kernel.client_company import NeverOpen
from app.platform.kernel.texts import N_
from rbac import Permission

AREA: Final = Area(
    package="app.data_exchange.ticket_import",
    features={"T16": ""},
    commands=("import-tickets", "export-tickets"),
    models=("models",),
    api=("api:handlers",),
    pages=("pages:handlers",),
    consumers=("tasks:consumers",),
    permissions=(
        DeclaredPermission(Permission.TICKET_EXPORT, N_("导出公司历史"), ("service_manager",), company_wide=True),
        DeclaredPermission(Permission.TICKET_IMPORT, N_("导入历史"), ("service_manager",), company_wide=True),
    ),
    navigation=(
        NavigationEntry(
            ActorKind.PROVIDER,
            NavigationGroup.SETTINGS,
            150,
            "ticket-imports",
            "/workspace/ticket-imports",
            N_("历史导入"),
            "upload",
            Permission.TICKET_IMPORT,
            about=N_("把以前系统里的服务单连同时间一起搬过来。"),
        ),
    ),
    audit_groups=(AuditGroup("ticket_import.", N_("历史导入")),),
    audit_actions={
        "ticket.exported": N_("导出历史"),
        "ticket.history_extended": N_("补写历史"),
        "ticket.imported": N_("写入历史服务单"),
        "ticket_import.cancelled": N_("放弃历史导入"),
        "ticket_import.check_requested": N_("重新试读历史"),
        "ticket_import.checked": N_("试读历史"),
        "ticket_import.confirmed": N_("确认历史导入"),
        "ticket_import.failed": N_("历史导入失败"),
        "ticket_import.finished": N_("历史导入完成"),
        "ticket_import.name_matched": N_("对应历史里的名称"),
        "ticket_import.report_downloaded": N_("下载历史导入报告"),
        "ticket_import.uploaded": N_("上传历史"),
    },
    audit_records={
        "ticket_import": N_("历史导入"),
        "imported_name": N_("历史里的名称"),
    },
    kept={
        Kept.WORK: ("imported_ticket", "ticket_import_outcome"),
        Kept.ORIGIN: ("ticket_import", "imported_name"),
    },
    personal_data=("personal_data",),
    about_people={
        AboutPeople.ERASED: ("imported_name",),
    },
    open_matters=("open_matters:TICKET_IMPORTS",),
    never_open={NeverOpen.PAST: ("imported_ticket", "imported_name")},
    forgotten_with_client={"imported_name": "client_erasure:imported_names"},
)
