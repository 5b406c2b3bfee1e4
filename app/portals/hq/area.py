"""What this area declares about itself."""

from typing import Final

from app.platform.kernel.actor import ActorKind
from app.platform.kernel.areas import Area, NavigationEntry, NavigationGroup, RecordTab, StartingPoint, Waiting
from app.platform.kernel.texts import N_
from rbac import Permission
from tenants.partner_finance import NetworkFinancePermission

AREA: Final = Area(
    package="app.portals.hq",
    features={"N2": "applications_pages.py", "N7": "quality_pages.py", "N8": "access_pages.py"},
    api=("access_api:handlers",),
    pages=(
        "access_pages:handlers",
        "applications_pages:handlers",
        "finance_pages:handlers",
        "partners_pages:handlers",
        "quality_pages:handlers",
        "today_page:handlers",
    ),
    record_tabs=(
        RecordTab("partner", 10, "grading", "{base}?tab=grading", N_("评定和名录"), Permission.PARTNER_GRADE),
    ),
    navigation=(
        NavigationEntry(
            ActorKind.HQ,
            NavigationGroup.DAILY,
            5,
            "today",
            "/hq",
            N_("今日"),
            "sun",
            Permission.NETWORK_QUALITY_READ,
            "h",
            bar=1,
        ),
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
            bar=2,
            waiting=Waiting("counts:waiting_applications", N_("份等待审核"), "notifications"),
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
            bar=3,
        ),
        NavigationEntry(
            ActorKind.HQ,
            NavigationGroup.QUALITY,
            30,
            "quality",
            "/hq/quality",
            N_("全网质量"),
            "rosette",
            Permission.NETWORK_QUALITY_READ,
            "q",
            bar=4,
        ),
        NavigationEntry(
            ActorKind.HQ,
            NavigationGroup.BUSINESS,
            40,
            "finance",
            "/hq/finance",
            N_("全网财务"),
            "coins",
            NetworkFinancePermission.NETWORK_FINANCE_READ,
            "f",
            bar=5,
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
            about=N_("经服务商同意，只读地看它的记录；每次都有期限，双方都有记录。"),
        ),
    ),
    starting_points=(
        StartingPoint(
            ActorKind.HQ,
            "/hq/quality-comparison",
            N_("比较两家服务商"),
            "arrows-exchange",
            Permission.NETWORK_QUALITY_READ,
        ),
    ),
)
