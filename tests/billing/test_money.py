"""Amounts, rounding, splitting and tax, with values worked out by hand."""

from decimal import Decimal
from fractions import Fraction

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.money import (
    CurrencyMismatch,
    Money,
    PriceMode,
    TaxedAmount,
    UnknownCurrency,
    by_rate,
    currency_exponent,
    round_half_away,
    split,
    taxed,
)

AMOUNTS = st.integers(-(10**12), 10**12)
RATES = st.sampled_from([None, *map(Decimal, ("0", "0.01", "0.03", "0.06", "0.09", "0.13"))])


def yuan(text: str) -> Money:
    return Money.of(Decimal(text), "CNY")


@pytest.mark.parametrize(("currency", "minor"), [("CNY", 12345), ("JPY", 123), ("KWD", 123450)])
def test_an_amount_has_the_minor_units_of_its_currency(currency: str, minor: int) -> None:
    assert Money.of(Decimal("123.45"), currency).minor == minor


def test_an_amount_is_read_back_with_its_places() -> None:
    assert str(yuan("1234.5").value) == "1234.50"
    assert str(Money(5000, "JPY").value) == "5000"
    assert str(Money(-7, "KWD").value) == "-0.007"


@pytest.mark.parametrize("code", ["", "RMB", "cny", "XAU", "XXX", "人民币"])
def test_what_is_no_currency_is_refused(code: str) -> None:
    with pytest.raises(UnknownCurrency):
        currency_exponent(code)


def test_currencies_are_never_mixed() -> None:
    for mixed in (
        lambda: yuan("1") + Money(1, "JPY"),
        lambda: yuan("1") < Money(1, "JPY"),
        lambda: Money.total([yuan("1"), Money(1, "USD")], "CNY"),
    ):
        with pytest.raises(CurrencyMismatch):
            mixed()
    assert yuan("1") != Money(100, "USD")


def test_sums_are_exact_where_floats_drift() -> None:
    assert Money.total([yuan("0.10")] * 3, "CNY") == yuan("0.30")


def test_an_amount_travels_as_whole_number_and_currency() -> None:
    assert msgspec.json.encode(yuan("241.67")) == b'{"minor":24167,"currency":"CNY"}'


@pytest.mark.parametrize(
    ("value", "rounded"), [("2.5", 3), ("-2.5", -3), ("2.49999", 2), ("0.5", 1), ("-0.4", 0), ("1E+3", 1000)]
)
def test_the_middle_is_rounded_away_from_zero(value: str, rounded: int) -> None:
    assert round_half_away(Decimal(value)) == rounded == round_half_away(Fraction(Decimal(value)))


def test_quantity_times_price_is_rounded_once() -> None:
    # 1.333 h × 181.25 = 241.60625; in two roundings (1.33 h) it would be 241.06.
    assert Money(18125, "CNY").times(Decimal("1.333")) == yuan("241.61")


@given(whole=AMOUNTS, weights=st.lists(st.integers(0, 10**6), min_size=1, max_size=40).filter(any))
def test_a_split_adds_up_and_no_part_is_a_cent_off(whole: int, weights: list[int]) -> None:
    parts = split(whole, weights)
    assert sum(parts) == whole
    for part, weight in zip(parts, weights, strict=True):
        assert abs(part - Fraction(whole * weight, sum(weights))) < 1
        assert part == 0 or weight, "who has no share gets nothing"


def test_three_departments_share_one_hundred() -> None:
    assert split(10000, [1, 1, 1]) == [3334, 3333, 3333]
    assert split(-10000, [1, 1, 1]) == [-3334, -3333, -3333]
    assert split(33499, [Decimal("0.5"), Decimal("0.25"), Decimal("0.25")]) == [16749, 8375, 8375]


@pytest.mark.parametrize("weights", [[], [0, 0], [2, -1]])
def test_without_weights_nothing_is_split(weights: list[int]) -> None:
    with pytest.raises(ValueError, match="weights"):
        split(100, weights)


@pytest.mark.parametrize(
    ("amount", "rate", "mode", "net", "tax", "gross"),
    [
        ("106.00", "0.06", PriceMode.TAX_INCLUDED, "100.00", "6.00", "106.00"),
        ("100.00", "0.13", PriceMode.TAX_INCLUDED, "88.50", "11.50", "100.00"),
        ("0.01", "0.13", PriceMode.TAX_INCLUDED, "0.01", "0.00", "0.01"),
        ("-100.00", "0.13", PriceMode.TAX_INCLUDED, "-88.50", "-11.50", "-100.00"),
        ("228.00", "0.06", PriceMode.TAX_EXCLUDED, "228.00", "13.68", "241.68"),
        ("100.25", "0.06", PriceMode.TAX_EXCLUDED, "100.25", "6.02", "106.27"),
        ("50.00", "0", PriceMode.TAX_INCLUDED, "50.00", "0.00", "50.00"),
        ("50.00", None, PriceMode.TAX_EXCLUDED, "50.00", "0.00", "50.00"),
    ],
)
def test_tax_of_a_line(amount: str, rate: str | None, mode: PriceMode, net: str, tax: str, gross: str) -> None:
    share = None if rate is None else Decimal(rate)
    assert taxed(yuan(amount), share, mode) == TaxedAmount(yuan(net), yuan(tax), yuan(gross), share)


@given(amount=AMOUNTS, rate=RATES, mode=st.sampled_from(PriceMode))
def test_what_was_promised_is_kept_to_the_cent_and_a_credit_mirrors_it(
    amount: int, rate: Decimal | None, mode: PriceMode
) -> None:
    promised = Money(amount, "CNY")
    line = taxed(promised, rate, mode)
    assert line.net + line.tax == line.gross
    assert promised == (line.gross if mode is PriceMode.TAX_INCLUDED else line.net)
    assert taxed(-promised, rate, mode) == -line


@given(lines=st.lists(st.tuples(AMOUNTS, RATES, st.sampled_from(PriceMode)), max_size=30))
def test_the_groups_of_a_document_add_up_to_its_lines(lines: list[tuple[int, Decimal | None, PriceMode]]) -> None:
    reckoned = [taxed(Money(amount, "CNY"), rate, mode) for amount, rate, mode in lines]
    groups = by_rate(reckoned, "CNY")
    assert len({group.rate for group in groups}) == len(groups)
    for field in ("net", "tax", "gross"):
        assert sum(getattr(group, field).minor for group in groups) == sum(
            getattr(line, field).minor for line in reckoned
        )


def test_groups_stand_by_rate_and_exempt_ones_last() -> None:
    lines = [
        taxed(yuan("10"), rate, PriceMode.TAX_EXCLUDED) for rate in (None, Decimal("0.06"), Decimal("0.13"), Decimal(0))
    ]
    assert [group.rate for group in by_rate(lines, "CNY")] == [Decimal("0.13"), Decimal("0.06"), Decimal(0), None]
