"""What follows when a contract's day has come, and who is told."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

import msgspec
from sqlalchemy import select

from app.people.identity import in_roles, read_recipients
from app.platform.background import Consumers, ReceivedEvent, Sweeps
from app.platform.kernel.actor import Actor
from app.platform.kernel.outbox import DueKind
from app.platform.kernel.runtime import Runtime
from app.platform.kernel.texts import N_
from app.platform.kernel.unit_of_work import UnitOfWork
from app.platform.notifications import Notice, Severity, notify
from billing.contracts.dates import DATE_NOTICES, DateKind, follow_service_levels
from billing.contracts.events import ContractDateCame, PrepaidRunsLow
from billing.contracts.models import Contract, ContractDate
from billing.contracts.records import contract_view, locked_contract, today_of
from billing.contracts.services.running import end_now, go_on
from billing.contracts.states import RUNNING

consumers = Consumers()
sweeps = Sweeps()

TOLD: Final = ("service_manager", "partner_owner")
_RUNS_LOW: Final = N_("合同 %(number)s（%(client)s）的预付量只剩 20%% 或更少")


@sweeps.on(DueKind.CONTRACT_DATE)
async def dates_came(runtime: Runtime, tenant_id: UUID, date_ids: Sequence[UUID]) -> None:
    """Do what the day asks for: service levels begin, people are told, the contract ends or goes on."""
    for date_id in date_ids:
        async with runtime.units_of_work.begin(Actor.system(tenant_id)) as work:
            found = await work.session.scalar(select(ContractDate).where(ContractDate.id == date_id))
            if found is None:
                continue
            contract = await locked_contract(work, found.contract_id)
            due = await work.session.scalar(
                select(ContractDate)
                .where(ContractDate.id == date_id, ContractDate.done_at.is_(None))
                .execution_options(populate_existing=True)
            )
            if due is not None:
                due.done_at = work.now
                await work.session.flush()
                await _act(work, contract, due)


async def _act(work: UnitOfWork, contract: Contract, due: ContractDate) -> None:
    kind = DateKind(due.kind)
    if kind is DateKind.ENDS:
        if contract.state in RUNNING:
            if today_of(work, contract) < contract.until_day or await go_on(work, contract):
                return
            await end_now(work, contract)
        await follow_service_levels(work, contract.client_id, contract)
    elif contract.state not in RUNNING:
        return
    elif kind is DateKind.STARTS:
        await follow_service_levels(work, contract.client_id)
        return
    work.publish(
        ContractDateCame(
            contract_id=contract.id,
            client_id=contract.client_id,
            kind=kind,
            day=contract.until_day.isoformat(),
        )
    )


@consumers.on_batch(ContractDateCame.topic, name="contracts.remind")
async def remind(work: UnitOfWork, runtime: Runtime, events: Sequence[ReceivedEvent]) -> None:
    """Tell those who decide about contracts."""
    for event in events:
        came = msgspec.convert(event.payload, ContractDateCame)
        if event.is_recent(work.now):
            await _notify(
                work,
                runtime,
                came.contract_id,
                DATE_NOTICES[DateKind(came.kind)],
                reference=f"{came.kind}:{came.day}",
                day=came.day,
            )


@consumers.on_batch(PrepaidRunsLow.topic, name="contracts.runs_low")
async def runs_low(work: UnitOfWork, runtime: Runtime, events: Sequence[ReceivedEvent]) -> None:
    """Tell those who sell the next block."""
    for event in events:
        low = msgspec.convert(event.payload, PrepaidRunsLow)
        if event.is_recent(work.now):
            await _notify(work, runtime, low.contract_id, _RUNS_LOW, reference=str(event.id))


async def _notify(
    work: UnitOfWork, runtime: Runtime, contract_id: UUID, text: str, *, reference: str, day: str = ""
) -> None:
    contract = await contract_view(work, contract_id)
    notice = Notice(
        reference=f"contract:{contract.id}:{reference}",
        text=text,
        parameters={"number": contract.number or contract.title, "client": contract.client_name, "day": day},
        link=f"/workspace/contracts/{contract.id}",
        severity=Severity.ATTENTION,
    )
    people = in_roles(await read_recipients(work), TOLD)
    await notify(work, people, notice, public_url=runtime.settings.public_url)
