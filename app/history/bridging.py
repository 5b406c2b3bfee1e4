"""Shortest path of allowed moves between two ticket states, for logs that skip states of our lifecycle. Pure.

The moves are those of `app.tickets.lifecycle`; of equally short paths the first in the order of `_ORDER` is taken.
"""

from collections import deque
from collections.abc import Callable, Iterator

import msgspec

from app.tickets import RULES, Move, TicketState

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


class Standing(msgspec.Struct, frozen=True):
    """Node of the search: a ticket's state, as far as moves depend on it."""

    state: TicketState = TicketState.NEW
    visit: TicketState | None = None
    """The ticket state of the open visit, where there is one; a waiting ticket resumes to it."""
    assigned: bool = False
    """Whether the ticket is assigned to the wanted person."""


class Possibilities(msgspec.Struct, frozen=True):
    """Restrictions: `somebody` allows assignments, `engineer` makes them visits, `closing` is the closing move."""

    somebody: bool = False
    engineer: bool = False
    closing: Move = Move.CLOSE


def way(start: Standing, goal: Callable[[Standing], bool], possible: Possibilities) -> list[tuple[Move, Standing]]:
    """The moves from `start` to the nearest node that meets `goal`, each with the node it leads to. Empty where none is
    needed or no path exists."""
    found: dict[Standing, list[tuple[Move, Standing]]] = {start: []}
    waiting = deque([start])
    while waiting:
        here = waiting.popleft()
        if goal(here):
            return found[here]
        for move, there in _next(here, possible):
            if there not in found:
                found[there] = [*found[here], (move, there)]
                waiting.append(there)
    return []


def _next(here: Standing, possible: Possibilities) -> Iterator[tuple[Move, Standing]]:
    for move in _ORDER:
        if here.state in RULES[move].starts and _allowed(move, possible):
            yield move, after(here, move, engineer=possible.engineer)


def _allowed(move: Move, possible: Possibilities) -> bool:
    if move is Move.ASSIGN:
        return possible.somebody
    return move is possible.closing or move not in (Move.CONFIRM, Move.CLOSE)


def after(here: Standing, move: Move, *, engineer: bool) -> Standing:
    """The node after `move`. A confirmation closes the ticket at once, as in our services."""
    match move:
        case Move.RESUME:
            return msgspec.structs.replace(here, state=here.visit or TicketState.TRIAGED)
        case Move.ASSIGN:
            return Standing(TicketState.ASSIGNED, TicketState.ASSIGNED if engineer else None, assigned=True)
        case Move.ACCEPT | Move.CONNECT | Move.ARRIVE:
            (state,) = RULES[move].ends
            return msgspec.structs.replace(here, state=state, visit=state if here.visit else None)
        case Move.WAIT:
            return msgspec.structs.replace(here, state=TicketState.WAITING)
        case Move.TRIAGE:
            return msgspec.structs.replace(here, state=TicketState.TRIAGED)
        case Move.RESOLVE:
            return Standing(TicketState.RESOLVED, None, assigned=here.assigned)
        case Move.REOPEN:
            return Standing(TicketState.REOPENED)
        case Move.CANCEL:
            return Standing(TicketState.CANCELLED)
        case _:
            return msgspec.structs.replace(here, state=TicketState.CLOSED)
