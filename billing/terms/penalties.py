"""What a client gets back for a missed promise. Pure."""

from billing.money import Money
from billing.terms.document import Penalty


def credit_due(penalty: Penalty, fee: Money, granted: Money) -> Money:
    """The credit for one more missed promise in a billing period that costs `fee`, of which `granted` is given back
    already: the agreed share, as far as the period's limit leaves room; zero where it leaves none.

    Raises:
        CurrencyMismatch: fee and credits of different currencies.
    """
    room = limit_of(penalty, fee) - granted
    return max(min(fee.times(penalty.share), room), Money.zero(fee.currency))


def limit_of(penalty: Penalty, fee: Money) -> Money:
    """What is given back of one billing period at most."""
    return fee.times(penalty.most)
