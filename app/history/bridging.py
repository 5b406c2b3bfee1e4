"""From one state to another by legal moves: logs of other systems jump where our lifecycle walks. Pure.

The moves are those of `app.tickets.lifecycle`; what is searched is the shortest way, which of two equally short ones
in the order of `_ORDER`.
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
"""Moves that a bridge may be made of: nobody's refusal and nobody's departure is made up."""

WORK = (
    TicketState.NEW,
    TicketState.TRIAGED,
    TicketState.ASSIGNED,
    TicketState.ACCEPTED,
    TicketState.REMOTE,
    TicketState.ON_SITE,
)
"""How far the work has come, in this order; the last two are equally far."""

_OVER = frozenset({TicketState.RESOLVED, TicketState.CLOSED})


def progress(state: TicketState) -> int:
    """How far the work has come in `state`; -1 where it rests."""
    return min(WORK.index(state), len(WORK) - 2) if state in WORK else -1


class Standing(msgspec.Struct, frozen=True):
    """Where a ticket is, as far as moves depend on it."""

    state: TicketState = TicketState.NEW
    visit: TicketState | None = None
    """The state that the open visit gives the ticket, where there is one: waiting ends there."""
    assigned: bool = False
    """Whether it was given to whom it is to be given."""


class Possibilities(msgspec.Struct, frozen=True):
    """What a bridge may use: an assignment needs somebody, a visit somebody of ours, a closing its way."""

    somebody: bool = False
    engineer: bool = False
    closing: Move = Move.CLOSE


def way(start: Standing, goal: Callable[[Standing], bool], possible: Possibilities) -> list[tuple[Move, Standing]]:
    """The moves from `start` to the nearest standing that meets `goal`, each with where it leads. Empty where none is
    needed or none leads there."""
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
    """Where `move` leads. A confirmation closes at once, as our services do it."""
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
