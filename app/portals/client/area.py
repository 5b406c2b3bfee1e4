"""What this area declares about itself."""

from typing import Final

from app.platform.kernel.actor import ActorKind
from app.platform.kernel.areas import Area, NavigationEntry, NavigationGroup
from app.platform.kernel.texts import N_
from rbac import Permission

AREA: Final = Area(
    package="app.portals.client",
    features={"C3": ""},
    pages=("pages:handlers",),
    navigation=(
        NavigationEntry(
            ActorKind.CLIENT,
            NavigationGroup.DAILY,
            10,
            "overview",
            "/portal",
            N_("概览"),
            "home",
            Permission.TICKET_READ,
            "h",
        ),
        NavigationEntry(
            ActorKind.CLIENT,
            NavigationGroup.DAILY,
            20,
            "tickets",
            "/portal/tickets",
            N_("服务单"),
            "ticket",
            Permission.TICKET_READ,
            "t",
        ),
        NavigationEntry(
            ActorKind.CLIENT,
            NavigationGroup.RECORDS,
            30,
            "devices",
            "/portal/devices",
            N_("设备"),
            "device-desktop",
            Permission.DEVICE_READ,
            "d",
        ),
        NavigationEntry(
            ActorKind.CLIENT,
            NavigationGroup.RECORDS,
            40,
            "people",
            "/portal/people",
            N_("员工"),
            "users",
            Permission.CLIENT_READ,
            "p",
        ),
        NavigationEntry(
            ActorKind.CLIENT,
            NavigationGroup.QUALITY,
            50,
            "confidentiality",
            "/portal/confidentiality",
            N_("保密"),
            "lock",
            Permission.CLIENT_READ,
        ),
    ),
)
