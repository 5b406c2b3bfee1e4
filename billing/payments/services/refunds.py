"""Refunds: what a payment has left goes back to its client the way it came, after somebody else's yes: by bank
transfer, or through the payment provider, which is asked as soon as it is approved (`online_refunds`).

Locks are taken in one order: the bank's line, the payment, the refund, its approval.
"""

from datetime import date, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import select

from app.people.approvals import (
    ApprovalRequest,
    ApprovalState,
    ApprovalSubject,
    Decision,
    Fact,
    Limits,
    others_may_decide,
    request_approval,
    withdraw,
)
from app.platform.kernel.columns import columns_of
from app.platform.kernel.counters import Period, next_number
from app.platform.kernel.errors import Invalid, NotFound, StaleVersion
from app.platform.kernel.texts import N_
from app.platform.kernel.unit_of_work import UnitOfWork
from billing.ledger import AccountKind, EntrySource, Ledger, LedgerAccountName, Transfer
from billing.money import Money, minor_text, money_text
from billing.payments.errors import RefundExceeds, RefundLineDiffers, RefundNotOnline, RefundSomebodyElseDecides
from billing.payments.events import RefundApproved
from billing.payments.models import BankLine, Payment
from billing.payments.permissions import RefundPermission
from billing.payments.refund_models import Refund
from billing.payments.refund_schemas import (
    RefundLine,
    RefundPaid,
    RefundReason,
    RefundRequest,
    RefundVersion,
    RefundView,
)
from billing.payments.refund_states import REFUND, RefundMove, RefundState
from billing.payments.schemas import BankLineView
from billing.payments.services.bank_lines import line_view
from billing.payments.services.held import held_by_refunds
from billing.payments.services.payments import Payments
from billing.payments.states import BANK_LINE, BankLineMove, BankLineState, PaymentMethod
from tenants.company_time import company_day

SERIES: Final = "TK"
"""退款: the series of the refunds' numbers, `TK-2026-000001`."""
DECIDED_WITHIN: Final = timedelta(days=30)
_PAID_ON_WRONG: Final = N_("付款日期不能早于收款，也不能晚于今天。")
_ENDS: Final = {
    ApprovalState.APPROVED: RefundMove.APPROVE,
    ApprovalState.DECLINED: RefundMove.DECLINE,
    ApprovalState.EXPIRED: RefundMove.DECLINE,
    ApprovalState.VOID: RefundMove.DECLINE,
    ApprovalState.WITHDRAWN: RefundMove.WITHDRAW,
}


