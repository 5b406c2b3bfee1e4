"""Shortest path of allowed moves between two ticket states, for logs that skip states of our lifecycle. Pure.

The moves are those of `app.desk.tickets.lifecycle`; of equally short paths the first in the order of `_ORDER` is taken.
"""

from collections import deque
from collections.abc import Callable, Iterator

import msgspec

from app.desk.tickets import RULES, Move, TicketState

_ORDER = (
    Move.RESUME,
    Move.TRIAGE,
    Move.ASSIGN,
    Move.ACCEPT,
    Move.CONNECT,
    Move.ARRIVE,
    Move.RESOLVE,
    Move.CONFIRM,
    Move.CLOSE,
    Move.WAIT,
    Move.REOPEN,
    Move.CANCEL,
)
"""Moves that a path may use; declines and departures are never made up."""

WORK = (
    TicketState.NEW,
    TicketState.TRIAGED,
    TicketState.ASSIGNED,
    TicketState.ACCEPTED,
    TicketState.REMOTE,
    TicketState.ON_SITE,
)
"""States in the order of progress; the last two are equally far."""

_OVER = frozenset({TicketState.RESOLVED, TicketState.CLOSED})


def progress(state: TicketState) -> int:
    """Progress of the work in `state`; -1 for states outside it."""
    return min(WORK.index(state), len(WORK) - 2) if state in WORK else -1


class PathNode(msgspec.Struct, frozen=True):
    """Node of the search: a ticket's state, as far as moves depend on it."""

    state: TicketState = TicketState.NEW
    visit: TicketState | None = None
    """The ticket state of the open visit, where there is one; a waiting ticket resumes to it."""
    assigned: bool = False
    """Whether the ticket is assigned to the wanted person."""


class PathOptions(msgspec.Struct, frozen=True):
    """Restrictions: `somebody` allows assignments, `engineer` makes them visits, `closing` is the closing move."""

    somebody: bool = False
    engineer: bool = False
    closing: Move = Move.CLOSE


def shortest_path(
    start: PathNode, goal: Callable[[PathNode], bool], options: PathOptions
) -> list[tuple[Move, PathNode]]:
    """The moves from `start` to the nearest node that meets `goal`, each with the node it leads to. Empty where none is
    needed or no path exists."""
    found: dict[PathNode, list[tuple[Move, PathNode]]] = {start: []}
    waiting = deque([start])
    while waiting:
        here = waiting.popleft()
        if goal(here):
            return found[here]
        for move, there in _next(here, options):
            if there not in found:
                found[there] = [*found[here], (move, there)]
                waiting.append(there)
    return []


def _next(here: PathNode, options: PathOptions) -> Iterator[tuple[Move, PathNode]]:
    for move in _ORDER:
        if here.state in RULES[move].starts and _allowed(move, options):
            yield move, node_after(here, move, engineer=options.engineer)


def _allowed(move: Move, options: PathOptions) -> bool:
    if move is Move.ASSIGN:
        return options.somebody
    return move is options.closing or move not in (Move.CONFIRM, Move.CLOSE)


def node_after(here: PathNode, move: Move, *, engineer: bool) -> PathNode:
    """The node after `move`. A confirmation closes the ticket at once, as in our services."""
    match move:
        case Move.RESUME:
            return msgspec.structs.replace(here, state=here.visit or TicketState.TRIAGED)
        case Move.ASSIGN:
            return PathNode(TicketState.ASSIGNED, TicketState.ASSIGNED if engineer else None, assigned=True)
        case Move.ACCEPT | Move.CONNECT | Move.ARRIVE:
            (state,) = RULES[move].ends
            return msgspec.structs.replace(here, state=state, visit=state if here.visit else None)
        case Move.WAIT:
            return msgspec.structs.replace(here, state=TicketState.WAITING)
        case Move.TRIAGE:
            return msgspec.structs.replace(here, state=TicketState.TRIAGED)
        case Move.RESOLVE:
            return PathNode(TicketState.RESOLVED, None, assigned=here.assigned)
        case Move.REOPEN:
            return PathNode(TicketState.REOPENED)
        case Move.CANCEL:
            return PathNode(TicketState.CANCELLED)
        case _:
            return msgspec.structs.replace(here, state=TicketState.CLOSED)
