"""Faults that other billing systems shipped, by the number of their report, and the tests that hold what is right.

| # | what happened elsewhere | what happens here |
|---|---|---|
| 1, 2 | the next number read as the last + 1; two runs shared numbers | taken as it is issued, without gaps |
| 3 | cancelled and issued again with a new number | issued never goes back; a credit note does it |
| 4 | drafts ate numbers | a number at issue only |
| 5 | one lock for all tenants | a counter by tenant, series and year, taken last |
| 6, 7, 17 | every run billed again; a job twice; exported though saving failed | one transaction, repeatable |
| 8, 14, 15, 16 | refreshed, deleted or second drafts lost or kept a claim | one living line by charge |
| 9, 10, 26 | days of the server | days of the company's or the contract's zone |
| 12, 18 | the same change twice charged twice; two renewals | equal prices charge nothing; the old version ends |
| 19, 22–25 | anchor lost; shares by the wrong number of days | anchor kept; the actual days of the whole period |
| 28, 29, 32 | a cent too much or too little | the last part takes the rest; rounded once; whole numbers |
| 31, 33, 34 | entries out of balance; other currencies; yen × 100 | refused; the currency's own places |
| 35, 38, 40 | one credit used twice, reversed twice, or never released | locked, once, and free again |
| 39, 41 | more given back than was paid; paid twice after silence | never above what is left; a surplus is a deposit |
| 42 | a prepaid balance below zero | refused by the database, under a race too |
| 45, 46 | news in another order, or twice | asked for as it is now; once by event and by object |
| 48, 49 | refunds counted by their sum; those of the provider's pages lost | each by its own id, whoever made it |
| 50, 52 | disputes ignored; a fee refunded silently wrong | booked both ways; as the provider's books say |
"""

import re
from pathlib import Path
from typing import Final

import pytest

