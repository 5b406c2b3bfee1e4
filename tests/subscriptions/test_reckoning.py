"""Pure rules of plans: steps by facts, shares of days, credits."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from billing.periods import Period
from billing.subscriptions.reckoning import BillLineKind, PlanPrice, Usage, beyond_the_plan, change, close, fee
from billing.subscriptions.standing import Facts, Patience, next_move, read_only_from
from billing.subscriptions.states import SUBSCRIPTION, SubscriptionMove, SubscriptionState

NOVEMBER = Period(date(2026, 11, 1), date(2026, 12, 1))
SMALL = PlanPrice("starter", "CNY", 300_00, 3, 50, 60_00, 3_00)
LARGE = PlanPrice("standard", "CNY", 900_00, 10, 500, 50_00, 2_00)
PATIENCE = Patience(7, 14)
DUE = date(2026, 11, 10)
AMOUNTS = st.integers(0, 10_000_00)


def test_an_upgrade_on_the_sixteenth_asks_for_half_of_the_difference() -> None:
    bill = close(change(SMALL, LARGE, NOVEMBER, date(2026, 11, 16)), 0)
    assert [(line.kind, line.amount) for line in bill.lines] == [
        (BillLineKind.REST_OF_OLD, -150_00),
        (BillLineKind.REST_OF_NEW, 450_00),
    ]
    assert (bill.net, bill.credit) == (300_00, 0)


def test_a_downgrade_leaves_credit_which_the_next_bill_uses() -> None:
    down = close(change(LARGE, SMALL, NOVEMBER, date(2026, 11, 16)), 0)
    assert (down.net, down.credit) == (0, 300_00)
    following = close([fee(SMALL, Period(date(2026, 12, 1), date(2027, 1, 1)))], down.credit)
    assert (following.net, following.credit) == (0, 0)
    assert following.lines[-1].kind is BillLineKind.CREDIT


def test_what_is_used_beyond_the_plan_is_charged_by_its_days() -> None:
    part = Period(date(2026, 11, 16), date(2026, 12, 1))
    lines = beyond_the_plan(SMALL, Usage(5, 51), NOVEMBER, part)
    assert [(line.kind, line.quantity, line.amount) for line in lines] == [
        (BillLineKind.ENGINEERS, 2, 60_00),
        (BillLineKind.DEVICES, 1, 1_50),
    ]
    assert beyond_the_plan(SMALL, Usage(3, 50), NOVEMBER, part) == []


@given(prices=st.tuples(AMOUNTS, AMOUNTS), days=st.sets(st.integers(1, 29), max_size=6), credit=AMOUNTS)
def test_any_changes_inside_a_month_add_up_to_the_days_of_each_plan(
    prices: tuple[int, int], days: set[int], credit: int
) -> None:
    plans = [SMALL._replace(price=prices[0]), LARGE._replace(price=prices[1])]
    bills = [close([fee(plans[0], NOVEMBER)], credit)]
    held = [0] * 30
    for place, day in enumerate(sorted(days)):
        old, new = plans[place % 2], plans[(place + 1) % 2]
        bills.append(close(change(old, new, NOVEMBER, NOVEMBER.start + timedelta(days=day)), bills[-1].credit))
        held[day:] = [(place + 1) % 2] * (30 - day)
    kept = (BillLineKind.CREDIT, BillLineKind.CARRIED)
    asked = sum(line.amount for bill in bills for line in bill.lines if line.kind not in kept)
    assert sum(bill.net for bill in bills) == asked - credit + bills[-1].credit
    assert all(bill.net >= 0 and bill.credit >= 0 for bill in bills)
    exact = sum(plans[place].price for place in held) / 30
    assert abs(asked - exact) <= len(days) + 1  # a share is rounded once for each change


def test_an_unpaid_invoice_leads_to_read_only_step_by_step() -> None:
    facts = Facts("active", date(2026, 12, 31), ending=False, oldest_due=DUE)
    assert next_move(facts, DUE, PATIENCE) is None
    taken: list[tuple[int, SubscriptionMove]] = []
    for days in range(40):
        while (move := next_move(facts, DUE + timedelta(days=days), PATIENCE)) is not None:
            taken.append((days, move))
            facts = facts._replace(state=SUBSCRIPTION.moves[move].end)
    assert taken == [(1, SubscriptionMove.FALL_DUE), (8, SubscriptionMove.WARN), (22, SubscriptionMove.RESTRICT)]
    assert read_only_from(DUE, PATIENCE) == DUE + timedelta(days=22)
    paid = facts._replace(oldest_due=None)
    assert next_move(paid, DUE + timedelta(days=40), PATIENCE) is SubscriptionMove.SETTLE


@given(
    state=st.sampled_from(SubscriptionState),
    end=st.integers(-40, 40),
    ending=st.booleans(),
    due=st.none() | st.integers(-40, 40),
)
def test_every_step_is_one_that_the_machine_allows(
    state: SubscriptionState, end: int, ending: bool, due: int | None
) -> None:
    oldest = None if due is None else DUE + timedelta(days=due)
    facts = Facts(state, DUE + timedelta(days=end), ending, oldest)
    move = next_move(facts, DUE, PATIENCE)
    assert move is None or SUBSCRIPTION.allows(move, state)
