"""Loops that meet trouble: they go on, soon after a server is back, and do not fill the log."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from app.platform.background import loops
from app.platform.background.loops import Loop, run_loops
from app.platform.kernel.outages import DatabaseUnreachable


async def lines_of(turn: Callable[[int], None], turns: int, monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What is logged while a loop turns so often without a rest."""
    stopped, count = asyncio.Event(), 0
    rests: list[float] = []

    async def rest(_: asyncio.Event, seconds: float) -> None:
        rests.append(seconds)
        await asyncio.sleep(0)

    async def once() -> int:
        nonlocal count
        count += 1
        if count >= turns:
            stopped.set()
        turn(count)
        return 1

    monkeypatch.setattr(loops, "_rest", rest)
    with capture_logs() as lines:
        await run_loops([Loop("relay", once, 0.25)], stopped)
    return [*lines, max(rests, default=0.0)]


async def test_a_loop_that_is_stuck_says_so_once_a_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: int) -> None:
        raise ValueError

    line, longest = await lines_of(fail, 200, monkeypatch)
    assert line["event"] == "turn_failed"
    assert longest == loops.LONGEST_BACKOFF_SECONDS


async def test_while_a_server_is_away_it_asks_every_two_seconds_and_tells_when_it_is_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def be_away(turn: int) -> None:
        if turn < 100:
            raise ExceptionGroup("some tenants", [DatabaseUnreachable()])

    failed, again, longest = await lines_of(be_away, 120, monkeypatch)
    assert (failed["event"], failed["outage"]) == ("turn_failed", "away")
    assert (again["event"], again["failures"]) == ("turns_again", 99)
    assert longest == loops.OUTAGE_BACKOFF_SECONDS


async def test_a_process_that_turns_touches_the_file_that_is_watched(tmp_path: Path) -> None:
    file = tmp_path / "turns"
    (loop,) = loops.sign_of_life(file)
    await loop.turn()
    assert file.exists()
    assert loops.sign_of_life(None) == []
