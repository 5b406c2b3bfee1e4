"""Terms that the tests agree on."""

from datetime import date
from decimal import Decimal
from uuid import UUID

from billing.money import PriceMode
from billing.periods import Cycle, Period
from billing.terms import (
    BilledWhen,
    DeviceTier,
    HourlyRate,
    Matter,
    OutsideWork,
    PerDevice,
    PrepaidBlock,
    PrepaidUnit,
    Retainer,
    Scope,
    TermLine,
    Terms,
    TimePrices,
)

JANUARY_2027 = Period(date(2027, 1, 1), date(2028, 1, 1))
A_MONDAY = date(2027, 3, 1)
PRINTER, HEAD_OFFICE = UUID(int=1), UUID(int=2)


def terms_of(*lines: TermLine, outside: OutsideWork = OutsideWork.QUOTED, term: Period = JANUARY_2027) -> Terms:
    return Terms(
        currency="CNY",
        time_zone="Asia/Shanghai",
        term=term,
        anchor=term.start,
        cycle=Cycle.MONTH,
        billed=BilledWhen.IN_ARREARS,
        price_mode=PriceMode.TAX_INCLUDED,
        payment_days=30,
        lines=lines,
        outside=outside,
    )


def matter(
    service: str = "hardware",
    product: str = "printer",
    day: date = A_MONDAY,
    *,
    device: UUID | None = PRINTER,
    site: UUID | None = HEAD_OFFICE,
    outside_hours: bool = False,
) -> Matter:
    return Matter(
        day=day,
        service_category=service,
        product_category=product,
        device_id=device,
        site_id=site,
        outside_hours=outside_hours,
    )


def retainer(amount: str = "3100", scope: Scope | None = None, prices: TimePrices | None = None) -> Retainer:
    return Retainer(
        key="care",
        name="桌面维护",
        tax="vat_6",
        amount=Decimal(amount),
        scope=scope or Scope(),
        prices=prices or TimePrices(),
    )


HOURLY = HourlyRate(
    key="hours",
    name="按小时",
    tax="vat_6",
    prices=TimePrices(
        hour=Decimal(180), overtime_hour=Decimal(270), travel=Decimal(50), step_minutes=30, minimum_minutes=60
    ),
)
HOURS_AHEAD = PrepaidBlock(
    key="ahead",
    name="预付工时",
    tax="vat_6",
    unit=PrepaidUnit.MINUTE,
    quantity=1200,
    price=Decimal(3000),
    months_valid=12,
)

GRADUATED = PerDevice(
    key="pcs",
    name="按台",
    tax="vat_6",
    tiers=(
        DeviceTier(first=1, last=10, price=Decimal(60)),
        DeviceTier(first=11, last=50, price=Decimal(50)),
        DeviceTier(first=51, last=None, price=Decimal(40)),
    ),
)
