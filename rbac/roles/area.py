"""What this area declares about itself."""

from typing import Final

from app.platform.kernel.areas import AboutPeople, Area, AuditGroup, Kept
from app.platform.kernel.texts import N_

AREA: Final = Area(
    package="rbac.roles",
    features={"I2": ""},
    models=("models",),
    api=("api:handlers",),
    pages=("pages:handlers",),
    audit_groups=(AuditGroup("role.", N_("角色")),),
    audit_actions={
        "role.archived": N_("作废角色"),
        "role.changed": N_("修改角色"),
        "role.created": N_("新建角色"),
    },
    audit_records={
        "role": N_("角色"),
    },
    kept={
        Kept.ORGANISATION: ("role", "team", "team_member", "team_client", "member_client"),
    },
    about_people={
        AboutPeople.NOBODY: (
            "role",
            "team",
        ),
    },
)
