"""What lines come to, by hand and by property."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st
from msgspec import Struct

from billing.money import PriceMode
from billing.quotes.amounts import amounts_of, line_amount, totals

RATES = {"vat_13": Decimal("0.13"), "vat_6": Decimal("0.06"), "exempt": None}


class Line(Struct, frozen=True):
    quantity: Decimal
    unit_price: Decimal
    discount: Decimal = Decimal(0)
    cost: Decimal | None = None
    tax: str = "vat_13"
    price_mode: str = PriceMode.TAX_INCLUDED


def test_a_price_with_tax_is_kept_to_the_cent() -> None:
    """500 元 with 13 %: 442.48 + 57.52."""
    amount = line_amount(Line(Decimal(1), Decimal(500)), RATES["vat_13"], "CNY")
    assert [each.minor for each in amount.taxed[:3]] == [44248, 5752, 50000]


def test_a_price_without_tax_gets_it_on_top() -> None:
    amount = line_amount(Line(Decimal(1), Decimal(500), price_mode=PriceMode.TAX_EXCLUDED), RATES["vat_13"], "CNY")
    assert [each.minor for each in amount.taxed[:3]] == [50000, 6500, 56500]


def test_a_discount_is_taken_off_the_exact_product_and_rounded_once() -> None:
    """2.5 × 33.333 × 0.85 = 70.832625: 70.83; the full price is 83.33, so 12.50 were given."""
    line = Line(Decimal("2.5"), Decimal("33.333"), Decimal("0.15"))
    amount = line_amount(line, None, "CNY")
    assert (amount.taxed.gross.minor, amount.discount.minor) == (7083, 1250)


def test_yen_have_no_places() -> None:
    amount = line_amount(Line(Decimal(3), Decimal("33.5")), None, "JPY")
    assert amount.taxed.gross.minor == 101


def test_the_margin_is_of_the_net_of_lines_whose_cost_is_known() -> None:
    """442.48 net, 300 cost: 32.2 %; the hour without cost does not count."""
    lines = [Line(Decimal(1), Decimal(500), cost=Decimal(300)), Line(Decimal(2), Decimal(200), tax="vat_6")]
    summed = totals(amounts_of(lines, RATES, "CNY"), "CNY")
    assert (summed.margin, summed.uncosted, summed.gross.minor) == (Decimal("0.3220"), 1, 90000)


def test_without_any_cost_there_is_no_margin() -> None:
    lines = [Line(Decimal(1), Decimal(500))]
    assert totals(amounts_of(lines, RATES, "CNY"), "CNY").margin is None


def test_what_is_given_away_has_lost_all_of_its_cost() -> None:
    lines = [Line(Decimal(1), Decimal(500), Decimal(1), cost=Decimal(300))]
    assert totals(amounts_of(lines, RATES, "CNY"), "CNY").margin == -1


LINES = st.lists(
    st.builds(
        Line,
        st.decimals("0.001", "1000", places=3),
        st.decimals("0", "100000", places=6),
        st.decimals("0", "1", places=4),
        st.none() | st.decimals("0", "1000", places=6),
        st.sampled_from(list(RATES)),
        st.sampled_from(PriceMode),
    ),
    max_size=8,
)


@given(lines=LINES)
def test_totals_are_the_sums_of_the_lines(lines: list[Line]) -> None:
    amounts = amounts_of(lines, RATES, "CNY")
    summed = totals(amounts, "CNY")
    assert summed.net + summed.tax == summed.gross
    assert summed.gross.minor == sum(each.taxed.gross.minor for each in amounts)
    assert all(each.discount.minor >= 0 for each in amounts)
    assert summed.margin is None or summed.margin <= 1
