"""What tickets do after the commit: open pages are told, silence is answered, signed reports are archived."""

from typing import Any
from uuid import UUID

import msgspec

from app.background import Consumers, Sweeps, consume
from app.files import store_of
from app.kernel.actor import Actor
from app.kernel.live import Announcer, Change
from app.kernel.outbox import DueKind
from app.kernel.runtime import Runtime
from app.tickets.events import ReportSigned, TicketChanged, TicketMoved, TicketReported
from app.tickets.services.report_printing import keep_document, printable, printed
from app.tickets.services.silence import remind_or_close

consumers = Consumers()
sweeps = Sweeps()
sweeps.register(DueKind.CONFIRMATION_REMINDER, remind_or_close)

INTERNAL = frozenset({"note"})
"""Changes that the client's people must not even notice."""


async def tell_pages(runtime: Runtime, tenant_id: UUID, _event_id: UUID, payload: dict[str, Any]) -> None:
    """Every page that shows the ticket asks for it again. Losing this hint does no harm."""
    change = Change(kind="ticket", id=UUID(payload["ticket_id"]))
    if payload.get("what") not in INTERNAL:
        change = msgspec.structs.replace(
            change, client_id=UUID(payload["client_id"]), reporter_id=_id_or_none(payload["reporter_id"])
        )
    await Announcer(runtime.redis)(tenant_id, [change])


async def archive_report(runtime: Runtime, tenant_id: UUID, event_id: UUID, payload: dict[str, Any]) -> None:
    """The signed report's PDF is made once and kept."""
    report_id, store = UUID(payload["report_id"]), store_of(runtime)
    async with runtime.works.begin(Actor.system(tenant_id)) as work:
        edition = await printable(work, report_id)
    data = await printed(edition, store)
    async with consume(runtime, tenant_id, event_id, "tickets.archive_report") as claimed:
        if claimed is not None:
            await keep_document(claimed, store, report_id, edition.name, data)


def _id_or_none(text: str | None) -> UUID | None:
    return None if text is None else UUID(text)


consumers.register(TicketReported.topic, "tickets.tell_pages_of_report", tell_pages)
consumers.register(TicketMoved.topic, "tickets.tell_pages_of_move", tell_pages)
consumers.register(TicketChanged.topic, "tickets.tell_pages_of_change", tell_pages)
consumers.register(ReportSigned.topic, "tickets.archive_report", archive_report)
