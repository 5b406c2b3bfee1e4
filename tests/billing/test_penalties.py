"""What is given back for missed promises: by share, sum, hour or day, never beyond the period's limit."""

from decimal import Decimal

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.money import Money
from billing.terms import Penalty, PenaltyBasis, PenaltyRule, credit_due, limit_of, problems_of
from tests.billing.agreed import retainer, terms_of

SHARES = st.decimals(Decimal("0.01"), Decimal(1), places=2)
FEE, NOTHING = Money(3_600_00, "CNY"), Money(0, "CNY")
HOUR, DAY = 3_600, 86_400


def rule(basis: PenaltyBasis, value: str, kind: str = "resolution") -> PenaltyRule:
    return PenaltyRule(kind=kind, basis=basis, value=Decimal(value))


@given(fee=st.integers(0, 10**9), shares=st.tuples(SHARES, SHARES), missed=st.integers(0, 40))
def test_any_number_of_missed_promises_gives_back_the_limit_at_most(
    fee: int, shares: tuple[Decimal, Decimal], missed: int
) -> None:
    penalty, period_fee = Penalty(share=min(shares), most=max(shares)), Money(fee, "CNY")
    agreed, given_back = penalty.rule_of("response"), NOTHING
    for _ in range(missed):
        due = credit_due(penalty, agreed, 0, period_fee, given_back).amount
        assert NOTHING <= due <= period_fee.times(penalty.share)
        given_back += due
    assert given_back <= limit_of(penalty, period_fee)
    if credit_due(penalty, agreed, 0, period_fee, given_back).amount:
        assert given_back == Money(period_fee.times(penalty.share).minor * missed, "CNY")


@pytest.mark.parametrize(
    ("agreed", "late", "units", "amount"),
    [
        (rule(PenaltyBasis.SHARE, "0.05"), 30 * HOUR, 1, 180_00),
        (rule(PenaltyBasis.SUM, "200"), 30 * HOUR, 1, 200_00),
        (rule(PenaltyBasis.HOUR, "50"), 1, 1, 50_00),
        (rule(PenaltyBasis.HOUR, "50"), 2 * HOUR, 2, 100_00),
        (rule(PenaltyBasis.HOUR, "50"), 2 * HOUR + 1, 3, 150_00),
        (rule(PenaltyBasis.DAY, "300"), DAY, 1, 300_00),
        (rule(PenaltyBasis.DAY, "300"), DAY + 1, 2, 600_00),
        (rule(PenaltyBasis.DAY, "300"), 30 * DAY, 30, 720_00),
        (rule(PenaltyBasis.SUM, "0"), HOUR, 1, 0),
    ],
)
def test_started_hours_and_days_count_whole_up_to_the_limit(
    agreed: PenaltyRule, late: int, units: int, amount: int
) -> None:
    due = credit_due(Penalty(share=Decimal(0), most=Decimal("0.2")), agreed, late, FEE, NOTHING)
    assert (due.units, due.amount.minor, due.limit.minor) == (units, amount, 720_00)


def test_a_sum_as_limit_holds_where_the_period_costs_nothing() -> None:
    penalty = Penalty(share=Decimal(0), most=Decimal(0), most_amount=Decimal(500))
    assert credit_due(penalty, rule(PenaltyBasis.SUM, "200"), 0, NOTHING, Money(400_00, "CNY")).amount.minor == 100_00


def test_a_rule_holds_for_its_kind_of_promise_alone() -> None:
    penalty = Penalty(share=Decimal("0.05"), most=Decimal("0.2"), rules=(rule(PenaltyBasis.SUM, "200", "arrival"),))
    assert penalty.rule_of("arrival").basis is PenaltyBasis.SUM
    assert penalty.rule_of("response") == rule(PenaltyBasis.SHARE, "0.05", "response")


@pytest.mark.parametrize(
    ("penalty", "field"),
    [
        (Penalty(share=Decimal("0.3"), most=Decimal("0.2")), "penalty"),
        (Penalty(share=Decimal(0), most=Decimal("0.2")), "penalty"),
        (Penalty(share=Decimal("0.05"), most=Decimal("1.2")), "penalty.most"),
        (Penalty(share=Decimal("0.05"), most=Decimal("0.2"), most_amount=Decimal(0)), "penalty.most_amount"),
        (
            Penalty(share=Decimal("0.05"), most=Decimal("0.2"), rules=(rule(PenaltyBasis.SUM, "-1"),)),
            "penalty.rules.resolution",
        ),
        (
            Penalty(share=Decimal("0.05"), most=Decimal("0.2"), rules=(rule(PenaltyBasis.SUM, "1"),) * 2),
            "penalty.rules.resolution",
        ),
    ],
)
def test_what_makes_no_sense_is_said_at_its_field(penalty: Penalty, field: str) -> None:
    terms = terms_of(retainer("3600"))
    (problem,) = problems_of(msgspec.structs.replace(terms, penalty=penalty), {"vat_6"})
    assert problem.field == field


def test_what_was_agreed_before_there_were_rules_keeps_its_digest() -> None:
    plain = Penalty(share=Decimal("0.05"), most=Decimal("0.2"))
    assert msgspec.json.encode(plain) == b'{"share":"0.05","most":"0.2"}'
    assert msgspec.json.decode(msgspec.json.encode(plain), type=Penalty) == plain
