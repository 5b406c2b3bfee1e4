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
    Waiting,
)
from app.platform.kernel.texts import N_
from billing.royalties.permissions import RoyaltyPermission

AREA: Final = Area(
    package="billing.royalties",
    features={"B12": "reckoning.py"},
    commands=("royalties rebuild", "royalties verify"),
    models=("models",),
    api=("api:handlers", "rates_api:handlers"),
    pages=("pages:handlers", "hq_pages:handlers"),
    consumers=("tasks:consumers",),
    daily_jobs=("tasks:daily_jobs",),
    permissions=(
        DeclaredPermission(
            RoyaltyPermission.ROYALTY_ANSWER, N_("确认特许权使用费结算单"), ("partner_finance",), company_wide=True
        ),
        DeclaredPermission(
            RoyaltyPermission.ROYALTY_READ,
            N_("查看特许权使用费"),
            ("hq_finance", "partner_finance"),
            company_wide=True,
        ),
        DeclaredPermission(RoyaltyPermission.ROYALTY_WRITE, N_("结算特许权使用费"), ("hq_finance",)),
    ),
    navigation=(
        NavigationEntry(
            ActorKind.PROVIDER,
            NavigationGroup.BUSINESS,
            95,
            "royalties",
            "/workspace/royalties",
            N_("特许权使用费"),
            "coins",
            RoyaltyPermission.ROYALTY_READ,
            waiting=Waiting("counts:waiting_for_partner", N_("份等我方确认"), "notifications"),
        ),
        NavigationEntry(
            ActorKind.HQ,
            NavigationGroup.BUSINESS,
            50,
            "royalties",
            "/hq/royalties",
            N_("特许权使用费"),
            "receipt",
            RoyaltyPermission.ROYALTY_READ,
            "r",
            waiting=Waiting("counts:waiting_for_headquarters", N_("份等总部处理"), "notifications"),
        ),
        NavigationEntry(
            ActorKind.HQ,
            NavigationGroup.SETTINGS,
            66,
            "royalty-rates",
            "/hq/royalties/rates",
            N_("特许权费率"),
            "tags",
            RoyaltyPermission.ROYALTY_WRITE,
            about=N_("按收费类别和星级收多少，从哪一天起；最低费、按什么收入算、多久付款。"),
        ),
    ),
    audit_groups=(
        AuditGroup("royalty_statement.", N_("特许权使用费结算单"), ("royalty_statement", "royalty_run")),
        AuditGroup("royalty_invoice.", N_("特许权使用费账单"), ("royalty_invoice",)),
        AuditGroup("royalty_payment.", N_("服务商付款"), ("royalty_payment",)),
        AuditGroup("royalty_rate.", N_("特许权费率"), ("royalty_rate", "royalty_rule")),
    ),
    audit_actions={
        "royalty_invoice.downloaded": N_("下载特许权使用费账单"),
        "royalty_invoice.issued": N_("开出特许权使用费账单"),
        "royalty_payment.recorded": N_("登记服务商的付款"),
        "royalty_payment.reversed": N_("撤回服务商的付款"),
        "royalty_rate.created": N_("设置特许权费率"),
        "royalty_rate.withdrawn": N_("撤回特许权费率"),
        "royalty_rule.created": N_("设置结算规则"),
        "royalty_run.finished": N_("结算完成"),
        "royalty_run.started": N_("开始结算"),
        "royalty_statement.agreed": N_("确认结算单"),
        "royalty_statement.closed": N_("结算单无需付款"),
        "royalty_statement.corrected": N_("更正结算单"),
        "royalty_statement.disputed": N_("对结算单提出异议"),
        "royalty_statement.invoiced": N_("为结算单开账单"),
        "royalty_statement.lapsed": N_("结算单逾期视为确认"),
        "royalty_statement.created": N_("生成结算单"),
        "royalty_statement.confirmed": N_("维持结算单"),
    },
    audit_records={
        "royalty_invoice": N_("特许权使用费账单"),
        "royalty_payment": N_("服务商付款"),
        "royalty_rate": N_("特许权费率"),
        "royalty_rule": N_("结算规则"),
        "royalty_run": N_("月度结算"),
        "royalty_statement": N_("特许权使用费结算单"),
    },
    kept={
        Kept.EVIDENCE: (
            "royalty_charge",
            "royalty_invoice",
            "royalty_payment",
            "royalty_statement",
            "royalty_statement_step",
        ),
        Kept.ORGANISATION: ("royalty_rate", "royalty_rule"),
        Kept.SUMS: ("royalty_fact", "royalty_month", "royalty_run"),
    },
    names_at_headquarters={
        "royalty_statement": (
            "UPDATE royalty_statement SET dispute_reason = '' WHERE tenant_id = $1 AND partner_id = $2"
        ),
        "royalty_statement_step": (
            "UPDATE royalty_statement_step SET actor_name = '', text = '' WHERE tenant_id = $1 AND side = 'partner' "
            "AND statement_id IN (SELECT id FROM royalty_statement WHERE tenant_id = $1 AND partner_id = $2)"
        ),
    },
    about_people={
        AboutPeople.COMPANIES: ("royalty_invoice",),
        AboutPeople.STAFF: (
            "royalty_payment",
            "royalty_rate",
            "royalty_rule",
            "royalty_run",
            "royalty_statement",
            "royalty_statement_step",
        ),
        AboutPeople.NOBODY: ("royalty_charge", "royalty_fact"),
    },
)
