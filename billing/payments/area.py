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
    StartingPoint,
    Waiting,
)
from app.platform.kernel.client_company import KeptOfClient, NeverOpen
from app.platform.kernel.texts import N_, NP_
from billing.payments.permissions import PaymentPermission, RefundPermission

AREA: Final = Area(
    package="billing.payments",
    features={"B8": ""},
    models=("models", "refund_models", "payouts.models", "checkouts.models", "reconciliation.models"),
    api=(
        "api:handlers",
        "checkout_api:handlers",
        "client_api:handlers",
        "refund_api:handlers",
        "comparison_pages:api_handlers",
        "payouts.api:handlers",
        "reconciliation.api:handlers",
    ),
    pages=(
        "pages:handlers",
        "refund_pages:handlers",
        "comparison_pages:handlers",
        "link_pages:handlers",
        "payouts.pages:handlers",
        "reconciliation.pages:handlers",
    ),
    consumers=("tasks:consumers",),
    daily_jobs=("tasks:daily_jobs",),
    commands=("import-bank-statements", "payments reconcile"),
    imports={"bank-statements": "bank_import:BANK_STATEMENTS"},
    approvals=("services.refunds:REFUND_APPROVAL",),
    gateway_objects={
        "checkout": "appliers:apply_checkout",
        "dispute": "appliers:apply_dispute",
        "payment": "appliers:apply_payment",
        "payout": "payouts.appliers:apply_payout",
        "refund": "appliers:apply_refund",
    },
    settlements=("services.settlements:SETTLEMENTS",),
    permissions=(
        DeclaredPermission(
            PaymentPermission.PAYMENT_IMPORT, N_("导入银行流水"), ("partner_finance",), company_wide=True
        ),
        DeclaredPermission(
            PaymentPermission.PAYMENT_READ,
            N_("查看收款"),
            ("partner_finance", "client_finance", "client_administrator"),
            company_wide=True,
        ),
        DeclaredPermission(PaymentPermission.CHECKOUT_WRITE, N_("在线支付账单"), ("client_finance", "client_approver")),
        DeclaredPermission(
            PaymentPermission.PAYMENT_WRITE, N_("认领和核销收款"), ("partner_finance",), company_wide=True
        ),
        DeclaredPermission(RefundPermission.REFUND_READ, N_("查看退款"), ("partner_finance",), company_wide=True),
        DeclaredPermission(
            RefundPermission.REFUND_WRITE, N_("申请和登记退款"), ("partner_finance",), company_wide=True
        ),
        DeclaredPermission(RefundPermission.REFUND_DECIDE, N_("审批退款"), ("partner_owner",), company_wide=True),
    ),
    navigation=(
        NavigationEntry(
            ActorKind.PROVIDER,
            NavigationGroup.BUSINESS,
            60,
            "payments",
            "/workspace/payments",
            NP_("list", "收款"),
            "building-bank",
            PaymentPermission.PAYMENT_READ,
            waiting=Waiting("counts:waiting_lines", N_("笔流水待认领"), "imports"),
        ),
    ),
    starting_points=(
        StartingPoint(
            ActorKind.PROVIDER,
            "/workspace/payments/matching",
            N_("认领银行流水"),
            "receipt",
            PaymentPermission.PAYMENT_WRITE,
        ),
    ),
    audit_groups=(
        AuditGroup("checkout.", N_("在线支付")),
        AuditGroup("payment.", N_("收款")),
        AuditGroup("payment_dispute.", N_("付款争议")),
        AuditGroup("payout.", N_("结算款")),
        AuditGroup("reconciliation_finding.", N_("对账差异")),
        AuditGroup("bank_line.", N_("银行流水")),
        AuditGroup("refund.", N_("退款")),
    ),
    audit_actions={
        "bank_line.dismissed": N_("搁置银行流水"),
        "bank_line.imported": N_("导入银行流水"),
        "bank_line.restored": N_("重新认领银行流水"),
        "bank_line.reversed": N_("冲正银行流水"),
        "command.payment_started": N_("发起在线支付"),
        "checkout.closed": N_("在线支付未完成"),
        "checkout.completed": N_("在线支付成功"),
        "checkout.started": N_("发起在线支付"),
        "payment.allocated": N_("核销账单"),
        "payment.deallocated": N_("撤销核销"),
        "payment.received": N_("收款入账"),
        "payment.receipt_downloaded": N_("下载收据"),
        "payment.reversed": N_("撤销收款"),
        "payment.statement_downloaded": N_("下载对账单"),
        "payment_dispute.decided": N_("付款争议有结果"),
        "payment_dispute.created": N_("付款人提出争议"),
        "payout.failed": N_("结算未到账"),
        "payout.matched": N_("结算和银行流水对上"),
        "payout.paid": N_("结算到账"),
        "payout.released": N_("取消结算和银行流水的核对"),
        "reconciliation_finding.settled": N_("处理完对账差异"),
        "refund.approved": N_("批准退款"),
        "refund.declined": N_("不批准退款"),
        "refund.failed": N_("退款未成"),
        "refund.recorded": N_("在支付平台上退款"),
        "refund.paid": N_("退款已付"),
        "refund.requested": N_("申请退款"),
        "refund.withdrawn": N_("撤回退款申请"),
    },
    audit_records={
        "checkout": N_("在线支付"),
        "bank_line": N_("银行流水"),
        "payment": N_("收款"),
        "payout": N_("结算款"),
        "reconciliation_finding": N_("对账差异"),
        "refund": N_("退款"),
    },
    record_numbers={"payment": "services.payments:numbers_of"},
    kept={
        Kept.EVIDENCE: (
            "bank_line",
            "checkout",
            "checkout_page",
            "online_receipt",
            "online_refund",
            "payer_account",
            "payment",
            "payment_allocation",
            "payment_dispute",
            "payout",
            "provider_line",
            "reconciliation_day",
            "reconciliation_finding",
            "refund",
        )
    },
    about_people={
        AboutPeople.COMPANIES: ("bank_line", "checkout", "payer_account", "payment", "payment_allocation"),
        AboutPeople.NOBODY: (
            "checkout_page",
            "online_refund",
            "payment_dispute",
            "payout",
            "provider_line",
            "reconciliation_day",
        ),
        AboutPeople.STAFF: ("reconciliation_finding", "refund"),
    },
    open_matters=(
        "open_matters:DEPOSITS",
        "open_matters:REFUNDS",
        "open_matters:CHECKOUTS",
        "open_matters:DISPUTES",
    ),
    never_open={NeverOpen.PART: ("payment_allocation",), NeverOpen.OWN: ("payer_account",)},
    forgotten_with_client={"payer_account": "client_erasure:payer_accounts", "checkout": "client_erasure:checkouts"},
    kept_of_client={
        "payment": KeptOfClient.BOOKS,
        "payment_allocation": KeptOfClient.BOOKS,
        "refund": KeptOfClient.BOOKS,
        "payment_dispute": KeptOfClient.BOOKS,
    },
)
