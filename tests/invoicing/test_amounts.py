"""Sums, shares, findings, and amounts in words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.invoicing.amounts import Totals, in_capitals, shares_of, totals_of
from billing.invoicing.findings import Finding, findings_of
from billing.money import Money, money_text

AMOUNTS = st.integers(-(10**9), 10**9)
LINES = st.lists(
    st.tuples(
        st.sampled_from(("", "集美分公司")),
        st.sampled_from(("", "财务部", "研发部")),
        st.just(""),
        st.builds(lambda net, tax: Totals(net, tax, net + tax), AMOUNTS, AMOUNTS),
    )
)


@given(LINES)
def test_the_shares_of_departments_add_up_to_the_document(lines: list[tuple[str, str, str, Totals]]) -> None:
    shares = shares_of(lines)
    assert totals_of(share.totals for share in shares) == totals_of(line[3] for line in lines)
    assert len({(share.branch, share.department) for share in shares}) == len(shares)


def test_what_belongs_to_no_department_stands_after_the_others() -> None:
    amounts = Totals(100, 6, 106)
    shares = shares_of([("", "", "", amounts), ("", "财务部", "C01", amounts), ("", "财务部", "C01", amounts)])
    assert [(share.department, share.totals.gross) for share in shares] == [("财务部", 212), ("", 106)]


@pytest.mark.parametrize(
    ("minor", "text"),
    [
        (0, "零元整"),
        (1, "壹分"),
        (10, "壹角整"),
        (105, "壹元零伍分"),
        (120, "壹元贰角整"),
        (100_000, "壹仟元整"),
        (101_000, "壹仟零壹拾元整"),
        (1_000_100, "壹万零壹元整"),
        (123_456_789, "壹佰贰拾叁万肆仟伍佰陆拾柒元捌角玖分"),
        (10_000_000_000, "壹亿元整"),
        (10_000_000_100, "壹亿零壹元整"),
        (-5_000, "负伍拾元整"),
    ],
)
def test_amounts_in_the_characters_of_cheques(minor: int, text: str) -> None:
    assert in_capitals(Money(minor, "CNY")) == text


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        (Money(128_000, "CNY"), "¥1,280.00"),
        (Money(-50, "CNY"), "-¥0.50"),
        (Money(1280, "JPY"), "JPY 1,280"),
        (Money(1234, "KWD"), "KWD 1.234"),
    ],
)
def test_amounts_have_the_places_of_their_currency(amount: Money, text: str) -> None:
    assert money_text(amount) == text


@pytest.mark.parametrize(
    ("gross", "previous", "found"),
    [
        (100_00, None, [Finding.FIRST_INVOICE]),
        (149_99, 100_00, []),
        (150_00, 100_00, [Finding.MUCH_MORE]),
        (0, 100_00, [Finding.NOTHING_DUE]),
        (-1, 100_00, [Finding.NEGATIVE]),
    ],
)
def test_what_is_unusual_is_told(gross: int, previous: int | None, found: list[Finding]) -> None:
    assert (
        findings_of(gross, least=gross, previous=previous, tax_number_needed=True, tax_number="9135", recipient="a@b.c")
        == found
    )


def test_a_buyer_without_tax_number_and_address_is_told() -> None:
    told = findings_of(100, least=-5, previous=100, tax_number_needed=True, tax_number="", recipient="")
    assert told == [Finding.NEGATIVE, Finding.TAX_NUMBER_MISSING, Finding.RECIPIENT_MISSING]
