"""Splitting a whole without losing a cent: instalments, departments' shares, discounts over lines."""

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction


def split(whole: int, weights: Sequence[int | Decimal | Fraction]) -> list[int]:
    """`whole` minor units in proportion to `weights`, by the largest remainder; the parts add up to the whole.

    Equal remainders are served in the order of the weights, so that the same question has the same answer. A negative
    whole (a credit) is split like its positive.

    Raises:
        ValueError: no weights, a negative one, or nothing but zeros.
    """
    shares = [Fraction(weight) for weight in weights]
    total = sum(shares)
    if not total or min(shares) < 0:
        raise ValueError("weights are not negative, and not all zero")
    sign = -1 if whole < 0 else 1
    exact = [abs(whole) * share / total for share in shares]
    parts = [share.numerator // share.denominator for share in exact]
    by_remainder = sorted(range(len(parts)), key=lambda index: parts[index] - exact[index])
    for index in by_remainder[: abs(whole) - sum(parts)]:
        parts[index] += 1
    return [sign * part for part in parts]
