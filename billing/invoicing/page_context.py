"""What the pages of invoices share: amounts in words, and who may do what."""

from typing import Any, Final

from app.platform.http.authentication import actor_of
from app.platform.http.web_request import WebRequest
from billing.invoicing.findings import FINDING_NAMES, Finding
from billing.invoicing.permissions import InvoicePermission
from billing.invoicing.states import (
    CREDIT_NOTE_REQUEST_STATE_NAMES,
    DRAFT_STATE_NAMES,
    RUN_STATE_NAMES,
    DraftState,
)
from billing.money import Money, money_text, price_text

DRAFT_TONES: Final = {
    DraftState.DRAFT: "active",
    DraftState.SUBMITTED: "waiting",
    DraftState.APPROVED: "info",
    DraftState.ISSUED: "good",
    DraftState.DISCARDED: "neutral",
}
FINDING_TONES: Final = {
    Finding.NEGATIVE: "bad",
    Finding.TAX_RATE_UNKNOWN: "bad",
    Finding.TAX_NUMBER_MISSING: "waiting",
    Finding.MUCH_MORE: "waiting",
    Finding.RECIPIENT_MISSING: "waiting",
    Finding.FIRST_INVOICE: "info",
    Finding.NOTHING_DUE: "neutral",
}


def amount(minor: int, currency: str) -> str:
    """As people read it."""
    return money_text(Money(minor, currency))


def shared(request: WebRequest) -> dict[str, Any]:
    """For every page of invoices."""
    actor = actor_of(request)

    def may(permission: InvoicePermission) -> bool:
        return actor.may(permission) and not actor.read_only

    return {
        "amount": amount,
        "price": price_text,
        "finding_names": FINDING_NAMES,
        "finding_tones": FINDING_TONES,
        "draft_state_names": DRAFT_STATE_NAMES,
        "draft_tones": DRAFT_TONES,
        "run_state_names": RUN_STATE_NAMES,
        "credit_state_names": CREDIT_NOTE_REQUEST_STATE_NAMES,
        "may_write": may(InvoicePermission.INVOICE_WRITE),
        "may_issue": may(InvoicePermission.INVOICE_ISSUE),
        "may_decide": may(InvoicePermission.INVOICE_DECIDE),
    }
