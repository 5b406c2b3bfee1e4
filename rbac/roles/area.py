"""What this area declares about itself."""

from typing import Final

from app.platform.kernel.actor import ActorKind
from app.platform.kernel.areas import AboutPeople, Area, AuditGroup, Kept, NavigationEntry, NavigationGroup
from app.platform.kernel.client_company import NeverOpen
from app.platform.kernel.texts import N_
from rbac import Permission

AREA: Final = Area(
    package="rbac.roles",
    features={"I2": ""},
    models=("models",),
    api=("api:handlers",),
    pages=("pages:handlers",),
    navigation=(
        NavigationEntry(
            ActorKind.PROVIDER,
            NavigationGroup.SETTINGS,
            92,
            "roles",
            "/workspace/roles",
            N_("自定义角色"),
            "shield",
            Permission.MEMBER_READ,
            about=N_("系统角色不够用时，从权限里挑几项组成一个角色。"),
        ),
    ),
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
    never_open={NeverOpen.ARRANGEMENT: ("member_client", "team_client")},
)
