"""A migration waits for a database that comes up late, and for nothing else."""

import asyncio

import pytest

from app.platform.kernel.settings import Settings
from migrations import waiting
from migrations.waiting import DatabaseAway, wait_for_database


async def test_a_database_that_is_there_is_not_waited_for(test_settings: Settings) -> None:
    await wait_for_database(test_settings.database_address("app"), 0)


async def test_one_that_comes_up_late_is_waited_for(test_settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waiting, "PAUSE_SECONDS", 0.01)
    address = test_settings.database_address("app")
    host, _, port = address.rpartition("@")[2].partition("/")[0].partition(":")
    late = await asyncio.start_server(lambda _, writer: writer.close(), host, 0)
    other = late.sockets[0].getsockname()[1]
    waits = asyncio.create_task(wait_for_database(address.replace(f":{port}/", f":{other}/"), 60))
    await asyncio.sleep(0.1)
    assert not waits.done()
    waits.cancel()
    late.close()


async def test_one_that_never_comes_is_told_without_its_address(
    test_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(waiting, "PAUSE_SECONDS", 0.01)
    with pytest.raises(DatabaseAway) as away:
        await wait_for_database("postgresql+asyncpg://yinghuo_owner:hidden@127.0.0.1:9/yinghuo", 0)
    assert "hidden" not in str(away.value)


async def test_a_wrong_password_is_not_waited_for(test_settings: Settings) -> None:
    address = test_settings.database_address("app").replace("yinghuo_app:", "yinghuo_nobody:")
    with pytest.raises(DatabaseAway, match="refuses"):
        await wait_for_database(address, 600)
