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
from app.platform.kernel.client_company import KeptOfClient, NeverOpen
from app.platform.kernel.texts import N_
from billing.ledger.permissions import LedgerPermission

AREA: Final = Area(
    package="billing.ledger",
    features={"B9": ""},
    commands=("ledger verify",),
    models=("models",),
    api=("api:handlers",),
    pages=("pages:handlers",),
    permissions=(
        DeclaredPermission(LedgerPermission.LEDGER_READ, N_("查看账目"), ("partner_finance",), company_wide=True),
        DeclaredPermission(LedgerPermission.LEDGER_WRITE, N_("结账"), ("partner_finance",), company_wide=True),
    ),
    navigation=(
        NavigationEntry(
            ActorKind.PROVIDER,
            NavigationGroup.BUSINESS,
            90,
            "ledger",
            "/workspace/ledger",
            N_("账目"),
            "book",
            LedgerPermission.LEDGER_READ,
        ),
    ),
    audit_groups=(AuditGroup("ledger_month.", N_("结账")),),
    audit_actions={"ledger_month.closed": N_("结账")},
    audit_records={"ledger_entry": N_("分录"), "ledger_month": N_("账目月份")},
    kept={
        Kept.EVIDENCE: ("ledger_entry", "ledger_month_closing", "ledger_posting"),
        Kept.ORGANISATION: ("ledger_account", "ledger_book"),
    },
    about_people={
        AboutPeople.NOBODY: ("ledger_account", "ledger_entry"),
        AboutPeople.STAFF: ("ledger_month_closing",),
    },
    never_open={NeverOpen.PAST: ("ledger_account",)},
    kept_of_client={"ledger_account": KeptOfClient.BOOKS},
)
