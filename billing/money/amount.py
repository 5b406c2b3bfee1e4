"""An amount of money."""

from collections.abc import Iterable
from decimal import Decimal
from functools import cache
from typing import Self

import msgspec

from app.platform.kernel.errors import Invalid
from app.platform.kernel.texts import N_
from billing.money.rounding import EXACT, round_half_away


class CurrencyMismatch(Invalid):
    """Amounts of two currencies were added, compared or put into one document."""

    code = "money.currency_mismatch"
    text = N_("金额的币种不同（%(one)s 和 %(other)s），不能放在一起计算。")


class UnknownCurrency(Invalid):
    """The code is no currency of ISO 4217 with minor units."""

    code = "money.currency_unknown"
    text = N_("没有“%(currency)s”这种货币。")


@cache
def currency_exponent(currency: str) -> int:
    """How many decimal places the currency's minor unit stands for: CNY 2, JPY 0, KWD 3 (ISO 4217).

    Raises:
        UnknownCurrency: no such code, or one that has no minor units (gold, test codes).
    """
    import iso4217  # reads its whole table when it is loaded, which processes that never see an amount do without

    try:
        exponent = iso4217.Currency(currency).exponent
    except ValueError:
        exponent = None
    if exponent is None:
        raise UnknownCurrency(currency=currency)
    return int(exponent)


class Money(msgspec.Struct, frozen=True):
    """`minor` is a whole number of the currency's minor units (分 of CNY); negative for what is given back."""

    minor: int
    currency: str

    @classmethod
    def zero(cls, currency: str) -> Self:
        """Nothing, in this currency."""
        return cls(0, currency)

    @classmethod
    def of(cls, value: Decimal, currency: str) -> Self:
        """`value` in the currency's main unit (元), rounded half away from zero to its minor unit.

        Raises:
            UnknownCurrency.
        """
        return cls(round_half_away(value.scaleb(currency_exponent(currency), EXACT)), currency)

    @classmethod
    def total(cls, amounts: Iterable[Self], currency: str) -> Self:
        """
        Raises:
            CurrencyMismatch: one of the amounts has another currency.
        """
        result = cls.zero(currency)
        for amount in amounts:
            result += amount
        return result

    @property
    def value(self) -> Decimal:
        """In the currency's main unit, with its places: 123.40."""
        return Decimal(self.minor).scaleb(-currency_exponent(self.currency), EXACT)

    def __add__(self, other: Self) -> Self:
        return type(self)(self.minor + self._same(other).minor, self.currency)

    def __sub__(self, other: Self) -> Self:
        return type(self)(self.minor - self._same(other).minor, self.currency)

    def __neg__(self) -> Self:
        return type(self)(-self.minor, self.currency)

    def __abs__(self) -> Self:
        return type(self)(abs(self.minor), self.currency)

    def __bool__(self) -> bool:
        return self.minor != 0

    def __lt__(self, other: Self) -> bool:
        return self.minor < self._same(other).minor

    def __le__(self, other: Self) -> bool:
        return self.minor <= self._same(other).minor

    def __gt__(self, other: Self) -> bool:
        return self.minor > self._same(other).minor

    def __ge__(self, other: Self) -> bool:
        return self.minor >= self._same(other).minor

    def times(self, factor: Decimal) -> Self:
        """Rounded once: quantity times unit price, share of a whole, penalty of a fee."""
        return type(self)(round_half_away(EXACT.multiply(self.minor, factor)), self.currency)

    def _same(self, other: Self) -> Self:
        if other.currency != self.currency:
            raise CurrencyMismatch(one=self.currency, other=other.currency)
        return other
