"""Keeping the facts: a month is counted anew from the records whenever one of its documents has changed.

Nothing is counted up from what an event says, so duplicates, late arrivals and any order of deliveries do no harm. The
month is locked before its records are read: whoever comes later sees at least what was counted here. Months are locked
in the order of time.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date
from uuid import UUID

import msgspec
from sqlalchemy import and_, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert

from app.platform.kernel.unit_of_work import UnitOfWork
from billing.credits import CreditState
from billing.credits.models import ServiceCredit
from billing.invoicing import invoiced_sums
from billing.invoicing.models import Invoice, OpenItem
from billing.payments.models import PaymentAllocation
from billing.rating import ChargeCategory
from tenants.partner_finance.models import FinanceFact, FinanceMonth
from tenants.partner_metrics import Grain, beginning, following


class Amounts(msgspec.Struct):
    """The numbers of one fact."""

    billed: int = 0
    credited: int = 0
    paid: int = 0
    granted: int = 0


Key = tuple[str, str, date]
"""Category, currency, due day."""


async def record_invoices(work: UnitOfWork, invoice_ids: Collection[UUID]) -> None:
    """Bring the months of these invoices up to date."""
    days = await work.session.scalars(select(Invoice.issued_on).where(Invoice.id.in_(invoice_ids)).distinct())
    await count_months(work, map(_month_of, days))


async def record_payments(work: UnitOfWork, payment_ids: Collection[UUID]) -> None:
    """Bring the months of what these payments settle, or settled once, up to date."""
    days = await work.session.scalars(
        select(OpenItem.issued_on)
        .join(
            PaymentAllocation,
            and_(PaymentAllocation.tenant_id == OpenItem.tenant_id, PaymentAllocation.open_item_id == OpenItem.id),
        )
        .where(PaymentAllocation.payment_id.in_(payment_ids))
        .distinct()
    )
    await count_months(work, map(_month_of, days))


async def record_credits(work: UnitOfWork, credit_ids: Collection[UUID]) -> None:
    """Bring the months of whose promises these credits are up to date."""
    days = await work.session.scalars(
        select(ServiceCredit.period_start).where(ServiceCredit.id.in_(credit_ids)).distinct()
    )
    await count_months(work, map(_month_of, days))


async def rebuild(work: UnitOfWork) -> int:
    """Count every month of the tenant anew; how many."""
    days = [
        *await work.session.scalars(select(Invoice.issued_on).distinct()),
        *await work.session.scalars(select(ServiceCredit.period_start).distinct()),
        *await work.session.scalars(select(FinanceMonth.month)),
    ]
    return await count_months(work, map(_month_of, days))


async def count_months(work: UnitOfWork, months: Iterable[date]) -> int:
    """Count these months, in order; how many."""
    wanted = sorted(set(months))
    if not wanted:
        return 0
    rows = [
        {"tenant_id": work.tenant_id, "id": work.new_id(), "month": month, "counted_at": work.now} for month in wanted
    ]
    await work.session.execute(insert(FinanceMonth).on_conflict_do_nothing(index_elements=["tenant_id", "month"]), rows)
    await work.session.execute(
        select(FinanceMonth.month).where(FinanceMonth.month.in_(wanted)).order_by(FinanceMonth.month).with_for_update()
    )
    for month in wanted:
        facts = await _facts_of(work, month)
        await work.session.execute(delete(FinanceFact).where(FinanceFact.month == month))
        work.session.add_all(
            FinanceFact(
                tenant_id=work.tenant_id,
                id=work.new_id(),
                month=month,
                category=category,
                currency=currency,
                due_on=due_on,
                **msgspec.structs.asdict(amounts),
            )
            for (category, currency, due_on), amounts in sorted(facts.items())
        )
    await work.session.flush()
    await work.session.execute(update(FinanceMonth).where(FinanceMonth.month.in_(wanted)).values(counted_at=work.now))
    return len(wanted)


async def _facts_of(work: UnitOfWork, month: date) -> dict[Key, Amounts]:
    end = following(Grain.MONTH, month)
    facts: dict[Key, Amounts] = defaultdict(Amounts)
    for each in await invoiced_sums(work, month, end):
        fact = facts[each.category, each.currency, each.due_on]
        fact.billed += each.billed
        fact.credited += each.credited
        fact.paid += each.paid
    granted = await work.session.execute(
        select(ServiceCredit.currency, func.sum(ServiceCredit.amount))
        .where(
            ServiceCredit.state == CreditState.APPROVED,
            ServiceCredit.period_start >= month,
            ServiceCredit.period_start < end,
        )
        .group_by(ServiceCredit.currency)
    )
    for currency, amount in granted:
        facts[ChargeCategory.CREDIT.value, currency, month].granted += int(amount)
    return facts


def _month_of(day: date) -> date:
    return beginning(Grain.MONTH, day)
