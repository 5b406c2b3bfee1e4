"""What payments do by the day, and what follows from an approved refund."""

from typing import Any
from uuid import UUID

from app.platform.background import Consumers, DailyJob
from app.platform.kernel.runtime import Runtime
from app.platform.kernel.unit_of_work import UnitOfWork
from billing.payments.comparison import compare_books
from billing.payments.events import RefundApproved
from billing.payments.services.refund_sending import CONSUMER, send_refund

consumers = Consumers()


@consumers.on(RefundApproved.topic, name=CONSUMER)
async def refund_approved(runtime: Runtime, tenant_id: UUID, event_id: UUID, payload: dict[str, Any]) -> None:
    """Ask the payment provider."""
    await send_refund(runtime, tenant_id, event_id, UUID(payload["refund_id"]))


def daily_jobs(runtime: Runtime) -> tuple[DailyJob, ...]:
    """The books are compared at night, after everything that is due has been charged."""

    async def compare(work: UnitOfWork) -> None:
        await compare_books(work, runtime.settings.public_url)

    return (DailyJob("payments.compare_books", 5, compare),)
