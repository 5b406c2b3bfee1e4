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
)
from app.platform.kernel.texts import N_
from billing.invoicing.permissions import InvoicePermission

AREA: Final = Area(
    package="billing.invoicing",
    features={"B7": ""},
    models=("models", "credit_models", "reminder_models"),
    api=("api:handlers", "credit_api:handlers"),
    pages=("pages:handlers", "profile_pages:handlers", "credit_pages:handlers", "link_pages:handlers"),
    consumers=("tasks:consumers",),
    retention=("tasks:retention",),
    daily_jobs=("tasks:daily_jobs",),
    approvals=("services.drafts:DRAFT_APPROVAL", "services.credit_notes:CREDIT_NOTE_APPROVAL"),
    charge_claims=("claims:CHARGE_CLAIMS",),
    permissions=(
        DeclaredPermission(
            InvoicePermission.INVOICE_READ, N_("查看账单"), ("partner_finance", "client_finance"), company_wide=True
        ),
        DeclaredPermission(
            InvoicePermission.INVOICE_WRITE,
            N_("编写账单草稿和开票资料"),
            ("partner_finance",),
            company_wide=True,
            covers_company=True,
        ),
        DeclaredPermission(InvoicePermission.INVOICE_ISSUE, N_("开出账单"), ("partner_finance",), company_wide=True),
        DeclaredPermission(InvoicePermission.INVOICE_DECIDE, N_("审批账单"), ("partner_owner",), company_wide=True),
    ),
    navigation=(
        NavigationEntry(
            ActorKind.PROVIDER,
            NavigationGroup.BUSINESS,
            60,
            "invoices",
            "/workspace/invoices",
            N_("账单"),
            "receipt",
            InvoicePermission.INVOICE_READ,
        ),
        NavigationEntry(
            ActorKind.PROVIDER,
            NavigationGroup.SETTINGS,
            165,
            "seller-profile",
            "/workspace/seller-profile",
            N_("开票资料"),
            "receipt",
            InvoicePermission.INVOICE_WRITE,
            about=N_("本公司在账单上的名称、税号和账户，审批限额，催款的日子。"),
        ),
    ),
    record_tabs=(
        RecordTab("client", 70, "billing", "{base}/billing", N_("账单"), InvoicePermission.INVOICE_READ),
        RecordTab("client", 71, "statement", "{base}/statement", N_("对账单"), InvoicePermission.INVOICE_WRITE),
    ),
    audit_groups=(
        AuditGroup(
            "invoice.",
            N_("账单"),
            (
                *("invoice", "invoice_document", "invoice_draft", "invoice_run", "billing_profile", "seller_profile"),
                *("credit_note", "credit_note_document", "credit_note_request"),
            ),
        ),
    ),
    audit_actions={
        "billing_profile.changed": N_("修改客户的开票资料"),
        "credit_note.approved": N_("批准红字单"),
        "credit_note.declined": N_("不批准红字单"),
        "credit_note.downloaded": N_("下载红字单"),
        "credit_note.issued": N_("开出红字单"),
        "credit_note.requested": N_("申请红字单"),
        "credit_note.withdrawn": N_("撤回红字申请"),
        "credit_note_document.created": N_("生成红字单文件"),
        "invoice.downloaded": N_("下载账单"),
        "invoice.issued": N_("开出账单"),
        "invoice.reminded": N_("提醒付款"),
        "invoice_document.created": N_("生成账单文件"),
        "invoice_draft.approved": N_("批准账单草稿"),
        "invoice_draft.changed": N_("修改账单草稿"),
        "invoice_draft.discarded": N_("作废账单草稿"),
        "invoice_draft.reopened": N_("退回账单草稿"),
        "invoice_draft.submitted": N_("提交账单草稿审批"),
        "invoice_run.finished": N_("生成账单草稿完成"),
        "invoice_run.started": N_("生成账单草稿"),
        "seller_profile.changed": N_("修改本公司的开票资料"),
    },
    audit_records={
        "billing_profile": N_("客户的开票资料"),
        "credit_note": N_("红字单"),
        "credit_note_document": N_("红字单文件"),
        "credit_note_request": N_("红字申请"),
        "invoice": N_("账单"),
        "invoice_document": N_("账单文件"),
        "invoice_draft": N_("账单草稿"),
        "invoice_run": N_("账单批次"),
        "seller_profile": N_("本公司的开票资料"),
    },
    kept={
        Kept.EVIDENCE: (
            "charge_claim",
            "charge_deferral",
            "credit_note",
            "credit_note_document",
            "credit_note_line",
            "credit_note_request",
            "invoice",
            "invoice_department_share",
            "invoice_document",
            "invoice_draft",
            "invoice_draft_line",
            "invoice_line",
            "invoice_reminder",
            "invoice_run",
            "open_item",
        ),
        Kept.ORGANISATION: ("billing_profile", "seller_profile"),
    },
    about_people={
        AboutPeople.COMPANIES: ("billing_profile", "credit_note_document", "invoice_document", "seller_profile"),
        AboutPeople.NOBODY: ("credit_note_line", "invoice_draft_line", "invoice_line"),
        AboutPeople.PASSING: ("invoice_link",),
        AboutPeople.STAFF: (
            "charge_deferral",
            "credit_note",
            "credit_note_request",
            "invoice",
            "invoice_draft",
            "invoice_run",
        ),
    },
)
