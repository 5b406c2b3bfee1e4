"""What this area declares about itself."""

from typing import Final

from app.platform.kernel.areas import AboutPeople, Area, AuditGroup, Kept
from app.platform.kernel.client_company import NeverOpen
from app.platform.kernel.texts import N_

AREA: Final = Area(
    package="app.platform.files",
    models=("models",),
    api=("api:handlers",),
    pages=("api:page_handlers",),
    audit_groups=(AuditGroup("file.", N_("文件下载")),),
    audit_actions={
        "command.file_attached": N_("上传照片或文件"),
        "file.downloaded": N_("下载文件"),
    },
    audit_records={
        "file": N_("文件"),
    },
    clean_up={"files without a row": "tasks:delete_unreferenced_files"},
    kept={
        Kept.WORK: ("stored_file",),
    },
    personal_data=("personal_data",),
    about_people={
        AboutPeople.ERASED: ("stored_file",),
    },
    never_open={NeverOpen.PAST: ("stored_file",)},
    client_texts={"stored_file": ("name",)},
)
