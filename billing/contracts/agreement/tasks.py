"""PDFs of papers, drawn once and kept; and clients told what runs low."""

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

import msgspec
from sqlalchemy import select

from app.people.identity import in_roles, read_recipients
from app.platform.background import Consumers, ReceivedEvent, consume
from app.platform.documents import archive
from app.platform.kernel.actor import Actor
from app.platform.kernel.outbox import DueKind
from app.platform.kernel.runtime import Runtime
from app.platform.kernel.texts import N_
from app.platform.kernel.unit_of_work import UnitOfWork
from app.platform.notifications import Notice, Severity, notify
from billing.contracts.agreement.consent import CLIENT_PAGE, ask_no_more
from billing.contracts.agreement.document import AGREED_CONTRACT, OFFERED_CONTRACT
from billing.contracts.agreement.events import ContractOffered
from billing.contracts.agreement.models import AgreedContract, OfferedContract
from billing.contracts.events import ContractActivated, ContractAmended, ContractEnded, PrepaidRunsLow
from billing.contracts.models import PrepaidBlockRow

consumers = Consumers()

TOLD_OF_CLIENT: Final = ("client_approver", "client_administrator")
_RUNS_LOW: Final = N_("预付的“%(line)s”只剩五分之一或更少，用完前请联系服务商续购。")


@consumers.on(ContractOffered.topic, name="contracts.archive_offer", lane=DueKind.OUTBOX_LONG)
async def archive_offer(runtime: Runtime, tenant_id: UUID, event_id: UUID, payload: dict[str, Any]) -> None:
    """Draw the offered paper once and keep it."""
    await archive(
        runtime,
        tenant_id,
        event_id,
        consumer="contracts.archive_offer",
        kind=OFFERED_CONTRACT,
        edition_id=UUID(payload["offer_id"]),
    )


@consumers.on(ContractActivated.topic, name="contracts.archive_agreement", lane=DueKind.OUTBOX_LONG)
async def archive_agreement(runtime: Runtime, tenant_id: UUID, event_id: UUID, payload: dict[str, Any]) -> None:
    """Draw the agreed paper once and keep it."""
    await _archive_agreed(runtime, tenant_id, event_id, payload, "contracts.archive_agreement")


@consumers.on(ContractAmended.topic, name="contracts.archive_amendment", lane=DueKind.OUTBOX_LONG)
async def archive_amendment(runtime: Runtime, tenant_id: UUID, event_id: UUID, payload: dict[str, Any]) -> None:
    """The same of a later version."""
    await _archive_agreed(runtime, tenant_id, event_id, payload, "contracts.archive_amendment")


async def _archive_agreed(
    runtime: Runtime, tenant_id: UUID, event_id: UUID, payload: dict[str, Any], consumer: str
) -> None:
    async with runtime.units_of_work.begin(Actor.system(tenant_id)) as work:
        paper_id = await work.session.scalar(
            select(AgreedContract.id).where(AgreedContract.version_id == UUID(payload["version_id"]))
        )
    if paper_id is not None:
        await archive(runtime, tenant_id, event_id, consumer=consumer, kind=AGREED_CONTRACT, edition_id=paper_id)


@consumers.on_batch(PrepaidRunsLow.topic, name="contracts.tell_client_of_low")
async def tell_client_of_low(work: UnitOfWork, runtime: Runtime, events: Sequence[ReceivedEvent]) -> None:
    """The client's people who may buy more hear of it."""
    for event in events:
        low = msgspec.convert(event.payload, PrepaidRunsLow)
        block = await work.session.scalar(
            select(PrepaidBlockRow)
            .where(PrepaidBlockRow.contract_id == low.contract_id, PrepaidBlockRow.line_key == low.line_key)
            .order_by(PrepaidBlockRow.expires_on.desc())
            .limit(1)
        )
        if block is None or not event.is_recent(work.now):
            continue
        notice = Notice(
            reference=f"prepaid_low:{event.id}",
            text=_RUNS_LOW,
            parameters={"line": block.line_name},
            link=f"{CLIENT_PAGE}/{low.contract_id}",
            severity=Severity.ATTENTION,
        )
        people = in_roles(await read_recipients(work, low.client_id), TOLD_OF_CLIENT)
        await notify(work, people, notice, public_url=runtime.settings.public_url)


@consumers.on(ContractEnded.topic, name="contracts.close_offers")
async def close_offers(runtime: Runtime, tenant_id: UUID, event_id: UUID, payload: dict[str, Any]) -> None:
    """Nobody answers an amendment of a contract that is over."""
    async with consume(runtime, tenant_id, event_id, "contracts.close_offers") as work:
        if work is None:
            return
        offers = select(OfferedContract.version_id).where(OfferedContract.contract_id == UUID(payload["contract_id"]))
        for version_id in (await work.session.scalars(offers.order_by(OfferedContract.edition))).all():
            await ask_no_more(work, version_id)
