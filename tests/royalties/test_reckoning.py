"""What counts as revenue and what is owed for it, whatever the order of events; by hand, and by a thousand stories."""

from datetime import date, timedelta
from decimal import Decimal
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from billing.money import Money
from billing.royalties.reckoning import (
    Rate,
    Revenue,
    StarLevel,
    due,
    minimum_of,
    month_period,
    rate_on,
    royalty_lines,
)
from billing.royalties.recognition import CreditedPart, InvoiceRecord, PaidPart, recognised

NOVEMBER = month_period(date(2026, 11, 1))
FIVE, FOUR, THREE = Decimal("0.05"), Decimal("0.04"), Decimal("0.03")
FIRST = date(2026, 1, 1)


def day(number: int) -> date:
    return date(2026, 11, number)


def test_a_payment_counts_by_the_share_of_the_invoice_that_it_pays() -> None:
    invoice = InvoiceRecord(
        issued_on=day(2),
        gross=219_00,
        net={"service_fee": 100_00, "part": 100_00},
        paid=[PaidPart(day(10), 73_00), PaidPart(day(20), 146_00)],
    )
    found = recognised(invoice)
    assert found[day(2), "part"] == (100_00, 0)
    assert found[day(10), "part"] == (0, 33_33)
    assert found[day(20), "part"] == (0, 66_67)


def test_what_a_credit_note_gives_back_is_no_revenue_from_its_day_on() -> None:
    invoice = InvoiceRecord(
        issued_on=day(2),
        gross=200_00,
        net={"work": 100_00, "part": 100_00},
        credited=[CreditedPart(day(15), "part", 100_00, 100_00)],
        paid=[PaidPart(day(10), 200_00), PaidPart(day(15), -100_00)],
    )
    found = recognised(invoice)
    assert found[day(10), "part"] == (0, 100_00)
    assert found[day(15), "part"] == (-100_00, -100_00)
    assert (day(15), "work") not in found


def test_a_payment_that_is_taken_back_counts_no_more_from_that_day_on() -> None:
    invoice = InvoiceRecord(
        issued_on=day(2), gross=100, net={"work": 100}, paid=[PaidPart(day(3), 100), PaidPart(day(9), -100)]
    )
    assert recognised(invoice)[day(9), "work"] == (0, -100)


