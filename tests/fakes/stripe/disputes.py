"""Disputes: the payer's bank takes the money back at once, and returns it when the partner's evidence convinces it."""

from tests.fakes.stripe.balance import DAY, book
from tests.fakes.stripe.errors import Object, Refusal, malformed
from tests.fakes.stripe.records import Account, merged_metadata
from tests.fakes.stripe.routes import Request, speaks

FEE = 1500
OPEN = frozenset({"needs_response", "under_review", "warning_needs_response", "warning_under_review"})


def open_dispute(account: Account, charge: Object, amount: int, reason: str, *, inquiry: bool = False) -> Object:
    """The payer objects; an inquiry only asks and moves nothing."""
    if not 1 <= amount <= charge["amount"] - charge["amount_refunded"]:
        raise malformed("A dispute is of no more than was paid.", "amount")
    dispute = account.add(
        "dispute",
        amount=amount,
        balance_transactions=[],
        charge=charge["id"],
        currency=charge["currency"],
        enhanced_eligibility_types=[],
        evidence=dict.fromkeys(account.platform.document.schemas["dispute_evidence"]["properties"])
        | {"enhanced_evidence": {}},
        evidence_details={
            "due_by": account.platform.now() + 7 * DAY,
            "enhanced_eligibility": {},
            "has_evidence": False,
            "past_due": False,
            "submission_count": 0,
        },
        is_charge_refundable=inquiry,
        payment_intent=charge["payment_intent"],
        reason=reason,
        status="warning_needs_response" if inquiry else "needs_response",
    )
    charge["disputed"] = True
    account.emit("charge.dispute.created", dispute)
    if not inquiry:
        _move(account, dispute, -amount, (("stripe_fee", FEE),), "dispute")
        account.emit("charge.dispute.funds_withdrawn", dispute)
    return dispute


def _move(account: Account, dispute: Object, amount: int, fees: tuple[tuple[str, int], ...], category: str) -> None:
    movement = book(account, "adjustment", amount, dispute["currency"], dispute["id"], fees, category, at_once=True)
    dispute["balance_transactions"].append(movement)


@speaks("post", "/v1/disputes/{dispute}", "evidence", "metadata", "submit")
def update(request: Request) -> Object:
    """Evidence, sent at once unless it is only being gathered."""
    dispute, given = request.subject("dispute", "dispute"), request.given
    dispute["metadata"] = merged_metadata(dispute["metadata"], given.get("metadata"))
    if "evidence" not in given and "submit" not in given:
        return dispute
    if dispute["status"] not in {"needs_response", "warning_needs_response"}:
        raise Refusal("This dispute is already closed or under review.", code="dispute_evidence_not_updatable")
    dispute["evidence"].update(given.get("evidence") or {})
    details = dispute["evidence_details"]
    details["has_evidence"] = any(
        dispute["evidence"][name] for name in dispute["evidence"] if name != "enhanced_evidence"
    )
    if given.get("submit", True):
        details["submission_count"] += 1
        dispute["status"] = dispute["status"].replace("needs_response", "under_review")
    request.account.emit("charge.dispute.updated", dispute)
    return dispute


@speaks("post", "/v1/disputes/{dispute}/close")
def close(request: Request) -> Object:
    """The partner gives in."""
    dispute = request.subject("dispute", "dispute")
    if dispute["status"] not in OPEN:
        raise Refusal("This dispute is already closed.")
    decide(request.account, dispute, won=False)
    return dispute


def decide(account: Account, dispute: Object, *, won: bool) -> Object:
    """The bank has decided."""
    if dispute["status"] not in OPEN:
        raise malformed(f"This dispute is {dispute['status']}.", "dispute")
    if dispute["status"].startswith("warning"):
        dispute["status"] = "warning_closed"
        account.emit("charge.dispute.closed", dispute)
        return dispute
    dispute["status"] = "won" if won else "lost"
    if won:
        _move(account, dispute, dispute["amount"], (), "dispute_reversal")
        dispute["is_charge_refundable"] = True
        account.emit("charge.dispute.funds_reinstated", dispute)
    account.emit("charge.dispute.closed", dispute)
    return dispute
