"""How a failure is written into a log: where it happened and of which kind, never what it says.

What an error says quotes what it was given: PostgreSQL names the values of a key that exists already, a parser the text
that it could not read, a dictionary the name that it lacks. A log is read by people who may not read that. So of most
errors only the kind is written, with what surely is no content: the state and names that PostgreSQL gives, the number
of a system error, the words of errors that speak of code.
"""

import traceback
from typing import Final

_SPEAK_OF_CODE: Final = frozenset(
    (TypeError, AttributeError, NameError, UnboundLocalError, ImportError, ModuleNotFoundError, RuntimeError)
)
_NAMES: Final = ("sqlstate", "table_name", "column_name", "constraint_name")


def described(failure: BaseException) -> str:
    """The failure, what it came from, and the members of a group: tracebacks, each with its kind."""
    return "\n".join(_lines(failure, set()))


def kind_of(failure: BaseException) -> str:
    """One line: the kind of error, and what of it is no content."""
    kind = type(failure)
    name = kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"
    if kind in _SPEAK_OF_CODE:
        return f"{name}: {failure}"
    known = {each: getattr(failure, each, None) for each in _NAMES}
    if isinstance(failure, OSError):
        known["errno"] = failure.errno
    told = " ".join(f"{each}={value}" for each, value in known.items() if value)
    return f"{name} ({told})" if told else name


def _lines(failure: BaseException, seen: set[int]) -> list[str]:
    if id(failure) in seen:
        return []
    seen.add(id(failure))
    lines = []
    cause = failure.__cause__ or (None if failure.__suppress_context__ else failure.__context__)
    if cause is not None:
        lines = [*_lines(cause, seen), "from which came:"]
    lines += ["Traceback (most recent call last):"]
    lines += [line.rstrip("\n") for line in traceback.format_tb(failure.__traceback__)]
    lines.append(kind_of(failure))
    if isinstance(failure, BaseExceptionGroup):
        for number, member in enumerate(failure.exceptions, 1):
            lines += [f"{number} of {len(failure.exceptions)}:", *_lines(member, seen)]
    return lines
