"""The batch loader: shared statements, no stale answers, connections that die in the middle."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import asyncpg
import pytest
from asyncpg.exceptions import DivisionByZeroError
from pydantic import SecretStr
from sqlalchemy import ARRAY, Integer, Text, bindparam, cast, func, literal, select

from app.platform.kernel.outages import DatabaseUnreachable
from app.platform.kernel.performance import MAX_BATCH_SIZE, BatchLoader, PreparedStatement, Row, batch_loader
from app.platform.kernel.runtime import Runtime
from app.platform.kernel.settings import Settings

_KEY = func.unnest(bindparam("keys", type_=ARRAY(Text))).column_valued("key")


class Question(PreparedStatement):
    """Answers each key but "nobody" with the connection's process id, and cannot divide by zero. Notes what was sent;
    with its gate closed it waits, as on a slow database."""

    def __init__(self) -> None:
        super().__init__(
            select(_KEY, func.pg_backend_pid(), literal(1) / cast(_KEY, Integer)).where(_KEY != "-1").order_by(_KEY)
        )
        self.sent: list[list[str]] = []
        self.gate = asyncio.Event()
        self.gate.set()

    async def rows(self, driver: Any, **parameters: Any) -> list[Row]:
        self.sent.append(parameters["keys"])
        await self.gate.wait()
        return await super().rows(driver, **parameters)


@pytest.fixture
async def loader(runtime: Runtime) -> AsyncIterator[BatchLoader]:
    made = BatchLoader(runtime.engine("signin"), runtime.clock, 2)
    yield made
    await made.close()
    assert _taken(made) == 0, "the pool has every connection back"


def _taken(loader: BatchLoader) -> int:
    pool: Any = loader.engine.sync_engine.pool
    return int(pool.checkedout())


async def _asking(loader: BatchLoader, question: Question, keys: list[str]) -> list[asyncio.Task[Row | None]]:
    """Callers who have asked and wait."""
    tasks = [asyncio.create_task(loader.load(question, key)) for key in keys]
    for _ in range(3):
        await asyncio.sleep(0)
    return tasks


async def _until(condition: Callable[[], bool]) -> None:
    """Wait for what happens on connections that are only being made."""
    for _ in range(1000):
        if condition():
            return
        await asyncio.sleep(0.01)
    pytest.fail("it did not happen")


async def test_a_lone_caller_is_answered_and_the_connection_is_kept(loader: BatchLoader) -> None:
    question = Question()
    first, second = await loader.load(question, "7"), await loader.load(question, "8")
    assert first
    assert second
    assert (first[0], second[0]) == ("7", "8")
    assert first[1] == second[1], "both by the same connection"
    assert await loader.load(question, "-1") is None


async def test_those_who_ask_meanwhile_share_the_next_statement(loader: BatchLoader) -> None:
    question = Question()
    await loader.load(question, "1")
    question.gate.clear()
    tasks = await _asking(loader, question, ["2", "3", "-1", "4", "3"])
    question.gate.set()
    answers = await asyncio.gather(*tasks)
    assert [row and row[0] for row in answers] == ["2", "3", None, "4", "3"], "everybody has their own answer"
    assert question.sent[1:] == [["2"], ["3", "-1", "4", "3"]]


async def test_nobody_is_answered_by_a_statement_sent_before_they_asked(loader: BatchLoader) -> None:
    question = Question()
    await loader.load(question, "1")
    question.gate.clear()
    early = await _asking(loader, question, ["5"])
    late = await _asking(loader, question, ["5"])
    question.gate.set()
    await asyncio.gather(*early, *late)
    assert question.sent[1:] == [["5"], ["5"]], "what was revoked between the two must be seen by the second"


async def test_different_questions_wait_for_each_other(runtime: Runtime) -> None:
    loader = BatchLoader(runtime.engine("signin"), runtime.clock, 1)
    one, other = Question(), Question()
    one.gate.clear()
    tasks = [*await _asking(loader, one, ["1"]), *await _asking(loader, other, ["2", "3"])]
    assert not other.sent, "there is only one connection"
    one.gate.set()
    assert [row and row[0] for row in await asyncio.gather(*tasks)] == ["1", "2", "3"]
    assert other.sent == [["2", "3"]]
    await loader.close()


async def test_a_crowd_is_served_by_several_connections_in_statements_of_bounded_size(loader: BatchLoader) -> None:
    question = Question()
    question.gate.clear()
    keys = [str(number) for number in range(1, 2 * MAX_BATCH_SIZE + 52)]
    tasks = await _asking(loader, question, keys)
    await _until(lambda: len(question.sent) == 2)
    assert [len(sent) for sent in question.sent] == [1, MAX_BATCH_SIZE]
    question.gate.set()
    answers = await asyncio.gather(*tasks)
    assert [row and row[0] for row in answers] == keys
    assert max(map(len, question.sent)) == MAX_BATCH_SIZE
    assert len({row[1] for row in answers if row}) == 2


async def test_a_cut_connection_is_replaced_and_nobody_notices(loader: BatchLoader, admin_dsn: str) -> None:
    question = Question()
    before = await loader.load(question, "1")
    assert before
    admin = await asyncpg.connect(admin_dsn)
    question.gate.clear()
    tasks = await _asking(loader, question, ["2", "3", "4"])
    assert await admin.fetchval("SELECT pg_terminate_backend($1, 5000)", before[1])
    await admin.close()
    question.gate.set()
    answers = await asyncio.gather(*tasks)
    assert [row and row[0] for row in answers] == ["2", "3", "4"]
    assert before[1] not in {row[1] for row in answers if row}
    assert _taken(loader) == 1


async def test_a_caller_who_goes_away_leaves_no_half_read_connection(loader: BatchLoader) -> None:
    question = Question()
    before = await loader.load(question, "1")
    question.gate.clear()
    gone, *others = await _asking(loader, question, ["2", "3", "4"])
    gone.cancel()
    question.gate.set()
    answers = await asyncio.gather(*others)
    assert [row and row[0] for row in answers] == ["3", "4"]
    assert before
    assert before[1] not in {row[1] for row in answers if row}, "its connection is not used again"


async def test_a_caller_who_stops_waiting_takes_nobody_along(loader: BatchLoader) -> None:
    question = Question()
    question.gate.clear()
    first, gone, other = await _asking(loader, question, ["1", "2", "3"])
    gone.cancel()
    question.gate.set()
    assert [row and row[0] for row in await asyncio.gather(first, other)] == ["1", "3"]


async def test_a_refused_statement_is_told_to_everybody_whom_it_was_for_and_to_nobody_else(loader: BatchLoader) -> None:
    question = Question()
    with pytest.raises(DivisionByZeroError):
        await loader.load(question, "0")
    question.gate.clear()
    tasks = await _asking(loader, question, ["1", "0", "2"])
    question.gate.set()
    first, *shared = await asyncio.gather(*tasks, return_exceptions=True)
    assert not isinstance(first, BaseException)
    assert [type(told) for told in shared] == [DivisionByZeroError, DivisionByZeroError]
    after = await loader.load(question, "3")
    assert after
    assert after[0] == "3"


async def test_time_runs_out_for_those_who_asked_and_the_next_are_served(
    loader: BatchLoader, monkeypatch: pytest.MonkeyPatch
) -> None:
    question = Question()
    await loader.load(question, "1")
    question.gate.clear()
    monkeypatch.setattr(batch_loader, "ANSWER_TIMEOUT_SECONDS", 0.01)
    with pytest.raises(TimeoutError):
        await loader.load(question, "2")
    monkeypatch.undo()
    question.gate.set()
    assert await loader.load(question, "3")


async def test_a_connection_kept_long_enough_goes_back_to_the_pool(
    loader: BatchLoader, monkeypatch: pytest.MonkeyPatch
) -> None:
    question = Question()
    await loader.load(question, "1")
    monkeypatch.setattr(batch_loader, "CONNECTION_LIFETIME_SECONDS", -1)
    for _ in range(3):
        assert await loader.load(question, "2")
    assert _taken(loader) == 1


async def test_a_database_that_is_away_is_told_to_everybody(test_settings: Settings) -> None:
    away = SecretStr("postgresql://yinghuo_app:test@127.0.0.1:1/nowhere")
    runtime = Runtime(test_settings.model_copy(update={"database_url": away}))
    question = Question()
    asked = (runtime.caller_lookups.load(question, key) for key in ("1", "2", "3"))
    assert [type(told) for told in await asyncio.gather(*asked, return_exceptions=True)] == [DatabaseUnreachable] * 3
    assert not question.sent
    await runtime.close()


async def test_at_the_end_nobody_is_left_waiting(runtime: Runtime) -> None:
    loader = BatchLoader(runtime.engine("signin"), runtime.clock, 1)
    question = Question()
    await loader.load(question, "1")
    question.gate.clear()
    first, second, third = await _asking(loader, question, ["2", "3", "4"])
    first.cancel()
    await _until(lambda: question.sent[-1] == ["3", "4"])
    await loader.close()
    told = await asyncio.gather(second, third, return_exceptions=True)
    assert [type(each) for each in told] == [asyncio.CancelledError] * 2
    assert _taken(loader) == 0
