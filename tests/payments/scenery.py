"""What nobody else may see of payments: not even the company's own people who have nothing to do with money."""

from typing import Any

import httpx
from sqlalchemy import select

from billing.gateway import GatewayRefund, RefundState
from billing.invoicing import open_items
from billing.money import Money
from billing.payments.models import PaymentAllocation
from billing.payments.refund_schemas import RefundRequest
from billing.payments.schemas import AllocationPart, CapturedPayment, LineBooking, OpenedDispute
from billing.payments.services import BankLines, Disputes, OnlinePayments, OnlineRefunds, Refunds
from tests.isolation.scenery import HELD, INSIDE, OUTSIDE, SECRET, STAFF, SceneryMaker

_HIDDEN = (*OUTSIDE, *INSIDE, *STAFF, *HELD)
HIDDEN_FROM = {
    "bank_line_id": _HIDDEN,
    "payment_id": _HIDDEN,
    "allocation_id": _HIDDEN,
    "refund_id": _HIDDEN,
    "checkout_id": _HIDDEN,
    "payout_id": _HIDDEN,
    "reconciliation_finding_id": _HIDDEN,
}


async def make(scenery: SceneryMaker, _: httpx.AsyncClient) -> None:
    """A payment that settled a part of the client's invoice, and whose account is remembered."""
    told: dict[str, Any] = {
        "amount": 10_00,
        "currency": "CNY",
        "payer_account": "622200",
        "state": "open",
        "occurrence": 1,
    }
    ids = scenery.ids
    ids["bank_line_id"] = await scenery.row("bank_line", payer_name=SECRET, fingerprint=SECRET, **told)
    async with scenery.units_of_work.begin(scenery.owner.owner) as work:
        (owed, *_others) = await open_items(work, ids["client_id"])
        wanted = LineBooking(1, ids["client_id"], (AllocationPart(owed.id, 5_00),))
        payment = await BankLines(work).book(ids["bank_line_id"], wanted)
        ids["payment_id"] = payment.id
        refund = await Refunds(work).request(payment.id, RefundRequest(payment.version, 1_00, SECRET))
        ids["refund_id"] = refund.id
        found = await work.session.scalar(select(PaymentAllocation.id))
        assert found is not None
        ids["allocation_id"] = found
        captured = CapturedPayment(
            gateway_payment_id=SECRET,
            client_id=ids["client_id"],
            amount=Money(10_00, "CNY"),
            fee=Money(30, "CNY"),
            application_fee=Money(10, "CNY"),
            captured_at=work.now,
        )
        await OnlinePayments(work).record(captured)
        await Disputes(work).open(
            OpenedDispute(
                gateway_dispute_id=SECRET,
                gateway_payment_id=SECRET,
                amount=Money(6_00, "CNY"),
                fee=captured.fee,
            )
        )
        await OnlineRefunds(work).told(
            GatewayRefund(
                id=SECRET,
                payment_id=SECRET,
                amount=Money(1_00, "CNY"),
                state=RefundState.SUCCEEDED,
                application_fee=Money(1, "CNY"),
                failure_reason="",
                reference="",
                payment_reference="",
            )
        )
    ids["checkout_id"] = await scenery.row(
        "checkout",
        documents=[],
        amount=10_00,
        currency="CNY",
        state="opening",
        started_by_name=SECRET,
    )
    ids["payout_id"] = await scenery.row(
        "payout", gateway_payout_id=SECRET, amount=9_60, currency="CNY", state="paid", failure_reason=SECRET
    )
    await scenery.row("checkout_page", id=ids["checkout_id"], account_id=SECRET, return_address=SECRET)
    await scenery.row("reconciliation_day", account_id=SECRET)
    await scenery.row("provider_line", gateway_line_id=SECRET, subject="payment", subject_id=SECRET)
    ids["reconciliation_finding_id"] = await scenery.row(
        "reconciliation_finding",
        kind="missing_here",
        subject="payment",
        subject_id=SECRET,
        currency="CNY",
        theirs=9_60,
        state="open",
    )
    await scenery.row("books_check", id=scenery.owner.id)
