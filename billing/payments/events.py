"""What payments tell, after the commit."""

from datetime import date
from typing import ClassVar
from uuid import UUID

from app.platform.kernel.outbox import DueKind, Event
from billing.payments.schemas import LinePosition


class PaymentReceived(Event, frozen=True, kw_only=True):
    """Money of a client came in."""

    topic: ClassVar[str] = "payment.received"
    payment_id: UUID
    client_id: UUID


class PaymentAllocated(Event, frozen=True, kw_only=True):
    """What it settles is another than before."""

    topic: ClassVar[str] = "payment.allocated"
    lane: ClassVar[DueKind] = DueKind.OUTBOX_FIGURES
    payment_id: UUID
    client_id: UUID


class PaymentReversed(Event, frozen=True, kw_only=True):
    """It was booked by mistake, or the bank took it back."""

    topic: ClassVar[str] = "payment.reversed"
    lane: ClassVar[DueKind] = DueKind.OUTBOX_FIGURES
    payment_id: UUID
    client_id: UUID


class RefundApproved(Event, frozen=True, kw_only=True):
    """Money of an online payment is to go back: the payment provider is asked."""

    topic: ClassVar[str] = "refund.approved"
    lane: ClassVar[DueKind] = DueKind.OUTBOX_FOLLOW_UP
    refund_id: UUID


class PaymentDisputed(Event, frozen=True, kw_only=True):
    """The payer objects to an online payment; what it paid is open again."""

    topic: ClassVar[str] = "payment.disputed"
    lane: ClassVar[DueKind] = DueKind.OUTBOX_FIGURES
    payment_id: UUID
    client_id: UUID


class CheckoutsLeftAlone(Event, frozen=True, kw_only=True):
    """It is time to ask what became of checkouts to which nobody came back."""

    topic: ClassVar[str] = "checkout.abandoned"
    lane: ClassVar[DueKind] = DueKind.OUTBOX_LONG


class ReconciliationRequested(Event, frozen=True, kw_only=True):
    """It is time to compare the payment provider's books with ours."""

    topic: ClassVar[str] = "reconciliation_finding.requested"
    lane: ClassVar[DueKind] = DueKind.OUTBOX_LONG


class SureLinesLeft(Event, frozen=True, kw_only=True):
    """Whoever asked to have all sure lines booked had the first ones; those behind this line are to be looked at."""

    topic: ClassVar[str] = "bank_line.acceptance_requested"
    lane: ClassVar[DueKind] = DueKind.OUTBOX_LONG
    day: str
    line_id: UUID
    asked_by: str

    @property
    def position(self) -> LinePosition:
        """Where to go on."""
        return LinePosition(date.fromisoformat(self.day), self.line_id)