class Refunds:
    """Refunds of payments that the actor may see.

    Raises:
        Forbidden: without `refund:read`.
    """

    def __init__(self, work: UnitOfWork) -> None:
        work.actor.require(RefundPermission.REFUND_READ)
        self._work = work

    async def get(self, refund_id: UUID) -> RefundView:
        """
        Raises:
            NotFound: no such refund for this actor.
        """
        row = await self._work.session.scalar(select(Refund).where(Refund.id == refund_id))
        if row is None:
            raise NotFound
        return refund_view(row)

    async def of_payment(self, payment_id: UUID) -> list[RefundView]:
        """In the order in which they were asked for."""
        rows = await self._work.session.scalars(
            select(Refund).where(Refund.payment_id == payment_id).order_by(Refund.created_at, Refund.id)
        )
        return [refund_view(row) for row in rows]

    async def refundable(self, payment_id: UUID) -> int:
        """What of the payment can be asked for: what it has left, without what other refunds hold."""
        payment = await Payments(self._work).get(payment_id)
        return max(0, payment.unallocated - await held_by_refunds(self._work.session, payment_id))

    async def outgoing(self, refund: RefundView) -> list[BankLineView]:
        """Lines of the bank's with which an approved refund may have gone out, the newest first."""
        if refund.state is not RefundState.APPROVED or refund.method is PaymentMethod.ONLINE:
            return []
        rows = await self._work.session.execute(
            select(*columns_of(BankLineView, BankLine))
            .where(
                BankLine.amount == -refund.amount,
                BankLine.currency == refund.currency,
                BankLine.state.in_((BankLineState.OPEN, BankLineState.SET_ASIDE)),
            )
            .order_by(BankLine.day.desc(), BankLine.id.desc())
            .limit(3)
        )
        return [line_view(row) for row in rows]

    async def request(self, payment_id: UUID, wanted: RefundRequest) -> RefundView:
        """Ask somebody else to give back a part of what the payment has left; nobody can use that part meanwhile.

        Raises:
            Forbidden: without `refund:write`.
            NotFound, StaleVersion, PaymentMoveRefused
            RefundExceeds: more than is left.
        """
        work = self._work
        work.actor.require(RefundPermission.REFUND_WRITE)
        payment = await Payments(work).locked(payment_id, wanted.version)
        left = max(0, payment.unallocated - await held_by_refunds(work.session, payment_id))
        if wanted.amount > left:
            raise RefundExceeds(wanted=_text(wanted.amount, payment), left=_text(left, payment))
        row = Refund(
            tenant_id=work.tenant_id,
            client_id=payment.client_id,
            id=work.new_id(),
            number=await next_number(work.session, work.actor, SERIES, await company_day(work), Period.YEAR),
            payment_id=payment_id,
            method=payment.method,
            amount=wanted.amount,
            currency=payment.currency,
            reason=wanted.reason,
            state=RefundState.REQUESTED,
            author_id=work.actor.membership_id,
            author_name=work.actor.display_name,
            created_at=work.now,
            decided_by_name="",
            decision_reason="",
            failure_reason="",
            version=1,
        )
        work.session.add(row)
        payment.version += 1
        await work.session.flush()
        amount = Money(row.amount, row.currency)
        await request_approval(
            work,
            REFUND_APPROVAL,
            ApprovalRequest(
                subject_id=row.id,
                title=N_("收款 %(number)s 要退 %(amount)s，请审批。"),
                parameters={"number": payment.number, "amount": money_text(amount)},
                facts=(
                    Fact(N_("退款单号"), row.number),
                    Fact(N_("收款单号"), payment.number),
                    Fact(N_("付款人"), payment.payer_name),
                    Fact(N_("退款金额"), money_text(amount)),
                    Fact(N_("原因"), wanted.reason),
                ),
                expires_at=work.now + DECIDED_WITHIN,
                amount=amount,
                limits=Limits(),
            ),
        )
        work.audit("refund.requested", "refund", row.id, number=row.number, payment=payment.number)
        await work.session.flush()
        return refund_view(row)

    async def withdraw(self, refund_id: UUID, wanted: RefundVersion) -> RefundView:
        """Take the request back.

        Raises:
            Forbidden: without `refund:write`.
            NotFound, RefundMoveRefused, StaleVersion
        """
        self._work.actor.require(RefundPermission.REFUND_WRITE)
        _, row = await self._held(refund_id, wanted.version, RefundMove.WITHDRAW)
        await withdraw(self._work, REFUND_APPROVAL, row.id)
        await self._work.session.flush()
        return refund_view(row)

    async def approve_alone(self, refund_id: UUID, wanted: RefundReason) -> RefundView:
        """The owner of a company in which nobody else may approve says yes, with a reason that the audit log keeps.

        Raises:
            Forbidden: without `refund:decide`.
            RefundSomebodyElseDecides: there is somebody.
            NotFound, RefundMoveRefused, StaleVersion
        """
        work = self._work
        work.actor.require(RefundPermission.REFUND_DECIDE)
        _, row = await self._held(refund_id, wanted.version, RefundMove.APPROVE)
        if not await self.alone():
            raise RefundSomebodyElseDecides
        row.state = REFUND.after(RefundMove.APPROVE, row.state)
        row.decided_by_name, row.decision_reason = work.actor.display_name, wanted.reason
        row.version += 1
        work.audit("refund.approved", "refund", row.id, number=row.number, alone=True, reason=wanted.reason)
        await work.session.flush()
        await withdraw(work, REFUND_APPROVAL, row.id, missing_ok=True)
        _pass_on(work, row)
        return refund_view(row)

    async def alone(self) -> bool:
        """Whether no other active member may approve."""
        return not await others_may_decide(self._work, RefundPermission.REFUND_DECIDE)

    async def pay(self, refund_id: UUID, wanted: RefundPaid) -> RefundView:
        """The company's bank has sent it: said by hand.

        Raises:
            Forbidden: without `refund:write`.
            NotFound, RefundMoveRefused, StaleVersion
            RefundNotOnline: it goes back through the payment provider.
            Invalid: before the payment, or in the future.
        """
        work = self._work
        work.actor.require(RefundPermission.REFUND_WRITE)
        payment, row = await self._transferred(refund_id, wanted.version, RefundMove.PAY)
        if not payment.received_on <= wanted.paid_on <= await company_day(work):
            raise Invalid(fields={"paid_on": _PAID_ON_WRONG})
        account = await work.session.scalar(select(BankLine.own_account).where(BankLine.id == payment.line_id))
        return await self._paid(payment, row, wanted.paid_on, account or "")

    async def book_line(self, refund_id: UUID, wanted: RefundLine) -> RefundView:
        """The line of the bank's with which it went out: it is paid, and the line is done.

        Raises:
            Forbidden: without `refund:write`.
            NotFound, BankLineMoveRefused, RefundMoveRefused, StaleVersion
            RefundNotOnline: it goes back through the payment provider.
            RefundLineDiffers: another amount.
        """
        work = self._work
        work.actor.require(RefundPermission.REFUND_WRITE)
        line = await work.session.scalar(
            select(BankLine)
            .where(BankLine.id == wanted.bank_line_id)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
        if line is None:
            raise NotFound
        BANK_LINE.require(BankLineMove.REFUND, line.state)
        payment, row = await self._transferred(refund_id, wanted.version, RefundMove.PAY)
        if (line.amount, line.currency) != (-row.amount, row.currency):
            raise RefundLineDiffers
        line.state = BANK_LINE.after(BankLineMove.REFUND, line.state)
        line.reason = ""
        line.version += 1
        row.line_id = line.id
        return await self._paid(payment, row, line.day, line.own_account)

    async def fail(self, refund_id: UUID, wanted: RefundReason) -> RefundView:
        """It could not be paid: the money is the client's deposit as before.

        Raises:
            Forbidden: without `refund:write`.
            NotFound, RefundMoveRefused, StaleVersion
            RefundNotOnline: it goes back through the payment provider.
        """
        work = self._work
        work.actor.require(RefundPermission.REFUND_WRITE)
        _, row = await self._transferred(refund_id, wanted.version, RefundMove.FAIL)
        row.state = REFUND.after(RefundMove.FAIL, row.state)
        row.failure_reason = wanted.reason
        row.version += 1
        work.audit("refund.failed", "refund", row.id, number=row.number, reason=wanted.reason)
        await work.session.flush()
        return refund_view(row)

    async def _paid(self, payment: Payment, row: Refund, day: date, own_account: str) -> RefundView:
        work, ledger = self._work, Ledger(self._work)
        row.state = REFUND.after(RefundMove.PAY, row.state)
        row.paid_on = day
        row.version += 1
        payment.unallocated -= row.amount
        payment.refunded += row.amount
        payment.version += 1
        await work.session.flush()
        await ledger.post(
            EntrySource("refund", row.id, "paid"),
            await ledger.open_day(day),
            [
                Transfer(
                    LedgerAccountName(AccountKind.CLIENT_DEPOSIT, row.client_id),
                    LedgerAccountName(AccountKind.BANK, detail=own_account),
                    Money(row.amount, row.currency),
                )
            ],
            row.number,
        )
        work.audit("refund.paid", "refund", row.id, number=row.number, payment=payment.number)
        await work.session.flush()
        return refund_view(row)

    async def _transferred(self, refund_id: UUID, version: int, move: RefundMove) -> tuple[Payment, Refund]:
        found = await self._held(refund_id, version, move)
        if found[1].method == PaymentMethod.ONLINE:
            raise RefundNotOnline
        return found

    async def _held(self, refund_id: UUID, version: int, move: RefundMove) -> tuple[Payment, Refund]:
        found = await locked_refund(self._work, refund_id)
        if found is None:
            raise NotFound
        REFUND.require(move, found[1].state)
        if found[1].version != version:
            raise StaleVersion
        return found


def refund_view(row: Refund) -> RefundView:
    """A refund as it is read."""
    plain = {name: getattr(row, name) for name in RefundView.__struct_fields__ if name not in ("state", "method")}
    return RefundView(**plain, state=RefundState(row.state), method=PaymentMethod(row.method))


def _text(minor: int, payment: Payment) -> str:
    return minor_text(minor, payment.currency)


async def locked_refund(work: UnitOfWork, refund_id: UUID) -> tuple[Payment, Refund] | None:
    """The refund with its payment, the payment first."""
    payment_id = await work.session.scalar(select(Refund.payment_id).where(Refund.id == refund_id))
    if payment_id is None:
        return None
    payment = await work.session.get_one(
        Payment, (work.tenant_id, payment_id), with_for_update=True, populate_existing=True
    )
    row = await work.session.get_one(Refund, (work.tenant_id, refund_id), with_for_update=True, populate_existing=True)
    return payment, row


def _pass_on(work: UnitOfWork, row: Refund) -> None:
    """The payment provider is asked for an approved one by a worker, after the commit."""
    if row.method == PaymentMethod.ONLINE:
        work.publish(RefundApproved(refund_id=row.id))


async def _content(work: UnitOfWork, refund_id: UUID) -> object | None:
    found = await locked_refund(work, refund_id)
    if found is None:
        return None
    row = found[1]
    return {"payment": str(row.payment_id), "amount": row.amount, "reason": row.reason}


async def _follow(work: UnitOfWork, decision: Decision) -> None:
    found = await locked_refund(work, decision.subject_id)
    step = _ENDS.get(ApprovalState(decision.state))
    if found is None or step is None or not REFUND.allows(step, found[1].state):
        return
    row = found[1]
    row.state = REFUND.after(step, row.state)
    row.decided_by_name, row.decision_reason = decision.decided_by_name, decision.reason
    row.version += 1
    if step is RefundMove.APPROVE:
        work.audit("refund.approved", "refund", row.id, number=row.number)
        _pass_on(work, row)
    elif step is RefundMove.DECLINE:
        work.audit("refund.declined", "refund", row.id, number=row.number)
    else:
        work.audit("refund.withdrawn", "refund", row.id, number=row.number)


REFUND_APPROVAL: Final = ApprovalSubject(
    kind="refund",
    label=N_("退款审批"),
    permission=RefundPermission.REFUND_DECIDE,
    content=_content,
    follow=_follow,
)
