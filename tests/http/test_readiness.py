"""Readiness for operators and load balancers: busy is not down, and a process with a backlog that stands is stuck."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from app.asgi import build
from app.platform.http import readiness
from app.platform.http.readiness import RELAY_HEARTBEAT, Backlog, Backlogs, Readiness, ReadinessCheck
from app.platform.kernel.ids import new_id
from app.platform.kernel.outages import DatabaseUnreachable
from app.platform.kernel.outbox import DueKind
from app.platform.kernel.runtime import Runtime
from tests.factories.network import Network, PartnerCompany


@pytest.fixture
async def partner(network: Network, runtime: Runtime) -> PartnerCompany:
    await runtime.redis.set(RELAY_HEARTBEAT, "alive")
    return await network.partner()


@pytest.fixture
def check(runtime: Runtime, monkeypatch: pytest.MonkeyPatch) -> ReadinessCheck:
    """The check of a web process that looks anew each time."""
    monkeypatch.setattr(readiness, "CACHE_SECONDS", -1)
    application: Any = build(runtime)
    found: ReadinessCheck = application.state.readiness
    return found


async def plan(runtime: Runtime, partner: PartnerCompany, kind: DueKind, age: timedelta) -> None:
    async with runtime.units_of_work.begin(partner.system) as work:
        work.schedule(kind, new_id(), work.now - age)


async def test_who_has_nothing_to_do_is_ok(check: ReadinessCheck, partner: PartnerCompany) -> None:
    assert await check.current() == Readiness("ok", "ok", "ok", "ok", "ok", 0, 0)


async def test_a_pool_that_is_used_up_is_busy_and_not_down(
    check: ReadinessCheck, runtime: Runtime, partner: PartnerCompany
) -> None:
    engine = runtime.engine("app")
    taken = [await engine.connect() for _ in range(4)]
    found = await check.current()
    for connection in taken:
        await connection.close()
    assert found.can_serve
    assert found.database == "ok"


async def test_a_slow_database_is_busy_until_it_has_been_silent_for_long(
    runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(readiness, "CACHE_SECONDS", -1)
    monkeypatch.setattr(readiness, "TIMEOUT_SECONDS", 0.05)

    async def never(_: Runtime) -> Backlogs:
        await asyncio.Event().wait()
        raise AssertionError

    check = ReadinessCheck(runtime, never)
    found = await check.current()
    assert (found.database, found.can_serve, found.worker) == ("busy", True, "unknown")
    monkeypatch.setattr(readiness, "SILENT_SECONDS", -1)
    found = await check.current()
    assert (found.database, found.can_serve) == ("down", False)


async def test_a_database_that_refuses_is_down(runtime: Runtime) -> None:
    async def refuse(_: Runtime) -> Backlogs:
        raise DatabaseUnreachable

    assert not (await ReadinessCheck(runtime, refuse).current()).can_serve


async def test_many_who_ask_at_once_cost_one_look(runtime: Runtime) -> None:
    looks = 0

    async def count(_: Runtime) -> Backlogs:
        nonlocal looks
        looks += 1
        return Backlogs(Backlog(), Backlog())

    check = ReadinessCheck(runtime, count)
    await asyncio.gather(*(check.current() for _ in range(50)))
    assert looks == 1


@pytest.mark.parametrize(
    ("kind", "part", "age"),
    [(DueKind.SLA_THRESHOLD, "relay", "oldest_entry_seconds"), (DueKind.OUTBOX, "worker", "oldest_event_seconds")],
)
async def test_what_is_late_is_behind_while_it_moves_and_then_stuck(
    check: ReadinessCheck,
    runtime: Runtime,
    partner: PartnerCompany,
    monkeypatch: pytest.MonkeyPatch,
    kind: DueKind,
    part: str,
    age: str,
) -> None:
    await plan(runtime, partner, kind, timedelta(minutes=5))
    found = await check.current()
    assert (getattr(found, part), getattr(found, age)) == ("behind", 300)
    monkeypatch.setattr(readiness, "STUCK_SECONDS", -1)
    found = await check.current()
    assert getattr(found, part) == "stuck", "the heartbeat alone is no work"
    assert found.can_serve


async def test_without_a_heartbeat_the_relay_is_down(
    check: ReadinessCheck, runtime: Runtime, partner: PartnerCompany
) -> None:
    await runtime.redis.delete(RELAY_HEARTBEAT)
    assert (await check.current()).relay == "down"


async def test_a_full_disk_is_told_and_reading_goes_on(
    check: ReadinessCheck, partner: PartnerCompany, monkeypatch: pytest.MonkeyPatch
) -> None:
    check.note_storage_full()
    found = await check.current()
    assert (found.storage, found.can_serve) == ("full", True)
    monkeypatch.setattr(readiness, "FULL_SECONDS", -1)
    check.note_storage_full()
    assert (await check.current()).storage == "ok"
    monkeypatch.setattr(readiness, "MIN_FREE_BYTES", 1 << 62)
    assert (await check.current()).storage == "full"
