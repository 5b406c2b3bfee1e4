"""Decimals as people and programs send them: numbers that a price or a share can be."""

from decimal import Decimal
from typing import Final

import msgspec

from app.platform.kernel.errors import Invalid
from app.platform.kernel.texts import N_

LARGEST: Final = Decimal(10**11)
MOST_PLACES: Final = 12
"""More than any price may have; terms with more than six places are told so where they are checked."""
IMPOSSIBLE: Final = N_("请填写一个数。")


class WithAmounts(msgspec.Struct, frozen=True):
    """A struct with decimals.

    Raises:
        Invalid: one of them is no number, or out of all proportion; `fields` names it.
    """

    def __post_init__(self) -> None:
        require_amounts(self)


def require_amounts(record: msgspec.Struct) -> None:
    """
    Raises:
        Invalid: a decimal is no number, or out of all proportion.
    """
    wrong = {
        name: IMPOSSIBLE
        for name in record.__struct_fields__
        if isinstance(value := getattr(record, name), Decimal) and not _possible(value)
    }
    if wrong:
        raise Invalid(fields=wrong)


def _possible(value: Decimal) -> bool:
    if not value.is_finite() or abs(value) >= LARGEST:
        return False
    exponent = value.as_tuple().exponent
    return isinstance(exponent, int) and exponent >= -MOST_PLACES
