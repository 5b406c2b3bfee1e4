"""What clients owe for add-ons, for whoever turns it into charges."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Final
from uuid import UUID

from sqlalchemy import select

from app.platform.kernel.unit_of_work import UnitOfWork
from billing.addons.models import AddonDueRecord, AddonOrder
from billing.addons.schemas import AddonDue
from billing.addons.services.progress import advance
from billing.money import Money, PriceMode
from billing.periods import Period
from billing.terms import ChargeUnit

EAST: Final = timedelta(hours=14)
"""Nowhere on earth is it later than this after UTC."""


async def advance_orders(work: UnitOfWork) -> None:
    """Bring every order up to its client's today. Done again, nothing happens."""
    latest = (work.now + EAST).date()
    orders = await work.session.scalars(
        select(AddonOrder).where(AddonOrder.next_on <= latest).order_by(AddonOrder.id).with_for_update()
    )
    for order in orders.all():
        await advance(work, order)
    await work.session.flush()


async def addon_charges_due(
    work: UnitOfWork, until: date, after_id: UUID | None = None, limit: int = 500
) -> list[AddonDue]:
    """Amounts of the days up to `until`, in the order in which they were written, after the one of `after_id`.

    The first call of a run, which names none, also writes down what has fallen due. An amount never changes and keeps
    its `id`: whoever makes charges asks for all and makes each once. One whose transaction took long may appear
    before others that were seen, so that a run begins anew instead of where the last one stopped.
    """
    if after_id is None:
        await advance_orders(work)
    due = (
        select(AddonDueRecord, AddonOrder)
        .join(
            AddonOrder,
            (AddonOrder.tenant_id == AddonDueRecord.tenant_id) & (AddonOrder.id == AddonDueRecord.order_id),
        )
        .where(AddonDueRecord.day <= until)
        .order_by(AddonDueRecord.id)
        .limit(limit)
    )
    if after_id is not None:
        due = due.where(AddonDueRecord.id > after_id)
    return [_due(record, order) for record, order in await work.session.execute(due)]


def _due(record: AddonDueRecord, order: AddonOrder) -> AddonDue:
    amount = Money(record.amount, order.currency)
    period = None
    rule, quantity, unit, unit_price = "delivery", order.quantity, order.unit, order.unit_price
    if record.period_start is not None and record.period_end is not None:
        period = Period(record.period_start, record.period_end)
        rule, quantity, unit, unit_price = "period", Decimal(1), ChargeUnit.PERIOD, amount.value
        if record.given_back:
            rule = "rest"
    return AddonDue(
        id=record.id,
        rule=rule,
        order_id=order.id,
        order_number=order.number,
        client_id=order.client_id,
        site_id=order.site_id,
        device_id=order.device_id,
        day=record.day,
        period=period,
        name=order.name,
        service_category=order.service_category,
        quantity=quantity,
        unit=unit,
        unit_price=unit_price,
        amount=amount,
        tax=order.tax,
        price_mode=PriceMode(order.price_mode),
    )
