"""What billing periods cost by the day, and what is charged or given back where it costs something else by now.

A price is that of a whole billing period; days have their share of it (`price_of_days`), so that the shares of any
division add up to the price. What was charged stays; what has changed since is balanced for the days that it changes.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import pairwise

import msgspec

from billing.money import Money, PriceMode
from billing.periods import Period, price_of_days
from billing.terms.document import Terms
from billing.terms.lines import PerDevice, Retainer, StationedStaff, TermLine


class DeviceCount(msgspec.Struct, frozen=True, order=True):
    """So many devices from this day on, until the next count."""

    day: date
    devices: int


class PeriodPrice(msgspec.Struct, frozen=True, kw_only=True):
    """What a whole billing period costs by one line, and how it is taxed."""

    price: Money
    tax: str
    price_mode: PriceMode


class PricedDays(msgspec.Struct, frozen=True):
    """Some days of a billing period at one price."""

    days: Period
    price: PeriodPrice

    def share(self, whole: Period) -> Money:
        """What these days of the period cost."""
        return price_of_days(self.price.price, whole, self.days)


class Balance(msgspec.Struct, frozen=True):
    """Days to be charged at a price, or (`gives_back`) given back at the price at which they were charged."""

    days: Period
    price: PeriodPrice
    gives_back: bool = False


def priced_days(terms: Terms, line: TermLine, days: Period, counts: Sequence[DeviceCount] = ()) -> Iterator[PricedDays]:
    """What the line costs on `days` of one billing period, in stretches of one price; nothing where it costs nothing.
    `counts` has the devices in use, for a line that is priced by them."""
    match line:
        case Retainer():
            stretches = [(days, terms.money(line.amount))]
        case StationedStaff():
            stretches = [(days, terms.money(line.heads * line.price))]
        case PerDevice():
            stretches = [(stretch, terms.money(line.price_of(devices))) for stretch, devices in _counted(days, counts)]
        case _:
            stretches = []
    for stretch, price in stretches:
        if price:
            yield PricedDays(stretch, PeriodPrice(price=price, tax=line.tax, price_mode=terms.price_mode))


def balances(charged: Sequence[Balance], due: Sequence[PricedDays]) -> list[Balance]:
    """What makes the days of one billing period cost what is due, after what was charged and given back of them: what
    is given back first, each in the order of its days. Where nothing differs, nothing."""
    spans = [*(each.days for each in charged), *(each.days for each in due)]
    edges = sorted({edge for days in spans for edge in (days.start, days.end)})
    missing: list[Balance] = []
    for stretch in (Period(start, end) for start, end in pairwise(edges)):
        difference = Counter(each.price for each in due if each.days.overlap(stretch))
        for each in charged:
            if each.days.overlap(stretch):
                difference[each.price] += 1 if each.gives_back else -1
        for price, times in difference.items():
            missing += [Balance(stretch, price, gives_back=times < 0)] * abs(times)
    return _joined(missing)


def _joined(found: Sequence[Balance]) -> list[Balance]:
    """Stretches of one price that follow each other as one."""
    joined: list[Balance] = []
    for each in sorted(found, key=_in_order):
        last = joined[-1] if joined else None
        if last and (last.price, last.gives_back, last.days.end) == (each.price, each.gives_back, each.days.start):
            joined[-1] = msgspec.structs.replace(last, days=Period(last.days.start, each.days.end))
        else:
            joined.append(each)
    return sorted(joined, key=lambda each: (not each.gives_back, each.days))


def _in_order(each: Balance) -> tuple[bool, int, str, str, Period]:
    return not each.gives_back, each.price.price.minor, each.price.tax, each.price.price_mode, each.days


def _counted(days: Period, counts: Sequence[DeviceCount]) -> Iterator[tuple[Period, int]]:
    """The days in stretches with one number of devices each; days before the first count have none."""
    edges = sorted({days.start, days.end, *(count.day for count in counts if count.day in days)})
    for start, end in pairwise(edges):
        before = [count for count in counts if count.day <= start]
        if before:
            yield Period(start, end), max(before).devices
