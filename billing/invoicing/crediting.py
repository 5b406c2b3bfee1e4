"""How much of an invoice's lines is given back. Pure; amounts are minor units."""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import NamedTuple
from uuid import UUID

from billing.invoicing.amounts import Totals
from billing.invoicing.errors import CreditBeyondLine, NothingToCredit
from billing.money import round_half_away

NOTHING = Totals(0, 0, 0)


class CreditableLine(NamedTuple):
    """A line as it was invoiced, and what of it was given back before."""

    id: UUID
    name: str
    invoiced: Totals
    credited: Totals

    @property
    def left(self) -> int:
        """With tax."""
        return self.invoiced.gross - self.credited.gross


def part_of(line: CreditableLine, gross: int) -> Totals:
    """`gross` of what is left of a line, with its net and tax. Reckoned as what belongs to all that was given back up
    to here less what was before, so that the last part takes what rounding left over, whatever the parts were."""
    if not line.invoiced.gross:
        return NOTHING
    until_here = line.credited.gross + gross
    net = round_half_away(Fraction(line.invoiced.net * until_here, line.invoiced.gross)) - line.credited.net
    return Totals(net, gross - net, gross)


def credited_parts(lines: Sequence[CreditableLine], wanted: Mapping[UUID, int]) -> dict[UUID, Totals]:
    """Line → what is given back of it. `wanted` is with tax; empty: all that is left of every line.

    Raises:
        CreditBeyondLine: more than is left of a line or of the invoice, nothing of it, or a line of another invoice.
        NothingToCredit: nothing is left.
    """
    known = {line.id: line for line in lines}
    chosen = dict(wanted) or {line.id: line.left for line in lines if line.left}
    for line_id, gross in chosen.items():
        line = known.get(line_id)
        if line is None or (wanted and not 0 < gross <= line.left):
            raise CreditBeyondLine(name=line.name if line else "")
    total, left = sum(chosen.values()), sum(line.left for line in lines)
    if left <= 0:
        raise NothingToCredit
    if not 0 < total <= left:
        raise CreditBeyondLine(name="")
    return {line.id: part_of(line, chosen[line.id]) for line in lines if line.id in chosen}
