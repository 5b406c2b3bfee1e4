"""State machines as plain data: states, the moves between them, and the error that refuses a move.

An area declares one `StateMachine` for each of its state columns. `docs/state-machines.md` is drawn from all of them;
`tests/architecture/test_state_machines.py` refuses a state column that none of them names.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Generic, TypeVar

from app.platform.kernel.errors import Conflict, DomainError

S = TypeVar("S", bound=StrEnum)
M = TypeVar("M", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Transition(Generic[S]):
    """From which states a move starts and where it may lead. `side` is who alone may make it; empty: anybody."""

    starts: frozenset[S]
    ends: frozenset[S]
    side: str = ""

    @property
    def end(self) -> S:
        """Where a move with one end leads."""
        (end,) = self.ends
        return end


def transition(starts: set[S], *ends: S, side: str = "") -> Transition[S]:
    """A move from any of `starts` to one of `ends`."""
    return Transition(frozenset(starts), frozenset(ends), side)


@dataclass(frozen=True, slots=True)
class StateMachine(Generic[S, M]):
    """The life of one kind of record.

    `columns` are the columns that store the state, as `table.column`. `started` names the states in which a record may
    be created. `refusal` is raised without arguments and has the code `<record>.move_refused`; where no caller can be
    refused it is left out.
    """

    record: str
    columns: tuple[str, ...]
    states: type[S]
    started: frozenset[S]
    moves: Mapping[M, Transition[S]]
    refusal: type[DomainError] = Conflict
    state_names: Mapping[S, str] = field(default_factory=dict)
    move_names: Mapping[M, str] = field(default_factory=dict)
    next_moves: Mapping[S, M] = field(default_factory=dict)
    """State → the move that usually comes next: the one amber button on the record's page."""

    def allows(self, move: M, state: str, side: str = "") -> bool:
        """Whether `move` may be made from `state`, by `side` where the move belongs to one."""
        rule = self.moves[move]
        return state in rule.starts and rule.side in ("", side)

    def require(self, move: M, state: str, side: str = "") -> None:
        """
        Raises:
            the machine's `refusal`: the move cannot be made from this state, or not by this side.
        """
        if not self.allows(move, state, side):
            raise self.refusal

    def after(self, move: M, state: str, side: str = "") -> S:
        """Where a move with one end leads.

        Raises:
            as `require`.
        """
        self.require(move, state, side)
        return self.moves[move].end

    def moves_from(self, state: str, side: str = "") -> list[M]:
        """The moves that may be made from `state`, in the order of their declaration."""
        return [move for move in self.moves if self.allows(move, state, side)]

    def leads(self, before: str, after: str) -> bool:
        """Whether some move leads from `before` to `after`."""
        return any(before in rule.starts and after in rule.ends for rule in self.moves.values())

    @property
    def final(self) -> frozenset[S]:
        """States that no move leaves."""
        return frozenset(self.states) - frozenset().union(*(rule.starts for rule in self.moves.values()))
