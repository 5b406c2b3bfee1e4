"""Tracebacks for logs without messages of exceptions, which may quote personal data.

PostgreSQL quotes the values of a duplicate key, a parser the text that it could not read, a dictionary the missing key;
people who read logs may not read those. So most exceptions are logged as their type, plus what cannot be content:
SQLSTATE, table, column and constraint names, `errno`. Messages of a few built-in types that only name code are kept.
"""

import traceback
from typing import Final

_SPEAK_OF_CODE: Final = frozenset(
    (TypeError, AttributeError, NameError, UnboundLocalError, ImportError, ModuleNotFoundError, RuntimeError)
)
_NAMES: Final = ("sqlstate", "table_name", "column_name", "constraint_name")


def safe_traceback(failure: BaseException) -> str:
    """Tracebacks of the exception, of its causes and of the members of a group, each ending with `safe_error_line`."""
    return "\n".join(_lines(failure, set()))


def safe_error_line(failure: BaseException) -> str:
    """One line: the type of the exception and its attributes that are no content."""
    kind = type(failure)
    name = kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"
    if kind in _SPEAK_OF_CODE:
        return f"{name}: {failure}"
    known = {each: getattr(failure, each, None) for each in _NAMES}
    if isinstance(failure, OSError):
        known["errno"] = failure.errno
    attributes = " ".join(f"{each}={value}" for each, value in known.items() if value)
    return f"{name} ({attributes})" if attributes else name


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
    lines.append(safe_error_line(failure))
    if isinstance(failure, BaseExceptionGroup):
        for number, member in enumerate(failure.exceptions, 1):
            lines += [f"{number} of {len(failure.exceptions)}:", *_lines(member, seen)]
    return lines
