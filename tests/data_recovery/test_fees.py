"""The fee of a case, by the rule that the client approved: numbers worked out by hand, and what holds for all."""

from hypothesis import given
from hypothesis import strategies as st

from billing.data_recovery.fees import (
    Fee,
    FeeBasis,
    FeeReason,
    FeeTerms,
    FileOutcome,
    LeastFee,
    Tally,
    fee_of_result,
    fee_when_stopped,
    tally_of,
)
from billing.money import Money

FULL = Money(3_000_00, "CNY")


def terms(
    basis: FeeBasis = FeeBasis.SHARE,
    without_result: LeastFee = LeastFee.NOTHING,
    when_stopped: LeastFee = LeastFee.DIAGNOSIS,
    diagnosis_fee: int = 300_00,
) -> FeeTerms:
    return FeeTerms(basis=basis, diagnosis_fee=diagnosis_fee, without_result=without_result, when_stopped=when_stopped)


def cny(minor: int) -> Money:
    return Money(minor, "CNY")


def test_everything_recovered_costs_the_whole_fee() -> None:
    assert fee_of_result(terms(), FULL, Tally(3, 0, 0)) == Fee(FULL, FeeReason.RECOVERED)


def test_of_three_files_one_whole_one_in_part_one_lost_half_is_due() -> None:
    assert fee_of_result(terms(), FULL, Tally(1, 1, 1)) == Fee(cny(1_500_00), FeeReason.SHARE_RECOVERED)


def test_a_third_of_a_hundred_yuan_is_rounded_once() -> None:
    assert fee_of_result(terms(), cny(100_00), Tally(1, 0, 2)).amount == cny(33_33)
    assert fee_of_result(terms(), cny(100_00), Tally(2, 0, 1)).amount == cny(66_67)


def test_a_flat_fee_is_due_whole_as_soon_as_anything_came_back() -> None:
    assert fee_of_result(terms(FeeBasis.FLAT), FULL, Tally(0, 1, 99)) == Fee(FULL, FeeReason.RECOVERED)


def test_nothing_recovered_costs_nothing_or_the_diagnosis() -> None:
    nothing = Tally(0, 0, 5)
    assert fee_of_result(terms(), FULL, nothing) == Fee(cny(0), FeeReason.NOTHING_RECOVERED)
    diagnosed = fee_of_result(terms(without_result=LeastFee.DIAGNOSIS), FULL, nothing)
    assert diagnosed == Fee(cny(300_00), FeeReason.NOTHING_RECOVERED)


def test_a_little_recovered_never_costs_less_than_nothing_would() -> None:
    rule = terms(without_result=LeastFee.DIAGNOSIS)
    assert fee_of_result(rule, FULL, Tally(1, 0, 99)).amount == cny(300_00)


def test_media_wanted_back_half_way_cost_the_diagnosis_or_nothing() -> None:
    assert fee_when_stopped(terms(), FULL) == Fee(cny(300_00), FeeReason.STOPPED)
    assert fee_when_stopped(terms(when_stopped=LeastFee.NOTHING), FULL).amount == cny(0)


TERMS = st.builds(
    terms,
    st.sampled_from(FeeBasis),
    st.sampled_from(LeastFee),
    st.sampled_from(LeastFee),
    st.integers(0, 10**9),
)
COUNTS = st.integers(0, 5_000)


@given(TERMS, st.integers(0, 10**11), COUNTS, COUNTS, COUNTS)
def test_no_fee_is_negative_or_above_the_whole(
    rule: FeeTerms, full: int, recovered: int, partial: int, lost: int
) -> None:
    for fee in (fee_of_result(rule, cny(full), Tally(recovered, partial, lost)), fee_when_stopped(rule, cny(full))):
        assert 0 <= fee.amount.minor <= full
        assert fee.amount.currency == "CNY"


@given(TERMS, st.integers(0, 10**11), st.lists(st.sampled_from(FileOutcome), min_size=1, max_size=60), st.data())
def test_a_file_that_comes_back_better_never_makes_it_cheaper(
    rule: FeeTerms, full: int, outcomes: list[FileOutcome], data: st.DataObject
) -> None:
    order = (FileOutcome.LOST, FileOutcome.PARTIAL, FileOutcome.RECOVERED)
    place = data.draw(st.integers(0, len(outcomes) - 1))
    better = data.draw(st.sampled_from(order[order.index(outcomes[place]) :]))
    improved = [*outcomes[:place], better, *outcomes[place + 1 :]]
    before = fee_of_result(rule, cny(full), tally_of(outcomes))
    assert fee_of_result(rule, cny(full), tally_of(improved)).amount.minor >= before.amount.minor