TESTS: Final = Path(__file__).parents[1]
PUBLISHED: Final = frozenset(
    {
        *range(1, 11),
        12,
        *range(14, 20),
        *range(22, 27),
        28,
        29,
        *range(31, 36),
        *range(38, 43),
        45,
        46,
        *range(48, 51),
        52,
    }
)
HELD_BY: Final[dict[int, tuple[str, ...]]] = {
    1: ("invoicing/test_numbers.py::test_fifty_issues_at_once_have_fifty_successive_numbers",),
    2: ("invoicing/test_numbers.py::test_fifty_issues_at_once_have_fifty_successive_numbers",),
    3: ("invoicing/test_wrong_input.py::test_what_was_issued_never_goes_back_to_a_draft",),
    4: ("invoicing/test_issuing.py::test_a_draft_that_is_refused_eats_no_number",),
    5: ("invoicing/test_wrong_input.py::test_one_company_does_not_wait_for_another_ones_number",),
    6: (
        "invoicing/test_runs.py::test_each_client_has_a_draft_and_running_twice_changes_nothing",
        "rating/test_contract_periods.py::test_run_twice_or_earlier_again_nothing_changes",
    ),
    7: ("invoicing/test_wrong_input.py::test_a_run_that_is_heard_of_again_after_its_end_ends_quietly",),
    8: ("invoicing/test_runs.py::test_what_comes_late_comes_onto_the_same_draft",),
    9: ("invoicing/test_wrong_input.py::test_a_day_is_the_companys_and_not_the_servers",),
    10: (
        "rating/test_work.py::test_a_visit_that_ends_at_the_last_second_of_a_day_belongs_to_it",
        "billing/test_periods.py::test_a_day_is_the_zones_and_not_the_servers",
    ),
    12: (
        "billing/test_period_prices.py::test_amendments_that_change_nothing_leave_the_price_as_it_was",
        "rating/test_contract_periods.py::test_an_amendment_that_leaves_the_price_charges_nothing",
    ),
    14: ("invoicing/test_runs.py::test_each_client_has_a_draft_and_running_twice_changes_nothing",),
    15: ("invoicing/test_runs.py::test_two_workers_with_the_same_run_share_its_work",),
    16: ("invoicing/test_issuing.py::test_a_discarded_draft_releases_its_charges",),
    17: ("invoicing/test_runs.py::test_a_worker_killed_anywhere_loses_and_repeats_nothing",),
    18: ("contracts/test_contract_life.py::test_a_later_amendment_for_an_earlier_day_takes_the_place_of_both",),
    19: (
        "billing/test_periods.py::test_the_anchor_of_the_31st_is_kept_through_short_months",
        "rating/test_contract_periods.py::test_months_from_the_31st_keep_their_anchor",
    ),
    22: ("billing/test_periods.py::test_the_share_of_some_days",),
    23: (
        "billing/test_periods.py::test_the_share_of_some_days",
        "addons/test_accrual.py::test_february_is_shared_by_its_own_days",
    ),
    24: ("billing/test_periods.py::test_the_share_of_some_days",),
    25: ("billing/test_period_prices.py::test_a_cheaper_year_gives_the_rest_back_and_costs_its_own_days",),
    26: ("billing/test_periods.py::test_a_civil_day_is_a_day_where_the_clock_changes_too",),
    28: ("invoicing/test_credit_notes.py::test_thirds_of_an_odd_amount_leave_nothing_over",),
    29: ("billing/test_money.py::test_quantity_times_price_is_rounded_once",),
    31: ("ledger/test_ledger.py::test_the_database_refuses_what_is_no_transfer",),
    32: ("billing/test_money.py::test_sums_are_exact_where_floats_drift",),
    33: ("ledger/test_ledger.py::test_the_database_refuses_a_posting_in_another_currency",),
    34: (
        "invoicing/test_wrong_input.py::test_yen_are_paid_in_yen_and_whole",
        "billing/test_money.py::test_an_amount_has_the_minor_units_of_its_currency",
    ),
    35: ("invoicing/test_parallel.py::test_fifty_who_share_one_payment_share_what_it_has",),
    38: ("invoicing/test_wrong_input.py::test_a_payment_is_reversed_exactly_once",),
    39: (
        "payments/test_refunds.py::test_no_more_goes_back_than_the_payment_has_left",
        "payments/test_refunds.py::test_what_settles_an_invoice_does_not_go_back",
        "gateway/test_refunding_online.py::test_what_was_never_answered_waits_and_nobody_can_use_it",
    ),
    40: ("invoicing/test_credit_notes.py::test_what_was_paid_for_it_pays_other_documents",),
    41: (
        "gateway/test_paying_online.py::test_an_answer_that_was_lost_is_had_by_asking_again",
        "gateway/test_paying_online.py::test_who_pays_twice_has_a_deposit",
        "gateway/test_refunding_online.py::test_an_answer_that_was_lost_is_found_out_and_nothing_goes_back_twice",
    ),
    42: (
        "contracts/test_prepaid.py::test_the_database_refuses_a_balance_below_nothing",
        "contracts/test_prepaid.py::test_fifty_at_once_never_take_more_than_there_is",
    ),
    45: (
        "payments/test_online_deliveries.py::test_in_any_order_and_however_often_they_tell_the_same",
        "gateway/test_refunding_online.py::test_a_refund_that_is_told_before_its_payment_waits_for_it",
    ),
    46: (
        "gateway/test_webhooks.py::test_news_are_written_down_once_in_any_order",
        "payments/test_online_payments.py::test_ten_who_tell_of_a_payment_book_it_once",
        "payments/test_online_deliveries.py::test_wherever_a_worker_dies_nothing_is_lost_or_doubled",
    ),
    48: ("payments/test_online_refunds.py::test_each_refund_counts_by_its_own_id_and_not_by_what_is_refunded_so_far",),
    49: ("gateway/test_refunding_online.py::test_a_refund_on_the_providers_pages_opens_what_was_paid",),
    50: (
        "payments/test_online_payments.py::test_a_dispute_opens_the_invoice_again_and_a_won_one_settles_it",
        "payments/test_online_payments.py::test_a_lost_dispute_stays_lost_however_often_it_is_told",
        "gateway/test_paying_online.py::test_what_a_payers_bank_takes_back_is_open_again",
    ),
    52: (
        "gateway/test_refunding_online.py::test_parts_give_the_whole_fee_back_as_the_provider_counts_it",
        "payments/test_online_refunds.py::test_the_fee_after_a_failure_is_what_the_provider_says",
    ),
}


def test_every_report_is_held_by_a_test() -> None:
    assert HELD_BY.keys() == PUBLISHED


@pytest.mark.parametrize("number", sorted(HELD_BY))
def test_the_tests_that_hold_it_are_there(number: int) -> None:
    for each in HELD_BY[number]:
        file, _, name = each.partition("::")
        assert re.search(rf"def {name}\(", (TESTS / file).read_text()), each
