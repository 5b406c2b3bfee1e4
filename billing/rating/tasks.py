"""What rating follows: the work on tickets, contracts, purchases, approvals; and the day's run."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any, Final
from uuid import UUID

from sqlalchemy import and_, select

from app.platform.background import Consumers, DailyJob, ReceivedEvent, consume
from app.platform.kernel.actor import Actor
from app.platform.kernel.outbox import DueKind
from app.platform.kernel.runtime import Runtime
from app.platform.kernel.unit_of_work import UnitOfWork
from billing.contracts.models import ContractVersion, PrepaidBlockRow
from billing.rating.contract_periods import rate_contracts
from billing.rating.events import RatingDue
from billing.rating.models import RatedRecord
from billing.rating.outcomes import Unrated
from billing.rating.purchases import charge_block, charge_milestone, charge_quote
from billing.rating.runs import run_rating, until_of
from billing.rating.ticket_rating import rate_tickets
from billing.rating.vocabulary import SourceKind

consumers = Consumers()
TICKETS_AT_ONCE: Final = 100
WORK: Final = "work"
"""What has changed where a finished visit was corrected."""


def daily_jobs(_: Runtime) -> tuple[DailyJob, ...]:
    """What runs once a day."""
    return (DailyJob("rating.run", 2, begin_run),)


async def begin_run(work: UnitOfWork) -> None:
    """The daily job: a worker does the rest."""
    work.publish(RatingDue())


@consumers.on(RatingDue.topic, name="rating.run", lane=DueKind.OUTBOX_LONG)
async def run_day(runtime: Runtime, tenant_id: UUID, _event_id: UUID, _payload: dict[str, Any]) -> None:
    """Walk through all sources. Cut off, the next try goes on."""
    await run_rating(runtime, tenant_id)


@consumers.on_batch("visit.finished", name="rating.rate_visits", lane=DueKind.OUTBOX_FIGURES)
@consumers.on_batch("ticket.moved", name="rating.rate_moved_tickets", lane=DueKind.OUTBOX_FIGURES)
@consumers.on_batch("ticket.changed", name="rating.rate_changed_tickets", lane=DueKind.OUTBOX_FIGURES)
@consumers.on_batch("coverage.overridden", name="rating.rate_overridden_tickets", lane=DueKind.OUTBOX_FIGURES)
async def rate_events(work: UnitOfWork, _: Runtime, events: Sequence[ReceivedEvent]) -> None:
    """Rate the tickets whose work was finished, corrected, led to a resolution, or is covered otherwise by a member's
    word."""
    ticket_ids = {UUID(event.payload["ticket_id"]) for event in events if _matters(event)}
    if ticket_ids:
        await rate_tickets(work, ticket_ids)


def _matters(event: ReceivedEvent) -> bool:
    match event.topic:
        case "ticket.moved":
            return bool(event.payload["after"] == "resolved")
        case "ticket.changed":
            return bool(event.payload["what"] == WORK)
        case _:
            return True


@consumers.on("contract.activated", name="rating.follow_activated")
async def contract_activated(runtime: Runtime, tenant_id: UUID, event_id: UUID, payload: dict[str, Any]) -> None:
    """Charge what is due since its first day, which may lie behind."""
    await _follow_contract(runtime, tenant_id, event_id, payload, "rating.follow_activated")


@consumers.on("contract.amended", name="rating.follow_amended")
async def contract_amended(runtime: Runtime, tenant_id: UUID, event_id: UUID, payload: dict[str, Any]) -> None:
    """Balance what was charged for days that cost something else by now."""
    await _follow_contract(runtime, tenant_id, event_id, payload, "rating.follow_amended")


@consumers.on("contract.ended", name="rating.follow_ended")
async def contract_ended(runtime: Runtime, tenant_id: UUID, event_id: UUID, payload: dict[str, Any]) -> None:
    """Give back what was charged for days after the end."""
    await _follow_contract(runtime, tenant_id, event_id, payload, "rating.follow_ended")


async def _follow_contract(
    runtime: Runtime, tenant_id: UUID, event_id: UUID, payload: dict[str, Any], name: str
) -> None:
    """Rate the contract's periods, and the work that was done since the version's first day; in steps that change
    nothing when they are repeated, so that the proof comes last."""
    contract_id, version_id = UUID(payload["contract_id"]), UUID(payload["version_id"])
    begin = runtime.units_of_work.begin
    async with begin(Actor.system(tenant_id)) as work:
        await rate_contracts(work, [contract_id], await until_of(work))
        ticket_ids = await _work_since(work, UUID(payload["client_id"]), version_id)
    for some in _in_steps(ticket_ids):
        async with begin(Actor.system(tenant_id)) as work:
            await rate_tickets(work, some)
    async with consume(runtime, tenant_id, event_id, name):
        pass


async def _work_since(work: UnitOfWork, client_id: UUID, version_id: UUID) -> Sequence[UUID]:
    """The client's tickets that were rated for days on which the version may hold."""
    first: date | None = await work.session.scalar(
        select(ContractVersion.effective_from).where(ContractVersion.id == version_id)
    )
    rows = await work.session.scalars(
        select(RatedRecord.ticket_id)
        .where(
            RatedRecord.client_id == client_id,
            RatedRecord.source_kind == SourceKind.VISIT,
            RatedRecord.day >= (first or date.min),
            RatedRecord.ticket_id.is_not(None),
        )
        .distinct()
        .order_by(RatedRecord.ticket_id)
    )
    return [ticket_id for ticket_id in rows if ticket_id is not None]


