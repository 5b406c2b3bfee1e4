"""Checks at the end of a run what the application sent during it: one statement that breaks the pattern fails the run.

Under xdist each worker hands its statements to the process that started it, which checks all of them once.
"""

from typing import Any

import pytest

from migrations.registry import mapped_classes
from tenants.rls import GLOBAL_TABLES
from tests.statements.portability import Complaint, complaints
from tests.statements.statement_recorder import Recorder, Sent, listen

WORDS = "statements"


class StatementCheck:
    """A pytest plugin, registered by tests/conftest.py."""

    def __init__(self) -> None:
        self._recorder = Recorder()
        self._received: set[Sent] = set()
        self._checked = 0
        self._found: list[Complaint] = []
        listen(self._recorder)

    def pytest_testnodedown(self, node: Any) -> None:
        """xdist: a worker has ended."""
        output = getattr(node, "workeroutput", None) or {}
        self._received |= {Sent(*each) for each in output.get(WORDS, ())}

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        output = getattr(session.config, "workeroutput", None)
        if output is not None:
            output[WORDS] = [tuple(sent) for sent in self._recorder.found]
            return
        statements = sorted({*self._received, *self._recorder.found})
        tables = frozenset(mapped_classes()) - frozenset(GLOBAL_TABLES)
        self._checked = len(statements)
        self._found = _once([each for sent in statements for each in complaints(sent, tables)])
        if self._found and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        for complaint in self._found:
            terminalreporter.section(f"statement: {complaint.sent.origin}", red=True)
            terminalreporter.write_line(f"as {complaint.sent.role}: {complaint.reason}")
            terminalreporter.write_line(complaint.sent.text)
        if self._found:
            terminalreporter.write_line(
                f"{len(self._found)} statements would not run the same on distributed tables; docs/scaling.md", red=True
            )
        elif self._checked:
            terminalreporter.write_line(f"{self._checked} statements of the application bind their tenant")


def _once(found: list[Complaint]) -> list[Complaint]:
    """One complaint for each line and reason: a line that builds a statement in many shapes is one fault."""
    return list({(each.sent.role, each.sent.origin, each.reason): each for each in found}.values())
