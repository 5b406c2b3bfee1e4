"""Days on which something of a contract falls due: its service levels begin, notice is to be given, the acceptance
before the end [S2 §1.1.6.5], its end."""

from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, delete, select
from sqlalchemy.dialects.postgresql import insert

from app.agreements.sla import AssignmentService, AssignmentUpdate
from app.agreements.sla.models import ServiceCalendarVersion, SlaPolicyVersion
from app.platform.kernel.outbox import DueKind
from app.platform.kernel.texts import N_
from app.platform.kernel.unit_of_work import UnitOfWork
from billing.contracts.models import Contract, ContractDate, ContractVersion
from billing.contracts.records import today_of
from billing.contracts.states import AGREED_VERSION, RUNNING
from billing.contracts.versions import terms_of
from billing.periods import months_after
from billing.terms import Terms

REMINDER_TIME: Final = time(9)
"""In the contract's zone."""


class DateKind(StrEnum):
    """What falls due."""

    STARTS = "starts"
    """A version's first day: its service levels hold from then on."""
    NOTICE = "notice"
    ACCEPTANCE = "acceptance"
    """A month before the end the service of the whole term is accepted by both sides."""
    ENDS = "ends"
    """The first day after the contract: it is over, or goes on."""


REMINDERS: Final = (DateKind.NOTICE, DateKind.ACCEPTANCE)
DATE_KIND_NAMES: Final = {
    DateKind.STARTS: N_("开始执行"),
    DateKind.NOTICE: N_("决定是否续签"),
    DateKind.ACCEPTANCE: N_("到期前验收"),
    DateKind.ENDS: N_("合同到期"),
}

DATE_NOTICES: Final = {
    DateKind.NOTICE: N_("合同 %(number)s（%(client)s）%(day)s 到期，请决定是否续签"),
    DateKind.ACCEPTANCE: N_("合同 %(number)s（%(client)s）%(day)s 到期，请安排到期前验收"),
    DateKind.ENDS: N_("合同 %(number)s（%(client)s）已到期"),
}
"""What people are told when the day has come."""


async def plan_dates(work: UnitOfWork, contract: Contract, terms: Terms, starts: date | None = None) -> None:
    """Have what falls due told in time; what was planned and has not come gives way."""
    await _drop(work, contract, ContractDate.kind != DateKind.STARTS)
    wanted = {DateKind.ENDS: contract.until_day}
    today = today_of(work, contract)
    reminders = {
        DateKind.NOTICE: contract.until_day - timedelta(days=terms.notice_days),
        DateKind.ACCEPTANCE: months_after(contract.until_day, -1),
    }
    # A day that is over is not told when a contract comes in late, as an imported one does.
    wanted |= {kind: day for kind, day in reminders.items() if contract.from_day < day and today <= day}
    if contract.notice_given_on is not None:
        wanted.pop(DateKind.NOTICE, None)
    if starts is not None:
        wanted[DateKind.STARTS] = starts
    for kind, day in wanted.items():
        await _plan(work, contract, kind, day)


async def plan_end(work: UnitOfWork, contract: Contract) -> None:
    """The contract is over: nothing is told any more, and its service levels give way at once."""
    await _drop(work, contract)
    await _plan(work, contract, DateKind.ENDS, contract.until_day)


async def _drop(work: UnitOfWork, contract: Contract, *which: ColumnElement[bool]) -> None:
    await work.session.execute(
        delete(ContractDate)
        .where(ContractDate.contract_id == contract.id, ContractDate.done_at.is_(None), *which)
        .execution_options(synchronize_session=False)
    )


async def _plan(work: UnitOfWork, contract: Contract, kind: DateKind, day: date) -> None:
    made: UUID | None = await work.session.scalar(
        insert(ContractDate)
        .values(
            tenant_id=work.tenant_id,
            id=work.new_id(),
            client_id=contract.client_id,
            contract_id=contract.id,
            kind=kind,
            day=day,
        )
        .on_conflict_do_nothing(index_elements=["tenant_id", "contract_id", "kind", "day"])
        .returning(ContractDate.id)
    )
    if made is not None:
        at = REMINDER_TIME if kind in REMINDERS else time()
        due = datetime.combine(day, at, ZoneInfo(contract.time_zone)).astimezone(UTC)
        work.schedule(DueKind.CONTRACT_DATE, made, due)


async def follow_service_levels(work: UnitOfWork, client_id: UUID, over: Contract | None = None) -> None:
    """Serve the client by the policy and calendar of the contract that covers it today: of several, the one that began
    last. Where `over` was the last one with a policy, the company's default holds again, unless somebody chose another
    policy for the client meanwhile."""
    service = AssignmentService(work)
    found = await service.in_force(client_id)
    own = found if found is not None and found.client_id == client_id else None
    wanted = await _wanted(work, client_id)
    if wanted is not None:
        policy_id, calendar_id = wanted
        calendar_id = calendar_id or (found.calendar_id if found is not None else None)
        if calendar_id is None or (own is not None and (own.policy_id, own.calendar_id) == (policy_id, calendar_id)):
            return
        await service.assign(
            client_id,
            AssignmentUpdate(
                policy_id=policy_id,
                calendar_id=calendar_id,
                exceptions=list(own.exceptions) if own is not None else [],
                version=own.version if own is not None else None,
            ),
        )
    elif over is not None and own is not None:
        stored = await work.session.scalar(
            select(ContractVersion.terms).where(ContractVersion.id == over.current_version_id)
        )
        if stored is not None and (await _named_by(work, terms_of(stored)) or (None,))[0] == own.policy_id:
            await service.remove(client_id, own.version)


async def _wanted(work: UnitOfWork, client_id: UUID) -> tuple[UUID, UUID | None] | None:
    """The policy and calendar of the running contract that began last and has a policy."""
    contracts = await work.session.scalars(
        select(Contract)
        .where(Contract.client_id == client_id, Contract.state.in_(RUNNING))
        .order_by(Contract.from_day.desc(), Contract.number.desc())
    )
    for contract in contracts.all():
        day = today_of(work, contract)
        stored = await work.session.scalars(
            select(ContractVersion.terms)
            .where(
                ContractVersion.contract_id == contract.id,
                ContractVersion.state.in_(AGREED_VERSION),
                ContractVersion.effective_from <= day,
            )
            .order_by(ContractVersion.number.desc())
        )
        terms = next((terms_of(each) for each in stored.all()), None)
        if terms is not None and day < contract.until_day:
            named = await _named_by(work, terms)
            if named is not None:
                return named
    return None


async def _named_by(work: UnitOfWork, terms: Terms) -> tuple[UUID, UUID | None] | None:
    if terms.policy_version_id is None:
        return None
    policy_id = await work.session.scalar(
        select(SlaPolicyVersion.policy_id).where(SlaPolicyVersion.id == terms.policy_version_id)
    )
    calendar_id = None
    if terms.calendar_version_id is not None:
        calendar_id = await work.session.scalar(
            select(ServiceCalendarVersion.calendar_id).where(ServiceCalendarVersion.id == terms.calendar_version_id)
        )
    return None if policy_id is None else (policy_id, calendar_id)
