"""What stands on a statement. Pure: from what the month owes, and what earlier months owe now and were asked for."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from billing.royalties.reckoning import RoyaltyLine, due
from billing.royalties.schemas import ChargeKind, StatementLine


def statement_lines(
    month: date,
    own: Sequence[RoyaltyLine],
    minimum: int,
    earlier: Mapping[date, int],
    agreed: Iterable[StatementLine] = (),
) -> list[StatementLine]:
    """The lines, in the order in which they are read. `earlier` is, by month, what it owes now less what it was asked
    for elsewhere. Nobody is asked for less than nothing: that is carried into a later statement."""
    lines = [
        StatementLine(
            kind=ChargeKind.REVENUE,
            month=month,
            amount=each.amount,
            category=each.category,
            star_level=each.star_level,
            rate=each.rate,
            first=each.first,
            last=each.last,
            revenue=each.revenue,
        )
        for each in own
    ]
    missing = due(own, minimum) - sum(each.amount for each in own)
    if missing:
        lines.append(StatementLine(kind=ChargeKind.MINIMUM, month=month, amount=missing))
    lines += [
        StatementLine(kind=ChargeKind.EARLIER, month=when, amount=amount)
        for when, amount in sorted(earlier.items())
        if amount
    ]
    lines += agreed
    amount = sum(each.amount for each in lines)
    if amount < 0:
        lines.append(StatementLine(kind=ChargeKind.CARRIED, month=month, amount=-amount))
    return lines


def charges_of(lines: Iterable[StatementLine]) -> dict[tuple[ChargeKind, date], int]:
    """What the lines ask for, by kind and month."""
    sums: dict[tuple[ChargeKind, date], int] = defaultdict(int)
    for line in lines:
        sums[line.kind, line.month] += line.amount
    return {key: amount for key, amount in sums.items() if amount}
