"""What days do to an order: it begins, amounts fall due, it is over. Done again, nothing happens."""

from datetime import date
from zoneinfo import ZoneInfo

from sqlalchemy import select

from app.platform.kernel.invariants import present
from app.platform.kernel.unit_of_work import UnitOfWork
from billing.addons.accrual import ONE_DAY, Share, Subscription, fallen_due, next_due
from billing.addons.events import AddonEnded
from billing.addons.models import AddonDueRecord, AddonOrder
from billing.addons.states import ADDON_ORDER_MACHINE, PLATFORM, AddonKind, AddonOrderMove, AddonOrderState
from billing.money import Money
from billing.periods import Cycle, Period, day_in
from billing.terms.document import BilledWhen

RUNNING = (AddonOrderState.ACTIVE, AddonOrderState.ENDING)


def today_of(work: UnitOfWork, order: AddonOrder) -> date:
    """The civil day at the client's."""
    return day_in(ZoneInfo(order.time_zone), work.now)


async def advance(work: UnitOfWork, order: AddonOrder) -> None:
    """Bring a locked order up to today: begin it, write what has fallen due, end it."""
    today = today_of(work, order)
    if order.kind != AddonKind.SUBSCRIBED or order.start_on is None:
        return
    if order.state == AddonOrderState.CONFIRMED and order.start_on <= today:
        _move(work, order, AddonOrderMove.START, "addon.started")
    if order.state not in RUNNING:
        order.next_on = order.start_on if order.state == AddonOrderState.CONFIRMED else None
        return
    subscription = subscription_of(order, order.start_on)
    await _write_due(work, order, subscription, today)
    if order.state == AddonOrderState.ENDING and order.last_day is not None and order.last_day < today:
        _move(work, order, AddonOrderMove.FINISH, "addon.ended")
        work.publish(AddonEnded(order_id=order.id, client_id=order.client_id))
        order.next_on = None
        return
    days = [next_due(subscription, today), order.last_day + ONE_DAY if order.last_day else None]
    order.next_on = min((day for day in days if day is not None), default=None)


def subscription_of(order: AddonOrder, start: date) -> Subscription:
    """The order as the pure rules take it."""
    return Subscription(
        unit_price=order.unit_price,
        quantity=order.quantity,
        currency=order.currency,
        cycle=Cycle(order.cycle),
        billed=BilledWhen(order.billed),
        start=start,
        end=order.last_day + ONE_DAY if order.last_day else None,
    )


def write_delivery(work: UnitOfWork, order: AddonOrder) -> None:
    """The amount of what was delivered."""
    day = present(order.delivered_on, "it was just delivered")
    amount = Money.of(order.quantity * order.unit_price, order.currency)
    work.session.add(_record(work, order, 1, day, amount))


async def _write_due(work: UnitOfWork, order: AddonOrder, subscription: Subscription, today: date) -> None:
    rows = (
        await work.session.scalars(
            select(AddonDueRecord).where(AddonDueRecord.order_id == order.id).order_by(AddonDueRecord.number)
        )
    ).all()
    written = [
        Share(Period(row.period_start, row.period_end), Money(row.amount, order.currency), row.given_back)
        for row in rows
        if row.period_start is not None and row.period_end is not None
    ]
    for number, share in enumerate(fallen_due(subscription, written, today), len(rows) + 1):
        day = share.period.start if subscription.billed is BilledWhen.IN_ADVANCE else share.period.end - ONE_DAY
        record = _record(work, order, number, day, share.amount)
        record.period_start, record.period_end = share.period.start, share.period.end
        record.given_back = share.given_back
        work.session.add(record)
    await work.session.flush()


def _record(work: UnitOfWork, order: AddonOrder, number: int, day: date, amount: Money) -> AddonDueRecord:
    return AddonDueRecord(
        tenant_id=work.tenant_id,
        id=work.new_id(),
        order_id=order.id,
        number=number,
        day=day,
        given_back=False,
        amount=amount.minor,
        made_at=work.now,
    )


def _move(work: UnitOfWork, order: AddonOrder, move: AddonOrderMove, action: str) -> None:
    order.state = ADDON_ORDER_MACHINE.after(move, order.state, PLATFORM)
    order.version += 1
    work.audit(action, "addon_order", order.id, number=order.number)
