"""What this area declares about itself."""

from typing import Final

from app.platform.kernel.actor import ActorKind
from app.platform.kernel.areas import Area, NavigationEntry, NavigationGroup
from app.platform.kernel.texts import N_
from rbac import Permission

AREA: Final = Area(
    package="app.portals.hq",
    features={"N2": "partners_pages.py", "N7": "quality_pages.py", "N8": "access_pages.py"},
    api=("access_api:handlers",),
    pages=("access_pages:handlers", "partners_pages:handlers", "quality_pages:handlers"),
    navigation=(
        NavigationEntry(
            ActorKind.HQ,
            NavigationGroup.DAILY,
            10,
            "applications",
            "/hq/applications",
            N_("申请"),
            "inbox",
            Permission.APPLICATION_READ,
            "a",
        ),
        NavigationEntry(
            ActorKind.HQ,
            NavigationGroup.RECORDS,
            20,
            "partners",
            "/hq/partners",
            N_("服务商"),
            "building-community",
            Permission.PARTNER_READ,
            "p",
        ),
        NavigationEntry(
            ActorKind.HQ,
            NavigationGroup.QUALITY,
            30,
            "quality",
            "/hq",
            N_("全网质量"),
            "rosette",
            Permission.NETWORK_QUALITY_READ,
            "q",
        ),
        NavigationEntry(
            ActorKind.HQ,
            NavigationGroup.SETTINGS,
            70,
            "access",
            "/hq/access",
            N_("访问授权"),
            "eye",
            Permission.ACCESS_GRANT_READ,
        ),
    ),
)
