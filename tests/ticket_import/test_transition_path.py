"""Whatever another system's log jumps to, the way there is made of moves that our lifecycle allows."""

from itertools import product

import pytest

from app.data_exchange.ticket_import.transition_path import PathNode, PathOptions, node_after, shortest_path
from app.desk.tickets import Move, TicketState


def after(*moves: Move) -> PathNode:
    """Where these moves lead; an assignment is to an engineer."""
    here = PathNode()
    for move in moves:
        there = node_after(here, move, engineer=True)
        assert there is not None
        here = there
    return here


STARTS = (
    PathNode(),
    after(Move.TRIAGE),
    after(Move.ASSIGN),
    after(Move.ASSIGN, Move.ACCEPT),
    after(Move.ASSIGN, Move.WAIT),
    after(Move.TRIAGE, Move.WAIT),
    after(Move.ASSIGN, Move.ACCEPT, Move.CONNECT),
    after(Move.TRIAGE, Move.RESOLVE),
    after(Move.TRIAGE, Move.RESOLVE, Move.CLOSE),
    after(Move.TRIAGE, Move.RESOLVE, Move.REOPEN),
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
OPTIONS = PathOptions(somebody=True, engineer=True)


@pytest.mark.parametrize(("start", "goal"), list(product(STARTS, GOALS)))
def test_every_state_is_reached_by_legal_moves(start: PathNode, goal: TicketState) -> None:
    here = start
    for move, there in shortest_path(start, lambda there: there.state is goal, OPTIONS):
        assert there == node_after(here, move, engineer=True)
        here = there
    if start.state is not goal:
        assert here.state is goal


@pytest.mark.parametrize(
    ("start", "goal", "moves"),
    [
        (PathNode(), TicketState.RESOLVED, [Move.TRIAGE, Move.RESOLVE]),
        (PathNode(), TicketState.WAITING, [Move.TRIAGE, Move.WAIT]),
        (PathNode(), TicketState.CLOSED, [Move.TRIAGE, Move.RESOLVE, Move.CLOSE]),
        (STARTS[2], TicketState.RESOLVED, [Move.ACCEPT, Move.CONNECT, Move.RESOLVE]),
        (STARTS[5], TicketState.RESOLVED, [Move.RESUME, Move.RESOLVE]),
        (STARTS[8], TicketState.ASSIGNED, [Move.REOPEN, Move.ASSIGN]),
    ],
)
def test_the_shortest_way_is_taken(start: PathNode, goal: TicketState, moves: list[Move]) -> None:
    assert [move for move, _ in shortest_path(start, lambda there: there.state is goal, OPTIONS)] == moves


def test_nobody_is_assigned_whom_the_log_does_not_name() -> None:
    assert shortest_path(PathNode(), lambda there: there.state is TicketState.ASSIGNED, PathOptions()) == []
