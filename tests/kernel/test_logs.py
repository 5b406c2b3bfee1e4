"""Every line of a process is one JSON object of the same shape, whoever wrote it."""

import json
import subprocess
import sys
from typing import Any

import pytest

WRITTEN = """
import logging
from uuid import UUID

import structlog

from app.platform.kernel.logs import configure_logs, log

configure_logs({log_format!r}, "INFO")
structlog.contextvars.bind_contextvars(request_id="r-1")
log("app.desk.tickets").info("assigned", ticket=UUID(int=7), title="空调坏了\\nlevel=error")
log("app.desk.tickets").debug("not wanted")
logging.getLogger("a.library").warning("slow: %s", "query")
logging.getLogger("a.library").info("also wanted")
try:
    1 / 0
except ZeroDivisionError:
    log("app.desk.tickets").exception("broke")
try:
    try:
        int("王芳 13800138000")
    except ValueError as error:
        raise ExceptionGroup("王芳", [KeyError("王芳"), error]) from error
except ExceptionGroup:
    log("app.desk.tickets").exception("quotes")
    logging.getLogger("a.library").exception("quotes")
logging.getLogger("asyncio").error("Task exception was never retrieved\\nfuture: KeyError('王芳')")
logging.getLogger("casbin.enforcer").info("p, dispatcher, tickets, read")
logging.getLogger("_granian").error("a server's word")
"""


def _lines(log_format: str) -> list[str]:
    command = [sys.executable, "-c", WRITTEN.format(log_format=log_format)]
    done = subprocess.run(command, check=True, capture_output=True)
    assert not done.stdout
    return done.stderr.decode().splitlines()


@pytest.fixture(scope="module")
def lines() -> list[dict[str, Any]]:
    return [json.loads(line) for line in _lines("json")]


def test_one_event_is_one_line_even_with_line_breaks_in_it(lines: list[dict[str, Any]]) -> None:
    assert [line["event"] for line in lines] == [
        "assigned",
        "slow: query",
        "also wanted",
        "broke",
        "quotes",
        "quotes",
        "Task exception was never retrieved",
        "a server's word",
    ]
    assert lines[0]["title"] == "空调坏了\nlevel=error"
    assert lines[0]["ticket"] == "00000000-0000-0000-0000-000000000007"


def test_libraries_lines_have_the_shape_of_our_own(lines: list[dict[str, Any]]) -> None:
    assert [line["channel"] for line in lines[:4]] == ["app.desk.tickets", "a.library", "a.library", "app.desk.tickets"]
    assert [line["level"] for line in lines[:4]] == ["info", "warning", "info", "error"]
    assert {line["request_id"] for line in lines} == {"r-1"}
    assert all(line["timestamp"].endswith("Z") for line in lines), "UTC"


def test_an_exception_brings_its_traceback_in_the_same_line(lines: list[dict[str, Any]]) -> None:
    assert "ZeroDivisionError" in lines[3]["exception"]


def test_what_an_exception_quotes_stays_out(lines: list[dict[str, Any]]) -> None:
    assert "王芳" not in json.dumps(lines[1:], ensure_ascii=False)
    for line in lines[4:6]:
        assert "KeyError" in line["exception"]
        assert "ValueError" in line["exception"]
        assert "ExceptionGroup" in line["exception"]


def test_for_people_it_is_text() -> None:
    written = _lines("console")
    assert "assigned" in written[0]
    assert "app.desk.tickets" in written[0]
    assert any("slow: query" in line for line in written)
