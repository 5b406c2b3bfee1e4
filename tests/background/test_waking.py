"""Workers are woken by messages that may be lost, doubled or forged: the rows decide, and little waits in Redis."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from pydantic import SecretStr

from app.platform.background import worker as working
from app.platform.background.celery import create_celery, sender
from app.platform.background.queues import QUEUES, Queue
from app.platform.background.wake_ups import GUARD_PREFIX, QUEUE_PREFIX, DueWatcher, Waker
from app.platform.background.worker import Worker
from app.platform.embedded.ports import free_port
from app.platform.kernel.outbox import LANES, DueKind
from app.platform.kernel.runtime import Runtime
from app.platform.kernel.settings import Settings
from app.worker import all_long_jobs, all_sweeps
from tests.background.job_runs import runs_by_job
from tests.background.program import Counted, Happened, consumers
from tests.factories.network import Network, PartnerCompany


@pytest.fixture
async def partner(network: Network, runtime: Runtime) -> AsyncIterator[PartnerCompany]:
    await runtime.redis.flushdb()
    yield await network.partner()
    await runtime.redis.flushdb()


@pytest.fixture
def watch(runtime: Runtime, test_settings: Settings) -> DueWatcher:
    return DueWatcher(runtime, waker(runtime, test_settings))


def waker(runtime: Runtime, settings: Settings) -> Waker:
    return Waker(runtime, sender(create_celery(settings)))


async def happen(runtime: Runtime, partner: PartnerCompany, number: int = 3) -> None:
    async with runtime.units_of_work.begin(partner.system) as work:
        for _ in range(number):
            work.publish(Counted())


async def waiting(runtime: Runtime, queue: Queue = Queue.NOTICES) -> int:
    length: int = await runtime.redis.llen(QUEUE_PREFIX + queue)
    return length


async def test_one_message_says_that_a_lane_has_something_however_much_and_whoever_looks(
    runtime: Runtime, partner: PartnerCompany, watch: DueWatcher, test_settings: Settings
) -> None:
    assert await watch.run_once() == 0
    await happen(runtime, partner)
    other = DueWatcher(runtime, waker(runtime, test_settings))
    assert sum(await asyncio.gather(watch.run_once(), other.run_once(), watch.run_once())) == 1
    assert await waiting(runtime) == 1


async def test_without_workers_messages_do_not_pile_up_and_a_lost_one_is_sent_again(
    runtime: Runtime, partner: PartnerCompany, watch: DueWatcher
) -> None:
    await happen(runtime, partner)
    for _ in range(3):
        await watch.run_once()
        assert 0 < await runtime.redis.pttl(GUARD_PREFIX + DueKind.OUTBOX) <= 2_000
        await guard_ends(runtime)
    assert await waiting(runtime) == 1
    await runtime.redis.delete(QUEUE_PREFIX + Queue.NOTICES)
    assert await watch.run_once() == 1
    assert await waiting(runtime) == 1


async def guard_ends(runtime: Runtime) -> None:
    await runtime.redis.delete(GUARD_PREFIX + DueKind.OUTBOX)


async def test_a_turn_lets_the_next_message_come_and_asks_for_what_it_left(
    runtime: Runtime, partner: PartnerCompany, test_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    await happen(runtime, partner)
    worker = Worker(runtime, consumers, waker=waker(runtime, test_settings))
    monkeypatch.setattr(working, "TURN_SECONDS", -1)
    await runtime.redis.set(GUARD_PREFIX + DueKind.OUTBOX, "sent")
    await worker.on_wake_up(DueKind.OUTBOX)
    assert (await runs_by_job(runtime, partner), await waiting(runtime)) == ({}, 1)
    monkeypatch.undo()
    await worker.on_wake_up(DueKind.OUTBOX)
    assert await runs_by_job(runtime, partner) == {"notified": 3}
    assert not await runtime.redis.exists(GUARD_PREFIX + DueKind.OUTBOX)


async def test_a_message_that_arrives_twice_or_says_what_is_not_so_does_nothing(
    runtime: Runtime, partner: PartnerCompany, test_settings: Settings
) -> None:
    await happen(runtime, partner)
    worker = Worker(runtime, consumers, queues=[Queue.NOTICES], waker=waker(runtime, test_settings))
    kinds = [DueKind.OUTBOX, DueKind.OUTBOX, DueKind.OUTBOX, DueKind.OUTBOX_FIGURES, DueKind.SLA_THRESHOLD]
    await asyncio.gather(*(worker.on_wake_up(kind) for kind in kinds))
    assert await runs_by_job(runtime, partner) == {"notified": 3}


async def test_without_redis_a_worker_looks_by_itself(
    runtime: Runtime, partner: PartnerCompany, test_settings: Settings
) -> None:
    nowhere = test_settings.model_copy(update={"redis_url": SecretStr(f"redis://127.0.0.1:{free_port()}/0")})
    alone = Runtime(nowhere, runtime.clock, runtime.ids)
    try:
        worker = Worker(alone, consumers, waker=waker(alone, nowhere))
        await happen(runtime, partner)
        for loop in worker.loops():
            await loop.turn()
        assert await runs_by_job(runtime, partner) == {"notified": 3, "summed": 3}
        async with runtime.units_of_work.begin(partner.system) as work:
            work.publish(Happened())
        await worker.on_wake_up(DueKind.OUTBOX_FOLLOW_UP)
        await worker.stop()
        assert await runs_by_job(runtime, partner) == {"notified": 3, "summed": 3, "trace": 1}
    finally:
        await alone.close()


async def test_a_worker_that_is_told_to_end_does_not_wait_for_an_hour_of_copying(
    runtime: Runtime, partner: PartnerCompany, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(working, "GRACE_SECONDS", 0)
    begun, ended = asyncio.Event(), asyncio.Event()

    class Copying:
        async def run_once(self) -> int:
            begun.set()
            try:
                await asyncio.Event().wait()
            finally:
                ended.set()
            return 1

    worker = Worker(runtime, consumers, long_jobs={DueKind.TENANT_EXPORT: Copying()})
    turn = asyncio.create_task(worker.on_wake_up(DueKind.TENANT_EXPORT))
    await begun.wait()
    await worker.stop()
    await turn
    assert ended.is_set()


def test_every_kind_of_due_work_is_somebodys(runtime: Runtime) -> None:
    swept = {kind for kind, _ in all_sweeps()}
    assert not swept & set(QUEUES), "the relay sweeps what workers are woken for: it would be done twice"
    assert swept | set(QUEUES) == set(DueKind), (
        f"{set(DueKind) - swept - set(QUEUES)} falls due and nobody does it: give it a sweep in its area's tasks.py, "
        "or a queue in app/platform/background/queues.py when it takes minutes"
    )
    assert set(all_long_jobs(runtime)) == set(QUEUES) - set(LANES)
