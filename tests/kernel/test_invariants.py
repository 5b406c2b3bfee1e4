"""What cannot be missing is said by name when it is."""

import pytest

from app.platform.kernel.invariants import InvariantBroken, of_kind, present


def test_what_is_there_is_handed_on() -> None:
    assert present(0, "numbers are there") == 0
    assert of_kind("text", str, "only texts come") == "text"


def test_what_is_missing_is_refused_with_the_reason() -> None:
    with pytest.raises(InvariantBroken, match="every company has a profile"):
        present(None, "every company has a profile")


def test_what_is_of_another_kind_is_refused() -> None:
    with pytest.raises(InvariantBroken, match="no int, although only numbers come"):
        of_kind("text", int, "only numbers come")
