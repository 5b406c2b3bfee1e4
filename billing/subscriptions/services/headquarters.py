"""Headquarters and partners' plans: invoices for bills, the list of all plans, and read-only by an event."""

from datetime import date
from typing import Final
from uuid import UUID

import msgspec
from sqlalchemy import BigInteger, cast, func, select
from sqlalchemy.ext.asyncio import AsyncEngine

from app.platform.kernel.actor import HQ_TENANT_ID
from app.platform.kernel.columns import view_of
from app.platform.kernel.errors import Forbidden, NotFound
from app.platform.kernel.texts import N_
from app.platform.kernel.unit_of_work import UnitOfWork
from billing.royalties import (
    ChargeKind,
    InvoiceSubject,
    RoyaltyInvoices,
    RoyaltyInvoiceView,
    StatementLine,
    issue_invoice,
)
from billing.royalties.models import RoyaltyInvoice
from billing.subscriptions.models import PlanBill, PlanSubscription
from billing.subscriptions.permissions import PlanPermission
from billing.subscriptions.reckoning import BillLine
from billing.subscriptions.schemas import PartnerPlan, PlanBillView
from billing.subscriptions.states import CLOSED, SubscriptionState
from tenants.company_time import company_day
from tenants.partners import PLANS, PartnerRegister, PartnerState, PartnerStep, TransitionKind
from tenants.partners.models import Partner, PartnerTransition

UNPAID_REASON: Final = N_("套餐费用逾期未付；付清后自动恢复。")
ENDED_REASON: Final = N_("套餐已经结束；重新选择套餐后自动恢复。")
PAID_REASON: Final = N_("套餐费用已经付清，或重新选择了套餐。")
SHOWN_STATES: Final = (PartnerState.TRIAL, PartnerState.ACTIVE, PartnerState.SUSPENDED)
INVOICES_SHOWN: Final = 24


async def invoice_bill(work: UnitOfWork, partner_id: UUID, bill: PlanBillView) -> None:
    """In headquarters' tenant: an invoice for a partner's bill, once.

    Raises:
        NoRule, Invalid: as `issue_invoice`.
    """
    known = await work.session.scalar(select(RoyaltyInvoice.id).where(RoyaltyInvoice.bill_id == bill.id))
    if known is not None:
        return
    await issue_invoice(
        work,
        InvoiceSubject(
            partner_id=partner_id,
            month=bill.day.replace(day=1),
            currency=bill.currency,
            net=bill.net,
            lines=tuple(_line(line, bill.day) for line in bill.lines),
            bill_id=bill.id,
        ),
    )


async def bill_of(work: UnitOfWork, bill_id: UUID) -> PlanBillView:
    """In the partner's tenant.

    Raises:
        NotFound
    """
    row = await work.session.scalar(select(PlanBill).where(PlanBill.id == bill_id))
    if row is None:
        raise NotFound
    return view_of(PlanBillView, row, lines=msgspec.convert(row.lines, list[BillLine], strict=False))


async def partner_plans(work: UnitOfWork, engine: AsyncEngine) -> list[PartnerPlan]:
    """Every partner's plan and what is open of it, those that need something first. `engine` is the network role's.

    Raises:
        Forbidden: outside headquarters, or without `plan:read`.
    """
    _require_headquarters(work)
    today = await company_day(work)
    async with engine.connect() as connection:
        rows = (await connection.execute(select(PlanSubscription.__table__))).mappings().all()
    plans = {row["tenant_id"]: row for row in rows}
    open_ = await _open(work, today)
    found = []
    for partner in await work.session.scalars(select(Partner).where(Partner.state.in_(SHOWN_STATES))):
        plan = plans.get(partner.id)
        amount, overdue = open_.get(partner.id, (0, 0))
        found.append(
            PartnerPlan(
                partner_id=partner.id,
                partner_name=partner.name,
                plan_code=plan["plan_code"] if plan else "",
                state=plan["state"] if plan else "",
                period_end=plan["period_end"] if plan else None,
                ending=plan["ending"] if plan else False,
                engineers=plan["engineers"] if plan else 0,
                devices=plan["devices"] if plan else 0,
                open=amount,
                overdue=overdue,
                currency=plan["currency"] if plan else "CNY",
            )
        )
    return sorted(found, key=lambda each: (-each.overdue, -each.open, each.partner_name, each.partner_id))


