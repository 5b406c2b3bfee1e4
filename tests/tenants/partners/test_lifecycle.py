"""The lifecycle as data: whatever people try in whatever order, nobody leaves the declared paths."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from tenants.partners.errors import ApplicationMoveRefused, PartnerMoveRefused
from tenants.partners.lifecycle import (
    APPLICATION,
    FIRST_STEPS,
    PARTNER,
    ApplicationState,
    ApplicationStep,
    PartnerState,
    Step,
)


def walk(state: PartnerState, steps: list[Step]) -> list[PartnerState]:
    """The states passed when illegal steps are refused and change nothing."""
    passed = [state]
    for step in steps:
        try:
            passed.append(PARTNER.after(step, passed[-1]))
        except PartnerMoveRefused:
            assert not PARTNER.allows(step, passed[-1])
    return passed


@given(st.lists(st.sampled_from(ApplicationStep), min_size=1))
def test_an_application_is_decided_once(steps: list[ApplicationStep]) -> None:
    decided = APPLICATION.after(steps[0], ApplicationState.APPLIED)
    for step in steps[1:]:
        try:
            APPLICATION.require(step, decided)
        except ApplicationMoveRefused:
            continue
        raise AssertionError(step)


@given(st.lists(st.sampled_from(Step)))
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


def test_an_approval_begins_a_partner_in_the_state_that_it_names() -> None:
    assert {PARTNER.after(step, PartnerState.APPROVED) for step in FIRST_STEPS.values()} == set(FIRST_STEPS)
