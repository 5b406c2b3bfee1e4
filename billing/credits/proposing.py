"""A missed promise proposes what the contract gives back for it."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple
from uuid import UUID

from sqlalchemy import exists, func, select
from sqlalchemy.dialects.postgresql import insert

from app.agreements.sla import TARGET_NAMES
from app.agreements.sla.models import ClockRecord
from app.desk.tickets.models import Ticket
from app.people.approvals import ApprovalRequest, Fact, Requester, request_approval
from app.platform.kernel.counters import take_turns
from app.platform.kernel.texts import N_
from app.platform.kernel.unit_of_work import UnitOfWork
from billing.contracts import VersionInForce, device_counts, version_on, versions_during
from billing.coverage.models import TicketCoverageReason
from billing.credits.deciding import CREDIT_APPROVAL
from billing.credits.models import ServiceCredit
from billing.credits.states import CreditState
from billing.credits.words import credit_amount
from billing.money import Money, split
from billing.periods import Period, day_in, whole_period
from billing.terms import CoverageState, Penalty, credit_due, priced_days

DECIDED_WITHIN: Final = timedelta(days=365)
"""A client's credit does not lapse because nobody looked: whoever decides has long to do so."""
PROGRAM: Final = Requester(None, None, "系统")


class _Reckoned(NamedTuple):
    """What a contract gives back for one missed promise."""

    version: VersionInForce
    penalty: Penalty
    period: Period
    fee: Money
    amount: Money
    parts: dict[str, int]


class _Breach(NamedTuple):
    """A missed promise of a ticket that a contract covers."""

    client_id: UUID
    ticket_id: UUID
    ticket_number: str
    kind: str
    breached_at: datetime
    contract_id: UUID


async def propose_for_breaches(
    work: UnitOfWork, *, tickets: Collection[UUID] = (), since: datetime | None = None
) -> int:
    """Propose the credits of these tickets' missed promises, or of all missed since a moment, that have none yet; how
    many were. Nothing is proposed where no contract covers the ticket, the contract has no such rule, or its period
    costs nothing or has reached its limit."""
    return sum([await _propose(work, each) for each in await _breaches(work, tickets, since)])


async def _breaches(work: UnitOfWork, tickets: Collection[UUID], since: datetime | None) -> list[_Breach]:
    newest = (
        select(TicketCoverageReason.ticket_id, func.max(TicketCoverageReason.revision).label("revision"))
        .group_by(TicketCoverageReason.ticket_id)
        .subquery()
    )
    known = exists().where(
        ServiceCredit.tenant_id == ClockRecord.tenant_id,
        ServiceCredit.ticket_id == ClockRecord.ticket_id,
        ServiceCredit.kind == ClockRecord.kind,
    )
    statement: Any = (
        select(
            ClockRecord.client_id,
            ClockRecord.ticket_id,
            Ticket.number,
            ClockRecord.kind,
            ClockRecord.breached_at,
            TicketCoverageReason.contract_id,
        )
        .join(Ticket, Ticket.id == ClockRecord.ticket_id)
        .join(newest, newest.c.ticket_id == ClockRecord.ticket_id)
        .join(
            TicketCoverageReason,
            (TicketCoverageReason.ticket_id == newest.c.ticket_id)
            & (TicketCoverageReason.revision == newest.c.revision),
        )
        .where(
            ClockRecord.breached_at.is_not(None),
            TicketCoverageReason.answer == CoverageState.COVERED,
            TicketCoverageReason.contract_id.is_not(None),
            ~known,
        )
        .order_by(ClockRecord.breached_at, ClockRecord.id)
    )
    if tickets:
        statement = statement.where(ClockRecord.ticket_id.in_(tickets))
    if since is not None:
        statement = statement.where(ClockRecord.breached_at >= since)
    return [_Breach(*row) for row in await work.session.execute(statement)]


async def _propose(work: UnitOfWork, breach: _Breach) -> bool:
    reckoned = await _reckon(work, breach)
    if reckoned is None:
        return False
    made: UUID | None = await work.session.scalar(
        insert(ServiceCredit).values(_row(work, breach, reckoned)).on_conflict_do_nothing().returning(ServiceCredit.id)
    )
    if made is None:
        return False
    await _ask(work, made, breach, reckoned.amount, reckoned.version.contract_number)
    return True


