"""What a client gets back for a missed promise. Pure."""

from typing import Final, NamedTuple

from billing.money import Money
from billing.terms.document import Penalty, PenaltyBasis, PenaltyRule

_SECONDS: Final = {PenaltyBasis.HOUR: 3_600, PenaltyBasis.DAY: 86_400}
RATES: Final = frozenset(_SECONDS)
"""What is known only once the promise was kept, or is kept no more."""


class CreditDue(NamedTuple):
    """What one missed promise gives back. `units` are started hours or days, 1 where it is no matter how late."""

    units: int
    amount: Money
    limit: Money
    """Of the billing period at most."""


def credit_due(penalty: Penalty, rule: PenaltyRule, late_seconds: int, fee: Money, granted: Money) -> CreditDue:
    """The credit for one more missed promise in a billing period that costs `fee`, of which `granted` is given back
    already: what was agreed, as far as the period's limit leaves room; zero where it leaves none.

    Raises:
        CurrencyMismatch: fee and credits of different currencies.
    """
    unit = _SECONDS.get(rule.basis)
    units = max(1, -(-late_seconds // unit)) if unit else 1
    by_share = rule.basis is PenaltyBasis.SHARE
    agreed = fee.times(rule.value) if by_share else Money.of(rule.value * units, fee.currency)
    limit = limit_of(penalty, fee)
    return CreditDue(units, max(min(agreed, limit - granted), Money.zero(fee.currency)), limit)


def limit_of(penalty: Penalty, fee: Money) -> Money:
    """What is given back of one billing period at most."""
    if penalty.most_amount is not None:
        return Money.of(penalty.most_amount, fee.currency)
    return fee.times(penalty.most)
