"""The applicant's 统一社会信用代码 is checked before anybody reads the application."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenants.partners.credit_code import (
    CreditCodeCharacters,
    CreditCodeCheckDigit,
    CreditCodeEmpty,
    CreditCodeLength,
    CreditCodeRefused,
    normalise_credit_code,
)

VALID = "91110000600037341L"


@pytest.mark.parametrize(
    "typed",
    [
        VALID,
        VALID.lower(),
        " 9111 0000 6000 3734 1L ",
        "91110000-600037341-L",
        "９１１１００００６０００３７３４１Ｌ",
    ],
)
def test_spellings_of_one_code_are_stored_alike(typed: str) -> None:
    assert normalise_credit_code(typed) == VALID


@pytest.mark.parametrize(
    ("typed", "refusal"),
    [
        ("", CreditCodeEmpty),
        ("　 ", CreditCodeEmpty),
        ("9111000060003734", CreditCodeLength),
        (VALID + "1", CreditCodeLength),
        ("A1110000600037341L", CreditCodeCharacters),
        ("9111000060003734OL", CreditCodeCharacters),
        ("9111000060003734厦门", CreditCodeCharacters),
        ("91110000600037341M", CreditCodeCheckDigit),
        ("91110000600037431L", CreditCodeCheckDigit),
    ],
)
def test_a_wrong_code_is_refused_with_its_reason(typed: str, refusal: type[CreditCodeRefused]) -> None:
    with pytest.raises(refusal):
        normalise_credit_code(typed)


@given(position=st.integers(0, 17), other=st.sampled_from("0123456789ABCDEFGHJKLMNPQRTUWXY"))
def test_one_wrong_character_never_passes(position: int, other: str) -> None:
    changed = VALID[:position] + other + VALID[position + 1 :]
    if changed == VALID:
        return
    with pytest.raises(CreditCodeRefused):
        normalise_credit_code(changed)


@given(st.text(max_size=40))
def test_rubbish_is_refused_and_nothing_else_happens(text: str) -> None:
    with suppress(CreditCodeRefused):
        assert len(normalise_credit_code(text)) == 18
