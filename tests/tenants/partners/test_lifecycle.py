"""The lifecycle as data: whatever people try in whatever order, nobody leaves the declared paths."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenants.partners.errors import IllegalTransition
from tenants.partners.lifecycle import FIRST_STEPS, TRANSITIONS, ApplicationState, PartnerState, Step, state_after

APPLICATION_STEPS = (Step.APPROVE, Step.REJECT)
PARTNER_STEPS = tuple(step for step in Step if step not in APPLICATION_STEPS)


def walk(state: str, steps: list[Step]) -> list[str]:
    """The states passed when illegal steps are refused and change nothing."""
    passed = [state]
    for step in steps:
        try:
            passed.append(state_after(passed[-1], step))
        except IllegalTransition:
            assert passed[-1] not in TRANSITIONS[step].before
    return passed


@given(st.lists(st.sampled_from(APPLICATION_STEPS)))
def test_an_application_is_decided_once(steps: list[Step]) -> None:
    passed = walk(ApplicationState.APPLIED, steps)
    assert len(passed) == (2 if steps else 1)


@given(st.lists(st.sampled_from(PARTNER_STEPS)))
def test_a_partner_never_returns_to_its_beginning(steps: list[Step]) -> None:
    passed = walk(PartnerState.APPROVED, steps)
    assert PartnerState.APPROVED not in passed[1:]
    assert passed.count(PartnerState.TRIAL) <= 1
    for before, after in pairwise(passed):
        assert before != after
        if before == PartnerState.SUSPENDED:
            assert after in (PartnerState.ACTIVE, PartnerState.TERMINATED)
        if before == PartnerState.TERMINATED:
            assert after in (PartnerState.SUSPENDED, PartnerState.ERASING)
        if before == PartnerState.ERASING:
            assert after == PartnerState.ERASED
    if PartnerState.ERASED in passed:
        assert passed[-1] == PartnerState.ERASED


@given(st.sampled_from([*ApplicationState, *PartnerState]), st.sampled_from(list(Step)))
def test_a_step_is_taken_from_declared_states_only(state: str, step: Step) -> None:
    if state in TRANSITIONS[step].before:
        assert state_after(state, step) == TRANSITIONS[step].after
    else:
        with pytest.raises(IllegalTransition):
            state_after(state, step)


def test_every_state_can_be_reached_and_every_step_says_where_it_ends() -> None:
    assert set(TRANSITIONS) == set(Step)
    reached = {transition.after for transition in TRANSITIONS.values()} | {ApplicationState.APPLIED}
    assert reached == {*ApplicationState, *PartnerState}
    assert {TRANSITIONS[step].after for step in FIRST_STEPS.values()} == set(FIRST_STEPS)
