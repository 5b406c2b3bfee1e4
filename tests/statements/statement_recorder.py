"""What the application sends to PostgreSQL while the tests run: every text once, with the line that sent it.

Two ways lead to the driver: SQLAlchemy's cursors, and the driver's own methods that `app.platform.kernel` calls on
connections
of SQLAlchemy's pools. Both are listened to. Connections that a test opens itself are no business of ours, nor is a
statement that a test sends on the application's connection: tests look behind the curtain on purpose.
"""

import re
import sys
from collections.abc import Callable, Iterator
from functools import lru_cache, wraps
from pathlib import Path
from types import FrameType
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

import asyncpg
import greenlet
from sqlalchemy import Engine, event
from sqlalchemy.pool import Pool

ROOT = Path(__file__).parents[2]
_TESTS, _PLUMBING, _PACKAGES, _MIGRATIONS = (
    f"{ROOT / name}/" for name in ("tests", "app/platform/kernel", ".venv", "migrations")
)

_LISTS = re.compile(r"(\$\d+(?:::[\w\[\] ]+)?)(?:, \$\d+(?:::[\w\[\] ]+)?)+")
_ROWS = re.compile(r"(\([^()]*\))(?:, \([^()]*\))+")
_NUMBERS = re.compile(r"\$\d+")
_IDS = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_DRIVER_METHODS = ("execute", "executemany", "fetch", "fetchrow", "fetchval")


class Sent(NamedTuple):
    """One statement: the database role that sent it, the line of the program, the text."""

    role: str
    origin: str
    text: str


Listener = Callable[[str, str, tuple[Any, ...]], None]
"""Gets role, text and parameters of everything that goes to the database on a pool's connection."""

_roles: WeakKeyDictionary[Any, str] = WeakKeyDictionary()
"""The role of each driver connection that a pool made."""
_listeners: list[Listener] = []


def listen(listener: Listener) -> None:
    """Have `listener` called before each statement, until `stop_listening`."""
    _install()
    _listeners.append(listener)


def stop_listening(listener: Listener) -> None:
    _listeners.remove(listener)


class Recorder:
    """Keeps what the application sent. Statements that differ only in the number of their values are one."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, str], Sent] = {}

    def __call__(self, role: str, text: str, parameters: tuple[Any, ...]) -> None:
        key = (role, shape_of(text))
        if key not in self._found and (origin := _origin()) is not None:
            self._found[key] = Sent(role, origin, text)

    @property
    def found(self) -> list[Sent]:
        return sorted(self._found.values())


@lru_cache(4096)
def shape_of(text: str) -> str:
    """The text without what changes from call to call: ids in it, lengths of lists, how many rows."""
    flat = _LISTS.sub(r"\1", _IDS.sub("id", text))
    return _ROWS.sub(r"\1", _NUMBERS.sub("$", flat))


def _origin() -> str | None:
    """`app/desk/tickets/repository.py:41 detail`: the innermost line of ours above the kernel; None for a test's
    own."""
    plumbing = "app/platform/kernel"
    for frame in _frames():
        name = frame.f_code.co_filename
        if not name.startswith(f"{ROOT}/") or name.startswith(_PACKAGES):
            continue
        if name.startswith(_MIGRATIONS):
            return None  # what makes the tables is no statement of the application
        if name.startswith(_TESTS):
            if name.startswith(f"{_TESTS}statements/"):
                continue
            return None
        place = f"{name.removeprefix(f'{ROOT}/')}:{frame.f_lineno} {frame.f_code.co_name}"
        if not name.startswith(_PLUMBING):
            return place
        plumbing = place
    return plumbing


def _frames() -> Iterator[FrameType]:
    """From here outwards, across SQLAlchemy's greenlets."""
    frame: FrameType | None = sys._getframe(1)
    current: Any = greenlet.getcurrent()
    while True:
        while frame is not None:
            yield frame
            frame = frame.f_back
        current = current.parent
        if current is None:
            return
        frame = current.gr_frame


def _install() -> None:
    if event.contains(Pool, "connect", _on_connect):
        return
    event.listen(Engine, "do_connect", _on_do_connect)
    event.listen(Pool, "connect", _on_connect)
    event.listen(Engine, "before_cursor_execute", _on_cursor)
    for name in _DRIVER_METHODS:
        setattr(asyncpg.Connection, name, _listening(getattr(asyncpg.Connection, name)))


def _on_do_connect(_dialect: Any, record: Any, _arguments: Any, parameters: dict[str, Any]) -> None:
    record.info["role"] = parameters["user"]


def _on_connect(connection: Any, record: Any) -> None:
    _roles[connection.driver_connection] = record.info["role"]


def _on_cursor(connection: Any, _cursor: Any, text: str, parameters: Any, _context: Any, executemany: bool) -> None:
    role = _roles.get(connection.connection.driver_connection)
    if role is not None:
        _tell(role, text, tuple(parameters[0] if executemany else parameters))


def _listening(method: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(method)
    def call(self: Any, text: str, *parameters: Any, **options: Any) -> Any:
        # A pool hands out proxies; SQLAlchemy's pools hand out the connection itself.
        role = _roles.get(self)
        if role is not None:
            _tell(role, text, parameters)
        return method(self, text, *parameters, **options)

    return call


def _tell(role: str, text: str, parameters: tuple[Any, ...]) -> None:
    for listener in _listeners:
        listener(role, text, parameters)
