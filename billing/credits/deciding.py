"""What follows a decision about a credit: approved ones are charged with the opposite sign, once, and every end is told
to the client."""

from datetime import timedelta
from decimal import Decimal
from typing import Final
from uuid import UUID

from sqlalchemy import select

from app.desk.tickets.models import Visit
from app.people.approvals import ApprovalState, ApprovalSubject, Decision, others_may_decide
from app.platform.kernel.invariants import present
from app.platform.kernel.texts import N_
from app.platform.kernel.unit_of_work import UnitOfWork
from billing.contracts import terms_of
from billing.contracts.models import ContractVersion
from billing.credits.errors import OwnTicket, ReasonMissing, SomebodyElseDecides
from billing.credits.events import ServiceCreditDecided
from billing.credits.models import ServiceCredit, ServiceCreditNotice
from billing.credits.permissions import CreditPermission
from billing.credits.states import SERVICE_CREDIT, CreditMove, CreditState
from billing.credits.words import charge_name
from billing.money import Money, PriceMode
from billing.periods import Period, day_in
from billing.rating import ChargeCategory, ChargeDue, hold_charges, insert_charges, settle
from billing.terms import BilledWhen, ChargeUnit

SOURCE: Final = "service_credit"
"""From what the charges of a credit follow."""
A_DAY: Final = timedelta(days=1)
_ENDS: Final = {
    ApprovalState.APPROVED: CreditMove.APPROVE,
    ApprovalState.DECLINED: CreditMove.DECLINE,
    ApprovalState.EXPIRED: CreditMove.WITHDRAW,
    ApprovalState.VOID: CreditMove.WITHDRAW,
}
_COPIED: Final = (
    *("id", "tenant_id", "client_id", "ticket_id", "ticket_number", "kind", "contract_number", "breached_at"),
    *("period_start", "period_end", "fee", "basis", "share", "rate", "units", "most", "period_limit"),
    *("amount", "currency", "state", "reason"),
)


async def locked(work: UnitOfWork, credit_id: UUID) -> ServiceCredit | None:
    """The credit as it stands, until the end of the transaction."""
    return await work.session.get(
        ServiceCredit, (work.tenant_id, credit_id), with_for_update=True, populate_existing=True
    )


async def was_sent(work: UnitOfWork, ticket_id: UUID) -> bool:
    """Whether the actor was sent to the ticket."""
    if work.actor.membership_id is None:
        return False
    found = await work.session.scalar(
        select(Visit.id).where(Visit.ticket_id == ticket_id, Visit.engineer_id == work.actor.membership_id).limit(1)
    )
    return found is not None


async def approve_alone(work: UnitOfWork, row: ServiceCredit, reason: str) -> None:
    """Whoever was sent to the ticket approves, where nobody else may, with a reason that the audit log keeps.

    Raises:
        SomebodyElseDecides, ReasonMissing, ServiceCreditMoveRefused.
    """
    if await others_may_decide(work, CreditPermission.SERVICE_CREDIT_DECIDE):
        raise SomebodyElseDecides
    if not reason.strip():
        raise ReasonMissing
    row.alone = True
    await end(work, row, CreditMove.APPROVE, work.actor.display_name, reason.strip())


async def end(work: UnitOfWork, row: ServiceCredit, move: CreditMove, by_name: str, reason: str) -> None:
    """Move the locked credit, charge or take back what it gives, and tell the client.

    Raises:
        ServiceCreditMoveRefused: it was decided before.
    """
    before = CreditState(row.state)
    row.state = SERVICE_CREDIT.after(move, row.state)
    row.reason, row.decided_by_name, row.decided_at = reason, by_name, work.now
    row.version += 1
    if row.state == CreditState.APPROVED:
        await insert_charges(work, [(each, 0) for each in await _charges(work, row)])
    elif before is CreditState.APPROVED:
        await hold_charges(work, row.client_id)
        await settle(work, [(SOURCE, row.id)], [])
    await _tell(work, row)
    details = {"alone": True, "reason": reason} if row.alone else {}
    match CreditState(row.state):
        case CreditState.APPROVED:
            work.audit("service_credit.approved", "service_credit", row.id, **details)
        case CreditState.DECLINED:
            work.audit("service_credit.declined", "service_credit", row.id, reason=reason)
        case _:
            work.audit("service_credit.withdrawn", "service_credit", row.id, reason=reason)
    work.publish(
        ServiceCreditDecided(credit_id=row.id, client_id=row.client_id, ticket_id=row.ticket_id, state=row.state)
    )
    await work.session.flush()


async def _charges(work: UnitOfWork, row: ServiceCredit) -> list[ChargeDue]:
    """One for each tax of the fee, on the fee's own day, so that it is taxed as what it gives back; where that day is
    still to come, on the day of the decision, so that the next invoice holds it."""
    stored = await work.session.scalar(
        select(ContractVersion.terms).where(ContractVersion.id == row.contract_version_id)
    )
    terms = terms_of(present(stored, "a credit follows from an agreed version"))
    day_of_fee = row.period_start if terms.billed is BilledWhen.IN_ADVANCE else row.period_end - A_DAY
    return [
        ChargeDue(
            client_id=row.client_id,
            source_kind=SOURCE,
            source_id=row.id,
            rule=f"credit/{tax}",
            day=min(day_of_fee, day_in(terms.zone, work.now)),
            name=charge_name(row),
            quantity=Decimal(-1),
            unit=ChargeUnit.INCIDENT,
            unit_price=Money(minor, row.currency).value,
            amount=Money(-minor, row.currency),
            tax=tax,
            price_mode=PriceMode(row.price_mode),
            category=ChargeCategory.CREDIT,
            contract_id=row.contract_id,
            contract_version_id=row.contract_version_id,
            ticket_id=row.ticket_id,
            period=Period(row.period_start, row.period_end),
        )
        for tax, minor in sorted(row.parts.items())
        if minor
    ]


async def _tell(work: UnitOfWork, row: ServiceCredit) -> None:
    values = {name: getattr(row, name) for name in _COPIED} | {"decided_at": work.now}
    await work.session.merge(ServiceCreditNotice(**values))


async def _content(work: UnitOfWork, credit_id: UUID) -> object | None:
    row = await locked(work, credit_id)
    return None if row is None else {"ticket": str(row.ticket_id), "kind": row.kind, "amount": row.amount}


async def _follow(work: UnitOfWork, decision: Decision) -> None:
    row = await locked(work, decision.subject_id)
    move = _ENDS.get(ApprovalState(decision.state))
    if row is None or move is None or not SERVICE_CREDIT.allows(move, row.state):
        return
    if move is CreditMove.APPROVE and await was_sent(work, row.ticket_id):
        raise OwnTicket
    if move is CreditMove.DECLINE and not decision.reason.strip():
        raise ReasonMissing
    reason = decision.reason or (N_("期限内没有人决定。") if move is CreditMove.WITHDRAW else "")
    await end(work, row, move, decision.decided_by_name, reason)


CREDIT_APPROVAL: Final = ApprovalSubject(
    kind="service_credit",
    label=N_("服务赔付"),
    permission=CreditPermission.SERVICE_CREDIT_DECIDE,
    content=_content,
    follow=_follow,
    page="/workspace/credits/{id}",
)
