"""What tickets do after the commit: pages and people are told, silence is answered, signed reports are archived."""

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import msgspec

from app.background import Consumers, Sweeps, consume
from app.files import store_of
from app.kernel.actor import Actor
from app.kernel.live import Announcer, Change
from app.kernel.outbox import DueKind
from app.kernel.runtime import Runtime
from app.sla.events import StepReached, TermsChanged
from app.tickets.events import ReportSigned, TicketChanged, TicketMoved, TicketReported
from app.tickets.lifecycle import Move
from app.tickets.services.report_printing import keep_document, printable, printed
from app.tickets.services.silence import remind_or_close
from app.tickets.services.telling import Telling, is_news
from app.tickets.services.terms_change import TermsChange

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


async def _tell(
    runtime: Runtime,
    tenant_id: UUID,
    event_id: UUID,
    consumer: str,
    tell: Callable[[Telling], Awaitable[None]],
) -> None:
    """Tell people once; what happened too long ago is told to nobody."""
    async with consume(runtime, tenant_id, event_id, consumer) as work:
        if work is not None and await is_news(work, event_id):
            await tell(Telling(work, runtime.settings.public_url))


@consumers.on(TermsChanged.topic, name="tickets.carry_terms_over")
async def carry_terms_over(runtime: Runtime, tenant_id: UUID, event_id: UUID, payload: dict[str, Any]) -> None:
    """Running clocks follow a changed policy, calendar or assignment (S3)."""
    async with consume(runtime, tenant_id, event_id, "tickets.carry_terms_over") as work:
        if work is not None:
            await TermsChange(work).carry_over(msgspec.convert(payload, TermsChanged))


@consumers.on(StepReached.topic, name="tickets.tell_people_of_step")
async def tell_of_step(runtime: Runtime, tenant_id: UUID, event_id: UUID, payload: dict[str, Any]) -> None:
    """Whom the escalation matrix names (S4)."""
    event = msgspec.convert(payload, StepReached)
    consumer = "tickets.tell_people_of_step"
    await _tell(runtime, tenant_id, event_id, consumer, lambda telling: telling.step_reached(event))


@consumers.on(TicketReported.topic, name="tickets.tell_people_of_report")
async def tell_of_report(runtime: Runtime, tenant_id: UUID, event_id: UUID, payload: dict[str, Any]) -> None:
    """Those who dispatch."""
    event = msgspec.convert(payload, TicketReported)
    consumer = "tickets.tell_people_of_report"
    await _tell(runtime, tenant_id, event_id, consumer, lambda telling: telling.reported(event.ticket_id))


@consumers.on(TicketMoved.topic, name="tickets.tell_people_of_move")
async def tell_of_move(runtime: Runtime, tenant_id: UUID, event_id: UUID, payload: dict[str, Any]) -> None:
    """Those who have to do something next: the engineer, the dispatchers, the client."""
    event = msgspec.convert(payload, TicketMoved)
    if event.move not in (Move.ASSIGN, Move.DECLINE, Move.RESOLVE):
        return

    async def tell(telling: Telling) -> None:
        if event.move == Move.RESOLVE:
            await telling.resolved(event.ticket_id, event_id)
        elif event.move == Move.DECLINE and event.line_id is not None:
            await telling.declined(event.ticket_id, event_id, event.line_id)
        elif event.move == Move.ASSIGN and event.engineer_id is not None:
            await telling.assigned(event.ticket_id, event.engineer_id)

    await _tell(runtime, tenant_id, event_id, "tickets.tell_people_of_move", tell)


@consumers.on(TicketChanged.topic, name="tickets.tell_people_of_change")
async def tell_of_change(runtime: Runtime, tenant_id: UUID, event_id: UUID, payload: dict[str, Any]) -> None:
    """The other side of a reply; the client, when a resolution is waiting for an answer."""
    event = msgspec.convert(payload, TicketChanged)
    if event.what not in ("reply", "reminder"):
        return

    async def tell(telling: Telling) -> None:
        if event.what == "reminder":
            await telling.resolved(event.ticket_id, event_id)
        elif event.line_id is not None:
            await telling.answered(event.ticket_id, event_id, event.line_id)

    await _tell(runtime, tenant_id, event_id, "tickets.tell_people_of_change", tell)


@consumers.on(ReportSigned.topic, name="tickets.tell_people_of_signature")
async def tell_of_signature(runtime: Runtime, tenant_id: UUID, event_id: UUID, payload: dict[str, Any]) -> None:
    """The client's administrators."""
    event = msgspec.convert(payload, ReportSigned)
    consumer = "tickets.tell_people_of_signature"
    await _tell(
        runtime,
        tenant_id,
        event_id,
        consumer,
        lambda telling: telling.report_signed(event.report_id, event.ticket_id),
    )


def _id_or_none(text: str | None) -> UUID | None:
    return None if text is None else UUID(text)


consumers.register(TicketReported.topic, "tickets.tell_pages_of_report", tell_pages)
consumers.register(TicketMoved.topic, "tickets.tell_pages_of_move", tell_pages)
consumers.register(TicketChanged.topic, "tickets.tell_pages_of_change", tell_pages)
consumers.register(ReportSigned.topic, "tickets.archive_report", archive_report)
