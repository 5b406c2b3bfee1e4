"""A worker that dies at a chosen step: before a statement, before a commit, or right after one."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import event

from app.platform.kernel.runtime import Runtime


class Died(BaseException):
    """The process is gone, and what it had not committed with it. No handler of the program's catches it."""


@dataclass
class Steps:
    """How many steps were taken, and at which one dies (None: at none)."""

    fatal: int | None
    taken: int = 0

    def step(self) -> None:
        """One more.

        Raises:
            Died: it was the last.
        """
        self.taken += 1
        if self.taken == self.fatal:
            raise Died


@contextmanager
def dying_at(runtime: Runtime, fatal: int | None) -> Iterator[Steps]:
    """Count what the app role does in the database, and die at that step; once dead, no statement comes through."""
    engine = runtime.engine("app").sync_engine
    steps = Steps(fatal)

    def statement(*_: Any) -> None:
        steps.step()

    def commit(*_: Any) -> None:
        steps.step()

    event.listen(engine, "before_cursor_execute", statement)
    event.listen(engine, "commit", commit)
    try:
        yield steps
    finally:
        event.remove(engine, "before_cursor_execute", statement)
        event.remove(engine, "commit", commit)
