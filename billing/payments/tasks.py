"""What payments do by the day, and what follows from receipts and approved refunds."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import msgspec

from app.platform.background import Consumers, DailyJob, ReceivedEvent
from app.platform.kernel.outbox import DueKind
from app.platform.kernel.runtime import Runtime
from app.platform.kernel.unit_of_work import UnitOfWork
from billing.payments.checkouts.left_alone import end_left_alone
from billing.payments.comparison import compare_books
from billing.payments.events import (
    CheckoutsLeftAlone,
    PaymentReceived,
    ReconciliationRequested,
    RefundApproved,
    SureLinesLeft,
)
from billing.payments.notices import tell_of_payment
from billing.payments.reconciliation.fetching import reconcile
from billing.payments.services.refund_sending import CONSUMER, ask_again, send_refund
from billing.payments.services.sure_lines import accept_left

consumers = Consumers()


@consumers.on(RefundApproved.topic, name=CONSUMER)
async def refund_approved(runtime: Runtime, tenant_id: UUID, event_id: UUID, payload: dict[str, Any]) -> None:
    """Ask the payment provider."""
    await send_refund(runtime, tenant_id, event_id, UUID(payload["refund_id"]))


@consumers.on(SureLinesLeft.topic, name="payments.accept_sure_lines", lane=DueKind.OUTBOX_LONG)
async def accept_sure_lines(runtime: Runtime, tenant_id: UUID, _event_id: UUID, payload: dict[str, Any]) -> None:
    """Book the sure lines that did not go into the first transaction: the proof is each line's state."""
    await accept_left(runtime.units_of_work, tenant_id, msgspec.convert(payload, SureLinesLeft))


async def look_after_checkouts(work: UnitOfWork) -> None:
    """The daily job: a worker asks the payment provider."""
    work.publish(CheckoutsLeftAlone())


@consumers.on(CheckoutsLeftAlone.topic, name="payments.end_checkouts", lane=DueKind.OUTBOX_LONG)
async def end_checkouts(runtime: Runtime, tenant_id: UUID, _event_id: UUID, _payload: dict[str, Any]) -> None:
    """Whatever is asked twice ends once: the proof is each checkout's state."""
    await end_left_alone(runtime, tenant_id)


async def ask_for_refunds_again(work: UnitOfWork) -> None:
    """The daily job: a worker asks the payment provider, which knows by the refund's id whether it has done it."""
    await ask_again(work)


async def request_reconciliation(work: UnitOfWork) -> None:
    """The daily job: a worker fetches the payment provider's books."""
    work.publish(ReconciliationRequested())


@consumers.on(ReconciliationRequested.topic, name="payments.reconcile", lane=DueKind.OUTBOX_LONG)
async def compare_with_provider(runtime: Runtime, tenant_id: UUID, _event_id: UUID, _payload: dict[str, Any]) -> None:
    """Cut off, the next try goes on: the proof is each day's row."""
    await reconcile(runtime, tenant_id)


@consumers.on_batch(PaymentReceived.topic, name="payments.tell_client")
async def tell_client(work: UnitOfWork, runtime: Runtime, events: Sequence[ReceivedEvent]) -> None:
    """The client hears that its money is there, and what it is for."""
    for event in events:
        if event.is_recent(work.now):
            received = msgspec.convert(event.payload, PaymentReceived)
            await tell_of_payment(work, received.payment_id, public_url=runtime.settings.public_url)


def daily_jobs(runtime: Runtime) -> tuple[DailyJob, ...]:
    """The books are compared at night, after everything that is due has been charged."""

    async def compare(work: UnitOfWork) -> None:
        await compare_books(work, runtime.settings.public_url)

    return (
        DailyJob("payments.compare_books", 5, compare),
        DailyJob("payments.end_checkouts", 4, look_after_checkouts),
        DailyJob("payments.reconcile", 6, request_reconciliation),
        DailyJob("payments.ask_for_refunds_again", 4, ask_for_refunds_again),
    )
