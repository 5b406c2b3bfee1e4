"""What this area declares about itself."""

from typing import Final

from app.platform.kernel.areas import AboutPeople, Area, AuditGroup, DeclaredPermission, Kept
from app.platform.kernel.texts import N_
from app.platform.lists.permissions import SavedViewPermission

AREA: Final = Area(
    package="app.platform.lists",
    features={"R13": "pages.py"},
    models=("models",),
    permissions=(
        DeclaredPermission(
            SavedViewPermission.SAVED_VIEW_WRITE,
            N_("与同事共享列表视图"),
            ("service_manager", "team_leader", "hq_administrator"),
        ),
    ),
    audit_groups=(AuditGroup("list.", N_("列表导出")), AuditGroup("saved_view.", N_("列表视图"))),
    audit_actions={
        "list.exported": N_("导出列表"),
        "saved_view.created": N_("保存列表视图"),
        "saved_view.changed": N_("修改列表视图"),
        "saved_view.deleted": N_("删除列表视图"),
    },
    audit_records={
        "saved_view": N_("列表视图"),
    },
    retention=("retention:retention",),
    kept={
        Kept.ORGANISATION: ("saved_view", "list_preference"),
    },
    personal_data=("personal_data",),
    about_people={
        AboutPeople.ERASED: ("saved_view",),
        AboutPeople.PASSING: ("bulk_run",),
    },
    not_archived={
        "bulk_run": "what the last day's actions on many rows need to be taken back",
    },
)
