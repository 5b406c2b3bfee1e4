"""Whatever another system's log jumps to, the way there is made of moves that our lifecycle allows."""

from itertools import product

import pytest

from app.history.bridging import Possibilities, Standing, after, way
from app.tickets import RULES, Move, TicketState

STARTS = (
    Standing(),
    Standing(TicketState.TRIAGED),
    Standing(TicketState.ASSIGNED, TicketState.ASSIGNED, assigned=True),
    Standing(TicketState.ACCEPTED, TicketState.ACCEPTED, assigned=True),
    Standing(TicketState.WAITING, TicketState.ASSIGNED, assigned=True),
    Standing(TicketState.WAITING),
    Standing(TicketState.REMOTE, TicketState.REMOTE, assigned=True),
    Standing(TicketState.RESOLVED),
    Standing(TicketState.CLOSED),
    Standing(TicketState.REOPENED),
)
GOALS = (
    TicketState.TRIAGED,
    TicketState.ASSIGNED,
    TicketState.REMOTE,
    TicketState.ON_SITE,
    TicketState.WAITING,
    TicketState.RESOLVED,
    TicketState.CLOSED,
    TicketState.CANCELLED,
)
POSSIBLE = Possibilities(somebody=True, engineer=True)


@pytest.mark.parametrize(("start", "goal"), list(product(STARTS, GOALS)))
def test_every_state_is_reached_by_legal_moves(start: Standing, goal: TicketState) -> None:
    here = start
    for move, there in way(start, lambda there: there.state is goal, POSSIBLE):
        assert here.state in RULES[move].starts
        assert there == after(here, move, engineer=True)
        here = there
    if start.state is not goal:
        assert here.state is goal


@pytest.mark.parametrize(
    ("start", "goal", "moves"),
    [
        (Standing(), TicketState.RESOLVED, [Move.TRIAGE, Move.RESOLVE]),
        (Standing(), TicketState.WAITING, [Move.TRIAGE, Move.WAIT]),
        (Standing(), TicketState.CLOSED, [Move.TRIAGE, Move.RESOLVE, Move.CLOSE]),
        (STARTS[2], TicketState.RESOLVED, [Move.ACCEPT, Move.CONNECT, Move.RESOLVE]),
        (STARTS[5], TicketState.RESOLVED, [Move.RESUME, Move.RESOLVE]),
        (Standing(TicketState.CLOSED), TicketState.ASSIGNED, [Move.REOPEN, Move.ASSIGN]),
    ],
)
def test_the_shortest_way_is_taken(start: Standing, goal: TicketState, moves: list[Move]) -> None:
    assert [move for move, _ in way(start, lambda there: there.state is goal, POSSIBLE)] == moves


def test_nobody_is_assigned_whom_the_log_does_not_name() -> None:
    assert way(Standing(), lambda there: there.state is TicketState.ASSIGNED, Possibilities()) == []