async def plan_invoices(work: UnitOfWork, partner_id: UUID | None = None) -> list[RoyaltyInvoiceView]:
    """The invoices for plans on this side, with their payments, the newest first; at headquarters a partner's."""
    wanted = select(RoyaltyInvoice.id).where(RoyaltyInvoice.bill_id.is_not(None))
    if partner_id is not None:
        wanted = wanted.where(RoyaltyInvoice.partner_id == partner_id)
    newest = wanted.order_by(RoyaltyInvoice.issued_at.desc(), RoyaltyInvoice.id.desc()).limit(INVOICES_SHOWN)
    ids = (await work.session.scalars(newest)).all()
    return [await RoyaltyInvoices(work).get(each) for each in ids]


async def follow_standing(work: UnitOfWork, engine: AsyncEngine, partner_id: UUID) -> None:
    """In headquarters' tenant: suspend the partner whose plan is closed, and let it work again when the plan runs and
    nothing else had suspended it. The plan is read after the partner is locked, so that the order of news is no matter.
    """
    partner = await work.session.get(Partner, (HQ_TENANT_ID, partner_id), with_for_update=True, populate_existing=True)
    if partner is None:
        return
    async with engine.connect() as connection:
        state = await connection.scalar(select(PlanSubscription.state).where(PlanSubscription.tenant_id == partner_id))
    if state is None:
        return
    register = PartnerRegister(work)
    if state in CLOSED and partner.state in (PartnerState.TRIAL, PartnerState.ACTIVE):
        reason = UNPAID_REASON if state == SubscriptionState.READ_ONLY else ENDED_REASON
        await register.suspend(partner_id, PartnerStep(partner.version, reason))
    elif state not in CLOSED and partner.state == PartnerState.SUSPENDED and await _by_plan(work, partner_id):
        await register.reactivate(partner_id, PartnerStep(partner.version, PAID_REASON))


async def _by_plan(work: UnitOfWork, partner_id: UUID) -> bool:
    """Whether its present suspension was the plan's."""
    reason = await work.session.scalar(
        select(PartnerTransition.reason)
        .where(PartnerTransition.subject_id == partner_id, PartnerTransition.kind == TransitionKind.STATE)
        .order_by(PartnerTransition.occurred_at.desc(), PartnerTransition.id.desc())
        .limit(1)
    )
    return reason in (UNPAID_REASON, ENDED_REASON)


async def _open(work: UnitOfWork, today: date) -> dict[UUID, tuple[int, int]]:
    """Partner → what is open of its plan's invoices, and what of it is overdue."""
    late = func.coalesce(func.sum(RoyaltyInvoice.open).filter(RoyaltyInvoice.due_on < today), 0)
    rows = await work.session.execute(
        select(
            RoyaltyInvoice.partner_id,
            cast(func.sum(RoyaltyInvoice.open), BigInteger),
            cast(late, BigInteger),
        )
        .where(RoyaltyInvoice.bill_id.is_not(None), RoyaltyInvoice.open > 0)
        .group_by(RoyaltyInvoice.partner_id)
    )
    return {partner_id: (amount, overdue) for partner_id, amount, overdue in rows}


def _require_headquarters(work: UnitOfWork) -> None:
    if work.tenant_id != HQ_TENANT_ID:
        raise Forbidden
    work.actor.require(PlanPermission.PLAN_READ)


def _line(line: BillLine, day: date) -> StatementLine:
    """As it stands on an invoice."""
    return StatementLine(
        kind=ChargeKind.PLAN,
        month=day.replace(day=1),
        amount=line.amount,
        category=line.kind,
        first=line.first,
        last=line.last,
        text=PLANS[line.plan].name if line.plan else "",
    )
