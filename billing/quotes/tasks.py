"""What follows an offer: its PDF is drawn once and kept."""

from typing import Any
from uuid import UUID

from app.platform.background import Consumers
from app.platform.documents import archive
from app.platform.kernel.outbox import DueKind
from app.platform.kernel.runtime import Runtime
from billing.quotes.document import OFFERED_QUOTE
from billing.quotes.events import QuoteOffered

consumers = Consumers()


@consumers.on(QuoteOffered.topic, name="quotes.archive_offer", lane=DueKind.OUTBOX_LONG)
async def archive_offer(runtime: Runtime, tenant_id: UUID, event_id: UUID, payload: dict[str, Any]) -> None:
    """Draw the offer's PDF and keep it."""
    offered_quote_id = UUID(payload["offered_quote_id"])
    consumer = "quotes.archive_offer"
    await archive(runtime, tenant_id, event_id, consumer=consumer, kind=OFFERED_QUOTE, edition_id=offered_quote_id)