async def _reckon(work: UnitOfWork, breach: _Breach) -> _Reckoned | None:
    """Holds the contract's credits until the commit: two missed promises at once do not both take what is left."""
    near = await version_on(work, breach.contract_id, breach.breached_at.date())
    if near is None:
        return None
    day = day_in(near.terms.zone, breach.breached_at)
    version = await version_on(work, breach.contract_id, day)
    if version is None or version.terms.penalty is None:
        return None
    await take_turns(work.session, work.tenant_id, [f"credit:{breach.contract_id.hex}"])
    period = whole_period(version.terms.anchor, version.terms.cycle, day)
    fees = await _fees(work, version, period)
    fee = Money(sum(fees.values()), version.terms.currency)
    amount = credit_due(version.terms.penalty, fee, await _given(work, version, period))
    if not amount:
        return None
    taxes = sorted(fees)
    parts = dict(zip(taxes, split(amount.minor, [fees[tax] for tax in taxes]), strict=True))
    return _Reckoned(version, version.terms.penalty, period, fee, amount, parts)


async def _fees(work: UnitOfWork, version: VersionInForce, period: Period) -> dict[str, int]:
    """What the billing period costs, by tax."""
    fees: dict[str, int] = {}
    for days, part in await versions_during(work, version.contract_id, period):
        counts = await device_counts(work, part, days)
        for line in part.terms.lines:
            for priced in priced_days(part.terms, line, days, counts.get(line.key, ())):
                tax = priced.price.tax
                fees[tax] = fees.get(tax, 0) + priced.share(period).minor
    return {tax: fee for tax, fee in fees.items() if fee > 0}


async def _given(work: UnitOfWork, version: VersionInForce, period: Period) -> Money:
    """What is proposed and approved of the period before."""
    found = await work.session.scalar(
        select(func.sum(ServiceCredit.amount)).where(
            ServiceCredit.contract_id == version.contract_id,
            ServiceCredit.period_start == period.start,
            ServiceCredit.state.in_((CreditState.PROPOSED, CreditState.APPROVED)),
        )
    )
    return Money(int(found or 0), version.terms.currency)


def _row(work: UnitOfWork, breach: _Breach, reckoned: _Reckoned) -> dict[str, object]:
    version, penalty, period, fee, amount, parts = reckoned
    return {
        "tenant_id": work.tenant_id,
        "id": work.new_id(),
        "client_id": breach.client_id,
        "ticket_id": breach.ticket_id,
        "ticket_number": breach.ticket_number,
        "kind": breach.kind,
        "contract_id": version.contract_id,
        "contract_version_id": version.version_id,
        "contract_number": version.contract_number,
        "breached_at": breach.breached_at,
        "period_start": period.start,
        "period_end": period.end,
        "fee": fee.minor,
        "share": penalty.share,
        "most": penalty.most,
        "amount": amount.minor,
        "currency": amount.currency,
        "state": CreditState.PROPOSED,
        "reason": "",
        "price_mode": version.terms.price_mode,
        "parts": parts,
        "decided_at": None,
        "decided_by_name": "",
        "alone": False,
        "created_at": work.now,
        "version": 1,
    }


async def _ask(work: UnitOfWork, credit_id: UUID, breach: _Breach, amount: Money, contract_number: str) -> None:
    text = credit_amount(amount.minor, amount.currency)
    await request_approval(
        work,
        CREDIT_APPROVAL,
        ApprovalRequest(
            subject_id=credit_id,
            title=N_("服务单 %(number)s 超过了承诺的时限，按合同赔付 %(amount)s，请审批。"),
            parameters={"number": breach.ticket_number, "amount": text},
            facts=(
                Fact(N_("服务单"), breach.ticket_number),
                Fact(N_("超时的承诺"), TARGET_NAMES[breach.kind], is_text=True),
                Fact(N_("合同编号"), contract_number),
                Fact(N_("赔付金额"), text),
            ),
            expires_at=work.now + DECIDED_WITHIN,
            requester=PROGRAM,
            amount=amount,
        ),
    )
    work.audit("service_credit.created", "service_credit", credit_id, ticket=breach.ticket_id, kind=breach.kind)