def _in_steps(ticket_ids: Sequence[UUID]) -> Iterator[Sequence[UUID]]:
    for first in range(0, len(ticket_ids), TICKETS_AT_ONCE):
        yield ticket_ids[first : first + TICKETS_AT_ONCE]


@consumers.on("prepaid_block.bought", name="rating.charge_block")
async def block_bought(runtime: Runtime, tenant_id: UUID, event_id: UUID, payload: dict[str, Any]) -> None:
    """Charge the block, and the work that waited for one."""
    async with consume(runtime, tenant_id, event_id, "rating.charge_block") as work:
        if work is not None:
            await charge_block(work, UUID(payload["block_id"]))
            await rate_tickets(work, await _waiting_for_block(work, UUID(payload["block_id"])))


async def _waiting_for_block(work: UnitOfWork, block_id: UUID) -> Sequence[UUID]:
    """The client's tickets whose work found nothing left of what was paid ahead, the newest hundred."""
    rows = await work.session.scalars(
        select(RatedRecord.ticket_id)
        .join(
            PrepaidBlockRow,
            and_(
                PrepaidBlockRow.tenant_id == RatedRecord.tenant_id, PrepaidBlockRow.client_id == RatedRecord.client_id
            ),
        )
        .where(PrepaidBlockRow.id == block_id, RatedRecord.reason == Unrated.PREPAID_USED_UP)
        .order_by(RatedRecord.day.desc(), RatedRecord.id)
        .limit(TICKETS_AT_ONCE)
    )
    return sorted({ticket_id for ticket_id in rows if ticket_id is not None})


@consumers.on("milestone.accepted", name="rating.charge_milestone")
async def milestone_accepted(runtime: Runtime, tenant_id: UUID, event_id: UUID, payload: dict[str, Any]) -> None:
    """Charge the milestone."""
    async with consume(runtime, tenant_id, event_id, "rating.charge_milestone") as work:
        if work is not None:
            await charge_milestone(work, UUID(payload["milestone_id"]))


@consumers.on("quote.approved", name="rating.charge_quote")
async def quote_approved(runtime: Runtime, tenant_id: UUID, event_id: UUID, payload: dict[str, Any]) -> None:
    """Charge what was approved, with the work of its ticket."""
    async with consume(runtime, tenant_id, event_id, "rating.charge_quote") as work:
        if work is not None:
            await charge_quote(work, UUID(payload["quote_id"]))
