"""What a contract covers, and why."""

from datetime import date
from decimal import Decimal
from uuid import uuid4

import msgspec
import pytest

from billing.terms import (
    CoverageReason,
    CoverageState,
    Matter,
    Milestone,
    OutsideWork,
    Scope,
    TimePrices,
    coverage,
)
from tests.billing.agreed import HEAD_OFFICE, HOURLY, HOURS_AHEAD, PRINTER, matter, retainer, terms_of


class TestCoverage:
    def test_what_falls_into_the_scope_is_included(self) -> None:
        answer = coverage(terms_of(retainer()), matter(), {})
        assert (answer.state, answer.reason, answer.line_key) == (
            CoverageState.COVERED,
            CoverageReason.INCLUDED,
            "care",
        )

    @pytest.mark.parametrize(
        ("scope", "asked", "reason"),
        [
            (
                Scope(excluded_product_categories=frozenset({"consumable"})),
                matter(product="consumable"),
                CoverageReason.PRODUCT_NOT_COVERED,
            ),
            (
                Scope(service_categories=frozenset({"software"})),
                matter(service="hardware"),
                CoverageReason.SERVICE_NOT_COVERED,
            ),
            (Scope(device_ids=frozenset({PRINTER})), matter(device=uuid4()), CoverageReason.DEVICE_NOT_LISTED),
            (Scope(device_ids=frozenset({PRINTER})), matter(device=None), CoverageReason.DEVICE_NOT_LISTED),
            (Scope(site_ids=frozenset({HEAD_OFFICE})), matter(site=uuid4()), CoverageReason.SITE_NOT_LISTED),
        ],
    )
    def test_what_lies_outside_is_quoted_or_refused_with_its_reason(
        self, scope: Scope, asked: Matter, reason: CoverageReason
    ) -> None:
        quoted = coverage(terms_of(retainer(scope=scope)), asked, {})
        refused = coverage(terms_of(retainer(scope=scope), outside=OutsideWork.REFUSED), asked, {})
        assert (quoted.state, quoted.reason) == (CoverageState.NEEDS_QUOTE, reason)
        assert (refused.state, refused.reason) == (CoverageState.NOT_COVERED, reason)

    @pytest.mark.parametrize(
        ("day", "covered"), [("2026-12-31", False), ("2027-01-01", True), ("2027-12-31", True), ("2028-01-01", False)]
    )
    def test_the_first_day_belongs_to_the_term_and_the_end_does_not(self, day: str, covered: bool) -> None:
        answer = coverage(terms_of(retainer()), matter(day=date.fromisoformat(day)), {})
        assert (answer.reason is not CoverageReason.NOT_IN_FORCE) == covered

    def test_the_better_answer_wins_whatever_the_order_of_the_lines(self) -> None:
        software_only = retainer(scope=Scope(service_categories=frozenset({"software"})))
        for lines in ((software_only, HOURLY), (HOURLY, software_only)):
            assert coverage(terms_of(*lines), matter("software"), {}).line_key == "care"
            assert coverage(terms_of(*lines), matter("hardware"), {}).line_key == "hours"

    def test_what_was_paid_ahead_is_used_before_an_agreed_price(self) -> None:
        terms = terms_of(HOURLY, HOURS_AHEAD)
        assert coverage(terms, matter(), {"ahead": 30}).reason is CoverageReason.PREPAID
        assert coverage(terms, matter(), {"ahead": 0}).reason is CoverageReason.AGREED_PRICE
        assert coverage(terms_of(HOURS_AHEAD), matter(), {}).reason is CoverageReason.PREPAID_USED_UP
        with_overage = msgspec.structs.replace(HOURS_AHEAD, overage=Decimal(200))
        assert coverage(terms_of(with_overage), matter(), {}).reason is CoverageReason.PREPAID_OVERAGE

    def test_at_night_overtime_is_charged_if_it_was_agreed_and_quoted_if_not(self) -> None:
        night = matter(outside_hours=True)
        assert coverage(terms_of(retainer()), night, {}).reason is CoverageReason.OUTSIDE_HOURS
        agreed = retainer(prices=TimePrices(overtime_hour=Decimal(270)))
        assert coverage(terms_of(agreed), night, {}).reason is CoverageReason.INCLUDED_OVERTIME

    def test_a_project_covers_no_faults(self) -> None:
        project = Milestone(key="m1", name="布线完成", tax="vat_9", amount=Decimal(50000))
        assert coverage(terms_of(project), matter(), {}).state is CoverageState.NEEDS_QUOTE
