"""Consumers of ticket imports."""

from typing import Any
from uuid import UUID

import msgspec

from app.data_exchange.ticket_import.events import TicketImportQueued
from app.data_exchange.ticket_import.services.runner import TicketImportRunner
from app.platform.background import Consumers
from app.platform.files import file_store_of
from app.platform.kernel.outbox import DueKind
from app.platform.kernel.runtime import Runtime

consumers = Consumers()


@consumers.on(TicketImportQueued.topic, name="ticket_import.run", lane=DueKind.OUTBOX_LONG)
async def run_import(runtime: Runtime, tenant_id: UUID, _event_id: UUID, payload: dict[str, Any]) -> None:
    """Run the dry run or the import. Idempotent by the import's stored position, not by the event: a killed run resumes
    after the last committed batch."""
    event = msgspec.convert(payload, TicketImportQueued)
    await TicketImportRunner(runtime.units_of_work, file_store_of(runtime), tenant_id, event.import_id).run()
