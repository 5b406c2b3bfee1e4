"""What this area declares about itself."""

from typing import Final

from app.platform.kernel.areas import AboutPeople, Area, AuditGroup, Kept
from app.platform.kernel.client_company import NeverOpen
from app.platform.kernel.texts import N_

AREA: Final = Area(
    package="app.platform.imports",
    models=("models",),
    api=("api:handlers",),
    pages=("pages:handlers",),
    consumers=("tasks:consumers",),
    audit_groups=(AuditGroup("list_import.", N_("清单导入")),),
    audit_actions={
        "list_import.cancelled": N_("放弃导入"),
        "list_import.columns_mapped": N_("对应列名"),
        "list_import.confirmed": N_("确认导入"),
        "list_import.error_sheet_downloaded": N_("下载核对表"),
        "list_import.finished": N_("导入完成"),
        "list_import.uploaded": N_("上传清单"),
    },
    audit_records={"import_run": N_("清单导入")},
    clean_up={"contents of lists that were imported": "tasks:forget_old_lists"},
    kept={Kept.ORIGIN: ("import_run", "import_mapping")},
    personal_data=("personal_data",),
    about_people={AboutPeople.ERASED: ("import_run",)},
    open_matters=("open_matters:IMPORTS",),
    never_open={NeverOpen.ARRANGEMENT: ("import_mapping",)},
    forgotten_with_client={
        "import_run": "client_erasure:import_runs",
        "import_mapping": "client_erasure:import_mappings",
    },
)
