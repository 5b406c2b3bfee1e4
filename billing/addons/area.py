"""What this area declares about itself."""

from typing import Final

from app.platform.kernel.actor import ActorKind
from app.platform.kernel.areas import (
    AboutPeople,
    Area,
    AuditGroup,
    DeclaredPermission,
    Kept,
    NavigationEntry,
    NavigationGroup,
    RecordTab,
    StartingPoint,
    Waiting,
)
from app.platform.kernel.texts import N_
from billing.addons.permissions import AddonPermission

AREA: Final = Area(
    package="billing.addons",
    features={"B3": ""},
    models=("models",),
    api=("api:handlers",),
    pages=("pages:handlers",),
    consumers=("tasks:consumers",),
    daily_jobs=("tasks:daily_jobs",),
    permissions=(
        DeclaredPermission(
            AddonPermission.ADDON_ORDER,
            N_("订购、答复和交付增值服务"),
            ("dispatcher", "client_approver", "client_administrator"),
        ),
        DeclaredPermission(
            AddonPermission.ADDON_READ, N_("查看增值服务"), ("dispatcher", "client_approver", "client_administrator")
        ),
        DeclaredPermission(AddonPermission.ADDON_WRITE, N_("编写增值服务目录"), ("service_manager",)),
    ),
    navigation=(
        NavigationEntry(
            ActorKind.PROVIDER,
            NavigationGroup.BUSINESS,
            30,
            "addons",
            "/workspace/addons",
            N_("增值服务"),
            "package",
            AddonPermission.ADDON_READ,
            waiting=Waiting("counts:waiting_orders", N_("张订单等确认"), "notifications"),
        ),
        NavigationEntry(
            ActorKind.CLIENT,
            NavigationGroup.BUSINESS,
            30,
            "addons",
            "/portal/addons",
            N_("增值服务"),
            "package",
            AddonPermission.ADDON_READ,
        ),
    ),
    record_tabs=(RecordTab("client", 50, "addons", "{base}/addons", N_("增值服务"), AddonPermission.ADDON_READ),),
    starting_points=(
        StartingPoint(
            ActorKind.PROVIDER,
            "/workspace/addons/new",
            N_("替客户订购增值服务"),
            "package",
            AddonPermission.ADDON_ORDER,
        ),
    ),
    audit_groups=(AuditGroup("addon.", N_("增值服务"), ("addon", "addon_order")),),
    audit_actions={
        "addon.cancelled": N_("取消增值服务订单"),
        "addon.changed": N_("更改增值服务"),
        "addon.confirmed": N_("确认增值服务订单"),
        "addon.continued": N_("继续使用增值服务"),
        "addon.created": N_("添加增值服务"),
        "addon.declined": N_("不接受增值服务订单"),
        "addon.delivered": N_("交付增值服务"),
        "addon.end_planned": N_("定下增值服务的最后一天"),
        "addon.ended": N_("增值服务到期"),
        "addon.offered": N_("增值服务重新上架"),
        "addon.order_withdrawn": N_("撤回增值服务订单"),
        "addon.ordered": N_("订购增值服务"),
        "addon.started": N_("增值服务开始"),
        "addon.withdrawn": N_("增值服务停售"),
        "command.addon_order_changed": N_("改变增值服务订单"),
        "command.addon_ordered": N_("订购增值服务"),
    },
    audit_records={"addon": N_("增值服务"), "addon_order": N_("增值服务订单")},
    record_numbers={"addon_order": "services.reading:numbers_of"},
    kept={Kept.ORGANISATION: ("addon",), Kept.WORK: ("addon_due", "addon_order")},
    personal_data=("personal_data",),
    about_people={AboutPeople.ERASED: ("addon_order",), AboutPeople.NOBODY: ("addon", "addon_due")},
    open_matters=("open_matters:ORDERS",),
    client_texts={"addon_order": ("remark", "reason")},
)
