"""Consumers of ticket imports."""

from typing import Any
from uuid import UUID

import msgspec

from app.background import Consumers
from app.files import store_of
from app.history.events import HistoryWaits
from app.history.services.running import HistoryRunner
from app.kernel.outbox import DueKind
from app.kernel.runtime import Runtime

consumers = Consumers()


@consumers.on(HistoryWaits.topic, name="history.run_import", lane=DueKind.OUTBOX_LONG)
async def run_import(runtime: Runtime, tenant_id: UUID, _event_id: UUID, payload: dict[str, Any]) -> None:
    """Run the dry run or the import. Idempotent by the import's stored position, not by the event: a killed run resumes
    after the last committed batch."""
    event = msgspec.convert(payload, HistoryWaits)
    await HistoryRunner(runtime.works, store_of(runtime), tenant_id, event.import_id).run()
