"""What a ticket contributes: told from its records alone."""

from datetime import UTC, date, datetime, timedelta

import pytest

from tenants.partner_metrics.facts import (
    REPEAT_WITHIN,
    Figures,
    MeasuredTicket,
    Promise,
    contribution,
    day_itself,
    day_of,
    differences,
    month_of,
    total,
)

REPORTED = datetime(2026, 11, 30, 15, 59, tzinfo=UTC)
LATER = REPORTED + timedelta(hours=2)


def measured(
    *promises: Promise, resolved: bool = False, reopened: int = 0, rating: int | None = None
) -> MeasuredTicket:
    return MeasuredTicket(REPORTED, LATER if resolved else None, reopened, rating, promises)


def test_a_ticket_counts_on_the_day_of_its_partners_calendar() -> None:
    assert day_of(REPORTED, "Asia/Shanghai") == date(2026, 11, 30)
    assert day_of(REPORTED + timedelta(minutes=1), "Asia/Shanghai") == date(2026, 12, 1)


@pytest.mark.parametrize(
    ("promise", "met", "breached"),
    [
        (Promise("arrival", LATER, None, None), 1, 0),
        (Promise("arrival", LATER, None, REPORTED), 0, 1),
        (Promise("arrival", None, None, LATER), 0, 1),
        (Promise("arrival", None, LATER, REPORTED), 0, 1),
        (Promise("arrival", None, LATER, None), 0, 0),
        (Promise("arrival", None, None, None), 0, 0),
    ],
    ids=["in time", "done late", "late and open", "late, then cancelled", "cancelled in time", "still running"],
)
def test_a_promise_is_met_in_time_or_breached_once_late(promise: Promise, met: int, breached: int) -> None:
    figures = contribution(measured(promise))
    assert (figures.arrival_met, figures.arrival_breached) == (met, breached)


def test_promises_that_headquarters_does_not_compare_count_for_nothing() -> None:
    assert contribution(measured(Promise("call_back", LATER, None, None))) == Figures(tickets=1)


@pytest.mark.parametrize("kind", ["response", "remote_access", "arrival", "resolution"])
def test_the_four_promises_are_counted_each_for_itself(kind: str) -> None:
    assert contribution(measured(Promise(kind, LATER, None, None))) == Figures(tickets=1, **{f"{kind}_met": 1})


@pytest.mark.parametrize(
    ("visits", "unresolved", "reopened", "visited", "fixed"),
    [(0, 0, 0, 0, 0), (1, 0, 0, 1, 1), (2, 1, 0, 1, 0), (2, 0, 0, 1, 1), (1, 1, 0, 1, 0), (1, 0, 1, 1, 0)],
    ids=[
        "from the desk",
        "one visit",
        "a second visit",
        "two engineers at once",
        "one visit in vain, then from the desk",
        "one visit, but it came back",
    ],
)
def test_a_visit_that_settles_it_for_good_is_a_first_visit_fix(
    visits: int, unresolved: int, reopened: int, visited: int, fixed: int
) -> None:
    measured = MeasuredTicket(REPORTED, LATER, reopened, None, visits=visits, unresolved_visits=unresolved)
    figures = contribution(measured)
    assert (figures.visited, figures.first_visit_fixed) == (visited, fixed)


def test_a_visit_without_a_solution_is_no_case_of_first_visit_fix() -> None:
    assert contribution(MeasuredTicket(REPORTED, None, 0, None, visits=1)).visited == 0


@pytest.mark.parametrize(
    ("since", "repeated"),
    [(timedelta(), 1), (REPEAT_WITHIN - timedelta(seconds=1), 1), (REPEAT_WITHIN, 0), (timedelta(seconds=-1), 0)],
    ids=["at once", "just within", "just after", "resolved only after the report"],
)
def test_the_same_device_within_thirty_days_of_a_resolution_is_a_repeat_fault(since: timedelta, repeated: int) -> None:
    figures = contribution(
        MeasuredTicket(REPORTED, None, 0, None, on_device=True, earlier_resolutions=(REPORTED - since,))
    )
    assert (figures.on_device, figures.repeated) == (1, repeated)


def test_a_ticket_that_came_back_stays_solved_once_and_reopened_once() -> None:
    assert contribution(measured(resolved=True)) == Figures(tickets=1, resolved=1)
    assert contribution(measured(reopened=2)) == Figures(tickets=1, resolved=1, reopened=1)
    assert contribution(measured(resolved=True, reopened=1)) == Figures(tickets=1, resolved=1, reopened=1)


def test_a_score_counts_once_it_is_given() -> None:
    assert contribution(measured(resolved=True, rating=4)) == Figures(tickets=1, resolved=1, rated=1, score_sum=4)


def test_a_fact_that_moves_to_another_month_leaves_the_old_one() -> None:
    one, solved = Figures(tickets=1), Figures(tickets=1, resolved=1)
    november, december = date(2026, 11, 30), date(2026, 12, 1)
    assert differences([(november, one, november, solved)], month_of) == {date(2026, 11, 1): Figures(resolved=1)}
    assert differences([(november, one, december, solved)], month_of) == {date(2026, 11, 1): -one, december: solved}
    assert differences([(november, one, november, one)], month_of) == {}
    assert differences([(november, one, december, one)], day_itself) == {november: -one, december: one}
    assert total([one, solved]) == Figures(tickets=2, resolved=1)
