"""What this area declares about itself."""

from typing import Final

from app.platform.kernel.actor import ActorKind
from app.platform.kernel.areas import Area, NavigationEntry, NavigationGroup, RecordTab, StartingPoint, Waiting
from app.platform.kernel.texts import N_
from rbac import Permission

AREA: Final = Area(
    package="app.portals.desk",
    features={"T6": "pages", "T1": "pages"},
    pages=("pages:handlers",),
    record_tabs=(
        RecordTab("client", 10, "tickets", "/workspace/tickets?client={id}", N_("服务单"), Permission.TICKET_READ),
    ),
    navigation=(
        NavigationEntry(
            ActorKind.PROVIDER,
            NavigationGroup.DAILY,
            10,
            "today",
            "/workspace",
            N_("今日"),
            "sun",
            Permission.TICKET_READ,
            "h",
            bar=1,
        ),
        NavigationEntry(
            ActorKind.PROVIDER,
            NavigationGroup.DAILY,
            20,
            "tickets",
            "/workspace/tickets",
            N_("服务单"),
            "ticket",
            Permission.TICKET_READ,
            "t",
            bar=2,
            waiting=Waiting("counts:unassigned_tickets", N_("张待派单"), "tickets"),
        ),
        NavigationEntry(
            ActorKind.PROVIDER,
            NavigationGroup.DAILY,
            30,
            "hot-line",
            "/workspace/hot-line",
            N_("报修登记"),
            "headset",
            Permission.TICKET_TRIAGE,
            "r",
            bar=3,
        ),
        NavigationEntry(
            ActorKind.PROVIDER,
            NavigationGroup.SETTINGS,
            110,
            "access",
            "/workspace/access",
            N_("访问授权"),
            "eye",
            Permission.ACCESS_GRANT_READ,
            about=N_("总部想看本公司记录时的申请：同意、拒绝，或随时收回。"),
        ),
        NavigationEntry(
            ActorKind.PROVIDER,
            NavigationGroup.SETTINGS,
            160,
            "company",
            "/workspace/company",
            N_("公司资料"),
            "building",
            Permission.TENANT_WRITE,
            about=N_("服务热线、介绍：客户和总部看到的公司。"),
        ),
    ),
    starting_points=(
        StartingPoint(
            ActorKind.PROVIDER, "/workspace/hot-line", N_("记录来电"), "phone-call", Permission.TICKET_TRIAGE
        ),
    ),
)
