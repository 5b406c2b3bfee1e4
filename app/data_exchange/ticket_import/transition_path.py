"""Shortest path of allowed moves between two ticket states, for logs that skip states of our lifecycle. Pure.

Where a move leads is decided by `app.desk.tickets.decision`; of equally short paths the first in the order of `_ORDER`
is taken.
"""

from collections import deque
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import lru_cache
from typing import Final
from uuid import UUID

import msgspec

from app.desk.tickets import ConfirmedBy, Move, TicketState, VisitMode, apply, steps
from app.platform.promises import WaitReason

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
"""Moves that a path may use; declines, calling off and departures are never made up."""

WORK = (
    TicketState.NEW,
    TicketState.TRIAGED,
    TicketState.ASSIGNED,
    TicketState.ACCEPTED,
    TicketState.REMOTE,
    TicketState.ON_SITE,
)
"""States in the order of progress; the last two are equally far."""


def progress(state: TicketState) -> int:
    """Progress of the work in `state`; -1 for states outside it."""
    return min(WORK.index(state), len(WORK) - 2) if state in WORK else -1


class PathNode(msgspec.Struct, frozen=True):
    """Node of the search: a ticket with its open visits, as far as moves depend on them. Every time is the same."""

    ticket: steps.TicketFacts = steps.TicketFacts()
    assigned: bool = False
    """Whether the ticket is assigned to the wanted person."""

    @property
    def state(self) -> TicketState:
        """State of the ticket."""
        return self.ticket.state


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
        if _allowed(move, options) and (there := node_after(here, move, engineer=options.engineer)) is not None:
            yield move, there


def _allowed(move: Move, options: PathOptions) -> bool:
    if move is Move.ASSIGN:
        return options.somebody
    return move is options.closing or move not in (Move.CONFIRM, Move.CLOSE)


@lru_cache(maxsize=4096)
def node_after(here: PathNode, move: Move, *, engineer: bool) -> PathNode | None:
    """The node after `move`, None where it is refused. A confirmation closes the ticket at once, as in our services."""
    decided = apply(here.ticket, _ANY_VISIT if move is Move.ASSIGN and engineer else _STEPS[move])
    if not isinstance(decided, steps.Changes):
        return None
    ticket = decided.ticket
    still_open = tuple(visit for visit in ticket.visits if visit.is_open)
    left = move is Move.WAIT and here.ticket.visits and not still_open
    assigned = move is Move.ASSIGN or (here.assigned and not left and move not in (Move.REOPEN, Move.CANCEL))
    return PathNode(msgspec.structs.replace(ticket, reopened=0, visits=still_open), assigned)


_AT: Final = datetime(1, 1, 1, tzinfo=UTC)
_SOMEBODY: Final = UUID(int=0)
_ANY_VISIT: Final = steps.Assign(
    at=_AT,
    engineer="",
    visit=steps.VisitFacts(
        id=_SOMEBODY, engineer_id=_SOMEBODY, mode=VisitMode.ON_SITE, scheduled_start=_AT, scheduled_end=_AT
    ),
)
_STEPS: Final[dict[Move, steps.Step]] = {
    Move.RESUME: steps.Resume(at=_AT),
    Move.TRIAGE: steps.Triage(at=_AT),
    Move.ASSIGN: steps.Assign(at=_AT, engineer="", visit=None),
    Move.ACCEPT: steps.Accept(at=_AT),
    Move.CONNECT: steps.Connect(at=_AT),
    Move.ARRIVE: steps.Arrive(at=_AT),
    Move.RESOLVE: steps.Resolve(at=_AT, work_done=""),
    Move.CONFIRM: steps.Confirm(at=_AT, how=ConfirmedBy.CALL_BACK),
    Move.CLOSE: steps.Close(at=_AT),
    Move.WAIT: steps.Wait(at=_AT, reason=WaitReason.CLIENT),
    Move.REOPEN: steps.Reopen(at=_AT, reason="", however_late=True),
    Move.CANCEL: steps.Cancel(at=_AT, reason=""),
}
