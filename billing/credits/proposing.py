"""A missed promise proposes what the contract gives back for it."""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple
from uuid import UUID

from sqlalchemy import exists, func, or_, select
from sqlalchemy.dialects.postgresql import insert

from app.agreements.sla import TARGET_NAMES
from app.agreements.sla.models import ClockInterval, ClockRecord
from app.desk.tickets.models import Ticket
from app.people.approvals import ApprovalRequest, Fact, Requester, request_approval
from app.platform.kernel.counters import take_turns
from app.platform.kernel.texts import N_
from app.platform.kernel.unit_of_work import UnitOfWork
from billing.contracts import VersionInForce, device_counts, version_at, versions_during
from billing.coverage.models import TicketCoverageReason
from billing.credits.deciding import CREDIT_APPROVAL
from billing.credits.models import ServiceCredit
from billing.credits.states import CreditState
from billing.credits.words import credit_amount
from billing.money import Money, split
from billing.periods import Period, day_in, whole_period
from billing.terms import (
    RATES,
    CoverageState,
    CreditDue,
    Penalty,
    PenaltyBasis,
    PenaltyRule,
    Terms,
    credit_due,
    priced_days,
)

DECIDED_WITHIN: Final = timedelta(days=365)
"""A client's credit does not lapse because nobody looked: whoever decides has long to do so."""
PROGRAM: Final = Requester(None, None, "系统")


class _Reckoned(NamedTuple):
    """What a contract gives back for one missed promise."""

    version: VersionInForce
    penalty: Penalty
    rule: PenaltyRule
    period: Period
    fee: Money
    due: CreditDue
    parts: dict[str, int]


class _Breach(NamedTuple):
    """A missed promise of a ticket that a contract covers."""

    client_id: UUID
    ticket_id: UUID
    ticket_number: str
    kind: str
    breached_at: datetime
    ended_at: datetime | None
    """When it was kept at last, or promised no more; None while the clock runs."""
    target_seconds: int
    counted_seconds: int
    clock_id: UUID
    contract_id: UUID
    line_key: str


async def propose_for_breaches(
    work: UnitOfWork, *, tickets: Collection[UUID] = (), since: datetime | None = None
) -> int:
    """Propose the credits of these tickets' missed promises, or of all missed or ended since a moment, that have none
    yet; how many were. Nothing is proposed where no contract covers the ticket, the contract has no such rule, or its
    period has reached its limit; and nothing yet where it depends on how late a promise is that is still to be kept."""
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
    ended = func.coalesce(ClockRecord.stopped_at, ClockRecord.cancelled_at)
    statement: Any = (
        select(
            ClockRecord.client_id,
            ClockRecord.ticket_id,
            Ticket.number,
            ClockRecord.kind,
            ClockRecord.breached_at,
            ended.label("ended_at"),
            ClockRecord.target_seconds,
            ClockRecord.counted_seconds,
            ClockRecord.id,
            TicketCoverageReason.contract_id,
            TicketCoverageReason.line_key,
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
        statement = statement.where(or_(ClockRecord.breached_at >= since, ended >= since))
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
    await _ask(work, made, breach, reckoned.due.amount, reckoned.version.contract_number)
    return True


async def _reckon(work: UnitOfWork, breach: _Breach) -> _Reckoned | None:
    """Holds the contract's credits until the commit: two missed promises at once do not both take what is left."""
    version = await version_at(work, breach.contract_id, breach.breached_at)
    if version is None or version.terms.penalty is None:
        return None
    day = day_in(version.terms.zone, breach.breached_at)
    penalty = version.terms.penalty
    rule = penalty.rule_of(breach.kind)
    if rule.basis in RATES and breach.ended_at is None:
        return None
    await take_turns(work.session, work.tenant_id, [f"credit:{breach.contract_id.hex}"])
    period = whole_period(version.terms.anchor, version.terms.cycle, day)
    fees = await _fees(work, version, period)
    fee = Money(sum(fees.values()), version.terms.currency)
    late = await _late_seconds(work, breach, rule)
    due = credit_due(penalty, rule, late, fee, await _given(work, version, period))
    if not due.amount:
        return None
    return _Reckoned(
        version, penalty, rule, period, fee, due, _by_tax(due.amount, fees, version.terms, breach.line_key)
    )


async def _late_seconds(work: UnitOfWork, breach: _Breach, rule: PenaltyRule) -> int:
    """How late the promise was kept: by the day as time passed without waiting for anybody, by the hour as the promise
    itself counts."""
    if rule.basis is not PenaltyBasis.DAY:
        return breach.counted_seconds - breach.target_seconds
    stretches = await work.session.execute(
        select(ClockInterval.started_at, ClockInterval.ended_at).where(
            ClockInterval.clock_id == breach.clock_id,
            ClockInterval.waiting_for.is_(None),
            ClockInterval.ended_at > breach.breached_at,
        )
    )
    late = sum((end - max(start, breach.breached_at) for start, end in stretches), timedelta())
    return int(late.total_seconds())


def _by_tax(amount: Money, fees: Mapping[str, int], terms: Terms, line_key: str) -> dict[str, int]:
    """The amount as the period's fee is taxed; where the period costs nothing, as the line that covers the ticket."""
    if fees:
        taxes = sorted(fees)
        return dict(zip(taxes, split(amount.minor, [fees[tax] for tax in taxes]), strict=True))
    line = next((each for each in terms.lines if each.key == line_key), terms.lines[0])
    return {line.tax: amount.minor}


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
    version, penalty, rule, period, fee, due, parts = reckoned
    by_share = rule.basis is PenaltyBasis.SHARE
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
        "basis": rule.basis,
        "share": rule.value if by_share else None,
        "rate": None if by_share else version.terms.money(rule.value).minor,
        "units": due.units,
        "most": penalty.most if penalty.most_amount is None else None,
        "period_limit": due.limit.minor,
        "amount": due.amount.minor,
        "currency": due.amount.currency,
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
