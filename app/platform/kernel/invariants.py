"""What the program knows to be so, said by name where it turns out not to be."""

from typing import TypeVar

Value = TypeVar("Value")


class InvariantBroken(RuntimeError):
    """Something is missing that cannot be: a fault of the program, never of whoever uses it."""


def present(value: Value | None, reason: str) -> Value:
    """`value`, which is there for the stated reason.

    Raises:
        InvariantBroken: it is not.
    """
    if value is None:
        raise InvariantBroken(f"not there, although {reason}")
    return value


def of_kind(value: object, kind: type[Value], reason: str) -> Value:
    """`value`, which is of this kind for the stated reason.

    Raises:
        InvariantBroken: it is of another.
    """
    if not isinstance(value, kind):
        raise InvariantBroken(f"no {kind.__name__}, although {reason}")
    return value
