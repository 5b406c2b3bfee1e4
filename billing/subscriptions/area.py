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
)
from app.platform.kernel.texts import N_
from billing.subscriptions.permissions import PlanPermission

AREA: Final = Area(
    package="billing.subscriptions",
    features={"B11": "standing.py"},
    commands=("plans verify",),
    models=("models",),
    api=("api:handlers",),
    pages=("pages:handlers", "hq_pages:handlers"),
    consumers=("tasks:consumers",),
    daily_jobs=("tasks:daily_jobs",),
    permissions=(
        DeclaredPermission(PlanPermission.PLAN_ORDER, N_("选择和更换平台套餐"), ("partner_owner",), company_wide=True),
        DeclaredPermission(
            PlanPermission.PLAN_READ, N_("查看平台套餐"), ("hq_finance", "partner_finance"), company_wide=True
        ),
        DeclaredPermission(PlanPermission.PLAN_WRITE, N_("设定平台套餐的价格"), ("hq_finance",)),
    ),
    navigation=(
        NavigationEntry(
            ActorKind.PROVIDER,
            NavigationGroup.SETTINGS,
            163,
            "plan",
            "/workspace/plan",
            N_("平台套餐"),
            "receipt",
            PlanPermission.PLAN_READ,
            about=N_("用的是哪个套餐，用了多少，账单和付款。"),
        ),
        NavigationEntry(
            ActorKind.HQ,
            NavigationGroup.BUSINESS,
            60,
            "plans",
            "/hq/plans",
            N_("服务商套餐"),
            "coins",
            PlanPermission.PLAN_WRITE,
        ),
        NavigationEntry(
            ActorKind.HQ,
            NavigationGroup.SETTINGS,
            67,
            "plan-prices",
            "/hq/plans/prices",
            N_("套餐价格"),
            "tags",
            PlanPermission.PLAN_WRITE,
            about=N_("每个套餐的价格、包含的工程师和设备、超出部分怎么收，从哪一天起。"),
        ),
    ),
    audit_groups=(AuditGroup("plan_", N_("平台套餐"), ("plan_version", "plan_subscription")),),
    audit_actions={
        "plan_subscription.changed": N_("平台套餐的变化"),
        "plan_version.created": N_("设定套餐价格"),
    },
    audit_records={
        "plan_subscription": N_("平台套餐"),
        "plan_version": N_("套餐价格"),
    },
    kept={
        Kept.EVIDENCE: ("plan_bill", "plan_subscription_step"),
        Kept.ORGANISATION: ("plan_subscription", "plan_version"),
        Kept.SUMS: ("plan_usage",),
    },
    about_people={
        AboutPeople.STAFF: ("plan_subscription_step", "plan_version"),
        AboutPeople.NOBODY: ("plan_bill", "plan_subscription"),
    },
)
