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
from app.platform.kernel.client_company import KeptOfClient, NeverOpen
from app.platform.kernel.texts import N_
from billing.quotes.permissions import OfferedQuotePermission, QuotePermission

_EVIDENCE: Final = "what was offered, and what the client said of it, is evidence between client and partner"

AREA: Final = Area(
    package="billing.quotes",
    features={"T11": ""},
    models=("models",),
    api=("api:handlers",),
    pages=("pages:handlers", "ticket_pages:handlers", "rule_pages:handlers"),
    consumers=("tasks:consumers",),
    approvals=("release:QUOTE_RELEASE", "decision:OFFER_DECISION"),
    billable_work=("approved_work:missing_approval",),
    record_numbers={"quote": "repository:quote_numbers"},
    permissions=(
        DeclaredPermission(QuotePermission.QUOTE_READ, N_("查看报价、成本和毛利"), ("dispatcher",)),
        DeclaredPermission(QuotePermission.QUOTE_WRITE, N_("编写报价、发给客户"), ("dispatcher",)),
        DeclaredPermission(QuotePermission.QUOTE_DECIDE, N_("审批超出限度的报价"), ("service_manager",)),
        DeclaredPermission(
            QuotePermission.QUOTE_RULE_WRITE, N_("设定报价的让利和毛利限度"), ("partner_owner",), company_wide=True
        ),
        DeclaredPermission(
            OfferedQuotePermission.OFFERED_QUOTE_READ, N_("查看收到的报价"), ("client_approver", "client_administrator")
        ),
        DeclaredPermission(
            OfferedQuotePermission.OFFERED_QUOTE_DECIDE,
            N_("同意或拒绝报价"),
            ("client_approver", "client_administrator"),
        ),
    ),
    record_tabs=(RecordTab("ticket", 40, "quotes", "{base}/quotes", N_("报价"), QuotePermission.QUOTE_READ),),
    navigation=(
        NavigationEntry(
            ActorKind.PROVIDER,
            NavigationGroup.BUSINESS,
            30,
            "quotes",
            "/workspace/quotes",
            N_("报价"),
            "file-dollar",
            QuotePermission.QUOTE_READ,
            waiting=Waiting("counts:quotes_in_review", N_("份待内部审批"), "notifications"),
        ),
        NavigationEntry(
            ActorKind.CLIENT,
            NavigationGroup.BUSINESS,
            20,
            "quotes",
            "/portal/quotes",
            N_("报价"),
            "file-dollar",
            OfferedQuotePermission.OFFERED_QUOTE_READ,
            waiting=Waiting("counts:quotes_to_decide", N_("份等您决定"), "notifications"),
        ),
        NavigationEntry(
            ActorKind.PROVIDER,
            NavigationGroup.SETTINGS,
            130,
            "quote-rule",
            "/workspace/quote-rule",
            N_("报价限度"),
            "settings",
            QuotePermission.QUOTE_RULE_WRITE,
            about=N_("最低毛利率、每个角色最多让利多少、报价默认有效几天。"),
        ),
    ),
    starting_points=(
        StartingPoint(
            ActorKind.PROVIDER, "/workspace/quotes/new", N_("写报价"), "receipt", QuotePermission.QUOTE_WRITE
        ),
    ),
    audit_groups=(
        AuditGroup("quote.", N_("报价"), ("quote", "offered_quote")),
        AuditGroup("quote_rule.", N_("报价限度")),
    ),
    audit_actions={
        "offered_quote.created": N_("生成报价单"),
        "offered_quote.downloaded": N_("下载报价单"),
        "quote.approved": N_("客户同意报价"),
        "quote.changed": N_("修改报价"),
        "quote.created": N_("新建报价"),
        "quote.declined": N_("客户拒绝报价"),
        "quote.downloaded": N_("下载报价单"),
        "quote.expired": N_("报价过期"),
        "quote.offered": N_("发出报价"),
        "quote.partly_approved": N_("客户同意一部分报价"),
        "quote.returned": N_("退回报价"),
        "quote.revised": N_("改出新版本"),
        "quote.submitted": N_("提交报价审批"),
        "quote.withdrawn": N_("撤回报价"),
        "quote_rule.changed": N_("设定报价限度"),
    },
    audit_records={
        "offered_quote": N_("报价单"),
        "quote": N_("报价"),
        "quote_rule": N_("报价限度"),
    },
    kept={
        Kept.WORK: ("quote", "quote_version", "quote_line"),
        Kept.EVIDENCE: ("offered_quote", "offered_quote_line"),
        Kept.ORGANISATION: ("quote_rule",),
    },
    personal_data=("personal_data",),
    about_people={
        AboutPeople.ERASED: ("quote", "quote_version", "quote_line"),
        AboutPeople.EVIDENCE: ("offered_quote", "offered_quote_line"),
    },
    kept_after_erasure={
        "offered_quote": _EVIDENCE,
        "offered_quote_line": _EVIDENCE,
    },
    open_matters=("open_matters:QUOTES",),
    never_open={NeverOpen.PART: ("quote_version", "quote_line", "offered_quote_line")},
    client_texts={"quote": ("title",), "quote_version": ("words",), "quote_line": ("name",)},
    kept_of_client={"offered_quote": KeptOfClient.EVIDENCE, "offered_quote_line": KeptOfClient.EVIDENCE},
)
