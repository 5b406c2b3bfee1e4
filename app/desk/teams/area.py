"""What this area declares about itself."""

from typing import Final

from app.platform.kernel.actor import ActorKind
from app.platform.kernel.areas import Area, AuditGroup, NavigationEntry, NavigationGroup
from app.platform.kernel.texts import N_
from rbac import Permission

AREA: Final = Area(
    package="app.desk.teams",
    features={"I2": ""},
    api=("api:handlers",),
    pages=("pages:handlers",),
    navigation=(
        NavigationEntry(
            ActorKind.PROVIDER,
            NavigationGroup.SETTINGS,
            94,
            "teams",
            "/workspace/teams",
            N_("服务小组"),
            "affiliate",
            Permission.MEMBER_READ,
            about=N_("小组一起负责一些客户；谁看得到哪些客户。"),
        ),
    ),
    audit_groups=(AuditGroup("team.", N_("服务小组")),),
    audit_actions={
        "member.access_scope_changed": N_("改变负责范围"),
        "team.changed": N_("修改小组"),
        "team.created": N_("新建小组"),
        "team.deleted": N_("解散小组"),
    },
    audit_records={
        "team": N_("服务小组"),
    },
)
