"""Sums of documents, the shares of departments, and amounts as people and the law write them. Pure."""

from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from billing.money import Money, TaxedAmount, by_rate

_DIGITS: Final = "零壹贰叁肆伍陆柒捌玖"
_PLACES: Final = ("", "拾", "佰", "仟")
_GROUPS: Final = ("", "万", "亿", "兆")


class Totals(NamedTuple):
    """Sums of rounded lines."""

    net: int
    tax: int
    gross: int


class Share(NamedTuple):
    """What of a document belongs to one department of one branch."""

    branch: str
    department: str
    cost_centre: str
    totals: Totals


def totals_of(lines: Iterable[tuple[int, int, int]]) -> Totals:
    """Net, tax and gross of the lines, added up."""
    net = tax = gross = 0
    for line in lines:
        net, tax, gross = net + line[0], tax + line[1], gross + line[2]
    return Totals(net, tax, gross)


def shares_of(lines: Iterable[tuple[str, str, str, Totals]]) -> list[Share]:
    """Branch, department, cost centre and amounts of each line, added up by the three: by branch and department, what
    belongs to no department after the others."""
    sums: dict[tuple[str, str, str], Totals] = {}
    for branch, department, cost_centre, amounts in lines:
        key = (branch, department, cost_centre)
        sums[key] = totals_of((sums.get(key, Totals(0, 0, 0)), amounts))
    ordered = sorted(sums.items(), key=lambda each: (each[0][0], not each[0][1], each[0]))
    return [Share(*key, totals) for key, totals in ordered]


def rates_of(lines: Sequence[TaxedAmount], currency: str) -> list[TaxedAmount]:
    """The lines by tax rate; the groups add up to the lines."""
    return by_rate(lines, currency)


def in_capitals(amount: Money) -> str:
    """The amount in the characters of cheques and invoices (大写): 壹仟贰佰元伍角整. For CNY.

    Raises:
        ValueError: another currency, or more than the characters reach.
    """
    if amount.currency != "CNY" or abs(amount.minor) >= 10**18:
        raise ValueError("capitals are written for amounts of CNY below ten thousand billions")
    whole, rest = divmod(abs(amount.minor), 100)
    tenths, cents = divmod(rest, 10)
    text = f"{_whole_in_capitals(whole)}元" if whole else ""
    if not rest:
        text = f"{text or '零元'}整"
    else:
        if tenths:
            text += f"{_DIGITS[tenths]}角"
        elif whole:
            text += "零"
        text += f"{_DIGITS[cents]}分" if cents else "整"
    return f"负{text}" if amount.minor < 0 else text


def _whole_in_capitals(number: int) -> str:
    """Groups of four digits, the highest first; a zero between digits is said once."""
    groups = []
    while number:
        number, group = divmod(number, 10_000)
        groups.append(group)
    text = ""
    for place, group in reversed(list(enumerate(groups))):
        if not group:
            continue
        if text and (group < 1_000 or groups[place + 1] == 0):
            text += "零"
        text += _group_in_capitals(group) + _GROUPS[place]
    return text


def _group_in_capitals(group: int) -> str:
    text = ""
    for place in (3, 2, 1, 0):
        digit = group // 10**place % 10
        if digit:
            text += _DIGITS[digit] + _PLACES[place]
        elif text and not text.endswith("零") and group % 10**place:
            text += "零"
    return text
