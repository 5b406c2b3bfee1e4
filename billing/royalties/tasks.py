"""Background tasks: revenue follows documents and payments, runs are carried out, both sides follow each other."""

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from sqlalchemy import select

from app.platform.background import Consumers, DailyJob, ReceivedEvent
from app.platform.background.mirrors import OFFERING_HOUR, follow_mirror, offering_job
from app.platform.kernel.outbox import DueKind
from app.platform.kernel.runtime import Runtime
from app.platform.kernel.unit_of_work import UnitOfWork
from billing.invoicing import CreditNoteIssued, InvoiceIssued
from billing.payments import PaymentAllocated, PaymentDisputed, PaymentReceived, PaymentReversed
from billing.royalties.counting import record_invoices, record_payments
from billing.royalties.events import RoyaltyRunStarted
from billing.royalties.models import ROYALTY_INVOICES, ROYALTY_STATEMENTS, RoyaltyInvoice
from billing.royalties.services.following import follow_invoice, follow_statement
from billing.royalties.services.runs import RoyaltyRuns, make_statements
from billing.royalties.services.statements import RoyaltyStatements
from billing.royalties.states import RoyaltyInvoiceState

consumers = Consumers()
follow_mirror(consumers, ROYALTY_STATEMENTS, name="royalties.mirror_statement", followed=follow_statement)
follow_mirror(consumers, ROYALTY_INVOICES, name="royalties.mirror_invoice", followed=follow_invoice)
_FIGURES: Final = DueKind.OUTBOX_FIGURES
RUN_HOUR: Final = 6


@consumers.on_batch(InvoiceIssued.topic, name="royalties.record_invoice", lane=_FIGURES)
@consumers.on_batch(CreditNoteIssued.topic, name="royalties.record_credit_note", lane=_FIGURES)
async def record_documents(work: UnitOfWork, _: Runtime, events: Sequence[ReceivedEvent]) -> None:
    """Each month once, however many events tell of it."""
    await record_invoices(work, _ids(events, "invoice_id"))


@consumers.on_batch(PaymentReceived.topic, name="royalties.record_payment", lane=_FIGURES)
@consumers.on_batch(PaymentAllocated.topic, name="royalties.record_allocation", lane=_FIGURES)
@consumers.on_batch(PaymentReversed.topic, name="royalties.record_reversal", lane=_FIGURES)
@consumers.on_batch(PaymentDisputed.topic, name="royalties.record_dispute", lane=_FIGURES)
async def record_money(work: UnitOfWork, _: Runtime, events: Sequence[ReceivedEvent]) -> None:
    await record_payments(work, _ids(events, "payment_id"))


@consumers.on(RoyaltyRunStarted.topic, name="royalties.make_statements", lane=DueKind.OUTBOX_LONG)
async def carry_out_run(runtime: Runtime, _tenant_id: UUID, _event_id: UUID, payload: dict[str, Any]) -> None:
    """Make the month's statements. Restarted after a crash, it goes on where it was."""
    await make_statements(runtime.units_of_work, runtime.engine("network"), UUID(payload["run_id"]))


def daily_jobs(_: Runtime) -> tuple[DailyJob, ...]:
    """The next month's run and the ends of the days to object, at headquarters; on both sides what has not ended is
    offered again."""
    return (
        DailyJob("royalties.start_run", RUN_HOUR, _start_run, headquarters_only=True),
        DailyJob("royalties.lapse", RUN_HOUR, _lapse, headquarters_only=True),
        offering_job(ROYALTY_STATEMENTS, name="royalties.offer_statements"),
        DailyJob("royalties.offer_invoices", OFFERING_HOUR, _offer_invoices),
    )


async def _start_run(work: UnitOfWork) -> None:
    await RoyaltyRuns(work).start_due()


async def _lapse(work: UnitOfWork) -> None:
    await RoyaltyStatements(work).lapse_due()


async def _offer_invoices(work: UnitOfWork) -> None:
    """A paid invoice is opened again only by hand; open ones are offered by whichever side has them so."""
    open_ = select(RoyaltyInvoice.id).where(RoyaltyInvoice.state == RoyaltyInvoiceState.OPEN)
    for invoice_id in await work.session.scalars(open_.order_by(RoyaltyInvoice.id)):
        ROYALTY_INVOICES.offer(work, invoice_id)


def _ids(events: Sequence[ReceivedEvent], name: str) -> set[UUID]:
    return {UUID(event.payload[name]) for event in events}
