"""State machines as data: what they allow, refuse and lead to."""

from enum import StrEnum

import pytest

from app.platform.kernel.errors import Conflict
from app.platform.kernel.state_machine import StateMachine, transition


class LoanState(StrEnum):
    LENT = "lent"
    OVERDUE = "overdue"
    RETURNED = "returned"


class LoanMove(StrEnum):
    REMIND = "remind"
    TAKE_BACK = "take_back"


class LoanMoveRefused(Conflict):
    code = "loan.move_refused"


LOAN = StateMachine(
    record="loan",
    columns=("loan.state",),
    states=LoanState,
    started=frozenset({LoanState.LENT}),
    moves={
        LoanMove.REMIND: transition({LoanState.LENT}, LoanState.OVERDUE, side="platform"),
        LoanMove.TAKE_BACK: transition({LoanState.LENT, LoanState.OVERDUE}, LoanState.RETURNED),
    },
    refusal=LoanMoveRefused,
)


def test_a_move_leads_from_its_starts_to_its_end() -> None:
    assert LOAN.after(LoanMove.TAKE_BACK, "overdue") is LoanState.RETURNED
    assert LOAN.leads("lent", "returned")
    assert not LOAN.leads("returned", "lent")


def test_a_move_from_another_state_is_refused() -> None:
    with pytest.raises(LoanMoveRefused):
        LOAN.require(LoanMove.TAKE_BACK, LoanState.RETURNED)


def test_a_move_that_belongs_to_one_side_is_refused_to_the_other() -> None:
    assert LOAN.after(LoanMove.REMIND, LoanState.LENT, "platform") is LoanState.OVERDUE
    with pytest.raises(LoanMoveRefused):
        LOAN.after(LoanMove.REMIND, LoanState.LENT, "partner")
    assert LOAN.moves_from(LoanState.LENT, "partner") == [LoanMove.TAKE_BACK]


def test_states_that_no_move_leaves_are_final() -> None:
    assert LOAN.final == {LoanState.RETURNED}