AMOUNT = st.integers(1, 10**7)
DAY = st.integers(1, 60).map(lambda number: date(2026, 10, 31) + timedelta(days=number))
INVOICES = st.builds(
    lambda issued, nets, notes, paid: InvoiceRecord(
        issued_on=issued,
        gross=sum(nets.values()),
        net=nets,
        credited=[CreditedPart(on, kind, nets[kind] // 4, nets[kind] // 4) for on, kind in notes if kind in nets],
        paid=[PaidPart(on, amount) for on, amount in paid],
    ),
    DAY,
    st.dictionaries(st.sampled_from(["work", "part", "travel"]), AMOUNT, min_size=1),
    st.lists(st.tuples(DAY, st.sampled_from(["work", "part", "travel"])), max_size=3),
    st.lists(st.tuples(DAY, AMOUNT), max_size=5),
)


@given(INVOICES, st.randoms(use_true_random=False))
def test_the_order_in_which_things_become_known_does_not_matter(invoice: InvoiceRecord, random: Random) -> None:
    shuffled = InvoiceRecord(
        issued_on=invoice.issued_on,
        gross=invoice.gross,
        net=invoice.net,
        credited=random.sample(invoice.credited, len(invoice.credited)),
        paid=random.sample(invoice.paid, len(invoice.paid)),
    )
    assert recognised(shuffled) == recognised(invoice)


@given(INVOICES)
def test_posted_is_what_credit_notes_left_and_paid_is_the_same_once_nothing_is_open(invoice: InvoiceRecord) -> None:
    open_ = invoice.gross - sum(each.gross for each in invoice.credited) - sum(each.amount for each in invoice.paid)
    invoice.paid.append(PaidPart(date(2027, 3, 1), open_))
    left = dict(invoice.net)
    for each in invoice.credited:
        left[each.category] -= each.net
    found = recognised(invoice)
    for kind, net in left.items():
        assert sum(added.posted for (_, category), added in found.items() if category == kind) == net
        assert sum(added.paid for (_, category), added in found.items() if category == kind) == net


@given(st.lists(INVOICES, min_size=1, max_size=6), st.lists(st.integers(2, 30), max_size=4))
def test_a_month_s_lines_hold_the_revenue_of_the_invoices_whatever_rates_change_inside(
    invoices: list[InvoiceRecord], changes: list[int]
) -> None:
    revenue = [
        Revenue(on, category, added.posted)
        for invoice in invoices
        for (on, category), added in recognised(invoice).items()
    ]
    rates = [Rate("", 0, FIVE, FIRST)]
    rates += [Rate("work", 0, Decimal(number) / 100, day(number)) for number in changes]
    lines = royalty_lines(NOVEMBER, rates, [StarLevel(FIRST, 3)], revenue)
    for kind in ("work", "part", "travel"):
        told = sum(each.revenue for each in lines if each.category == kind)
        assert told == sum(each.amount for each in revenue if each.category == kind and each.day in NOVEMBER)


def test_a_rate_that_changes_inside_the_month_holds_from_its_day_on() -> None:
    rates = [Rate("", 0, FIVE, FIRST), Rate("", 0, THREE, day(16))]
    revenue = [Revenue(day(15), "work", 1_000_00), Revenue(day(16), "work", 1_000_00)]
    lines = royalty_lines(NOVEMBER, rates, [], revenue)
    assert [(each.first, each.last, each.rate, each.amount) for each in lines] == [
        (day(1), day(15), FIVE, 50_00),
        (day(16), day(30), THREE, 30_00),
    ]


def test_a_star_level_that_changes_inside_the_month_changes_the_rate_by_days() -> None:
    rates = [Rate("", 3, FIVE, FIRST), Rate("", 4, FOUR, FIRST)]
    levels = [StarLevel(FIRST, 3), StarLevel(day(11), 4)]
    revenue = [Revenue(day(10), "work", 100_00), Revenue(day(11), "work", 100_00)]
    assert [each.amount for each in royalty_lines(NOVEMBER, rates, levels, revenue)] == [5_00, 4_00]


def test_a_change_that_changes_nothing_for_the_partner_parts_no_line() -> None:
    rates = [Rate("", 0, FIVE, FIRST), Rate("part", 0, THREE, day(16))]
    revenue = [Revenue(day(1), "work", 100_00), Revenue(day(30), "work", 100_00)]
    (line,) = royalty_lines(NOVEMBER, rates, [], revenue)
    assert (line.first, line.last, line.amount) == (day(1), day(30), 10_00)


def test_the_closest_rate_holds_and_of_those_the_newest() -> None:
    rates = [
        Rate("", 0, Decimal("0.10"), day(20)),
        Rate("", 4, Decimal("0.09"), FIRST),
        Rate("work", 0, Decimal("0.08"), FIRST),
        Rate("work", 0, Decimal("0.07"), day(5)),
        Rate("work", 4, Decimal("0.06"), day(9)),
    ]
    assert rate_on(rates, "work", 4, day(10)) == Decimal("0.06")
    assert rate_on(rates, "work", 4, day(8)) == Decimal("0.07")
    assert rate_on(rates, "work", 3, day(4)) == Decimal("0.08")
    assert rate_on(rates, "part", 4, day(21)) == Decimal("0.09")
    assert rate_on(rates, "part", 3, day(19)) == 0


def test_a_minimum_is_due_by_days_in_the_first_month() -> None:
    fee = Money(300_00, "CNY")
    assert minimum_of(fee, NOVEMBER, FIRST) == 300_00
    assert minimum_of(fee, NOVEMBER, day(21)) == 100_00
    assert minimum_of(fee, NOVEMBER, date(2026, 12, 1)) == 0


def test_a_month_owes_its_minimum_and_without_one_may_owe_less_than_nothing() -> None:
    lines = royalty_lines(NOVEMBER, [Rate("", 0, FIVE, FIRST)], [], [Revenue(day(3), "work", -100_00)])
    assert due(lines, 0) == -5_00
    assert due(lines, 300_00) == 300_00
