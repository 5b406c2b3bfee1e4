"""Events reach every consumer, whatever dies on the way, and their effect happens once."""

import asyncio
from typing import Any
from uuid import UUID

import pytest
from pydantic import SecretStr
from sqlalchemy import func, select

from app.platform.background import Consumers, Subscription
from app.platform.background.event_queue import FIRST_RETRY_DELAY, LONGEST_RETRY_DELAY, RETRY_LIFETIME
from app.platform.background.leased_lane import LEASE, LeasedLane
from app.platform.background.worker import Worker
from app.platform.kernel.outbox import LANES, ConsumedEvent, DueEntry, DueKind, Event, OutboxEvent
from app.platform.kernel.runtime import Runtime
from app.platform.kernel.settings import Settings
from app.platform.kernel.time_source import SettableClock
from tests.background.job_runs import runs_by_job
from tests.background.program import POISON, Counted, Happened, consumers
from tests.factories.network import Network, PartnerCompany


async def publish(runtime: Runtime, partner: PartnerCompany, *events: Event) -> list[UUID]:
    async with runtime.units_of_work.begin(partner.system) as work:
        return [work.publish(event) for event in events]


async def count(runtime: Runtime, partner: PartnerCompany, model: Any, *conditions: Any) -> int:
    async with runtime.units_of_work.begin(partner.system) as work:
        return (await work.session.execute(select(func.count(model.id)).where(*conditions))).scalar_one()


async def waiting(runtime: Runtime, partner: PartnerCompany) -> dict[str, int]:
    async with runtime.units_of_work.begin(partner.system) as work:
        rows = await work.session.execute(select(DueEntry.kind, func.count(DueEntry.id)).group_by(DueEntry.kind))
        return dict(rows.all())


async def lie_in(runtime: Runtime, partner: PartnerCompany, lane: DueKind, event_id: UUID) -> None:
    """Put an event into a lane, as a second delivery would."""
    async with runtime.units_of_work.begin(partner.system) as work:
        work.schedule(lane, event_id, work.now)


async def test_an_event_passes_its_lanes_and_is_then_done(runtime: Runtime, partner: PartnerCompany) -> None:
    (event_id,) = await publish(runtime, partner, Counted())
    await Worker(runtime, consumers).run_once()
    assert await runs_by_job(runtime, partner) == {"notified": 1, "summed": 1}
    assert await count(runtime, partner, DueEntry) == 0
    async with runtime.units_of_work.begin(partner.system) as work:
        done_at = await work.session.scalar(select(OutboxEvent.relayed_at).where(OutboxEvent.id == event_id))
        assert done_at == work.now


async def test_an_event_that_was_rolled_back_never_leaves(runtime: Runtime, partner: PartnerCompany) -> None:
    with pytest.raises(RuntimeError):
        await _publish_and_fail(runtime, partner)
    await Worker(runtime, consumers).run_once()
    assert await runs_by_job(runtime, partner) == {}


async def _publish_and_fail(runtime: Runtime, partner: PartnerCompany) -> None:
    async with runtime.units_of_work.begin(partner.system) as work:
        work.publish(Happened())
        await work.session.flush()
        raise RuntimeError


async def test_an_event_without_listeners_waits_for_nobody(runtime: Runtime, partner: PartnerCompany) -> None:
    await publish(runtime, partner, Happened(), Counted())
    await Worker(runtime, Consumers()).run_once()
    assert await count(runtime, partner, DueEntry) == 0


async def test_workers_at_the_same_time_handle_each_event_once(runtime: Runtime, partner: PartnerCompany) -> None:
    await publish(runtime, partner, *[Counted() for _ in range(40)], *[Happened() for _ in range(20)])
    workers = [Worker(runtime, consumers) for _ in range(3)]
    while await waiting(runtime, partner):
        await asyncio.gather(*(worker.run_once() for worker in workers))
    assert await runs_by_job(runtime, partner) == {"notified": 40, "summed": 40, "trace": 20}
    assert await count(runtime, partner, ConsumedEvent) == 100


async def test_a_second_delivery_has_no_second_effect(runtime: Runtime, partner: PartnerCompany) -> None:
    counted, happened = await publish(runtime, partner, Counted(), Happened())
    for _ in range(3):
        await Worker(runtime, consumers).run_once()
        await lie_in(runtime, partner, DueKind.OUTBOX, counted)
        await lie_in(runtime, partner, DueKind.OUTBOX_FOLLOW_UP, happened)
    await Worker(runtime, consumers).run_once()
    assert await runs_by_job(runtime, partner) == {"notified": 1, "summed": 1, "trace": 1}
    assert await waiting(runtime, partner) == {}


async def test_one_bad_event_does_not_poison_its_batch(
    runtime: Runtime, partner: PartnerCompany, clock: SettableClock
) -> None:
    good = [Counted() for _ in range(21)]
    await publish(runtime, partner, *good[:9], Counted(number=POISON), *good[9:])
    worker = Worker(runtime, consumers)
    await worker.run_once()
    assert await runs_by_job(runtime, partner) == {"notified": 21, "summed": 22}
    assert await waiting(runtime, partner) == {DueKind.OUTBOX: 1}

    await publish(runtime, partner, Counted())
    clock.advance(FIRST_RETRY_DELAY)
    await worker.run_once()
    assert await runs_by_job(runtime, partner) == {"notified": 22, "summed": 23}
    assert await waiting(runtime, partner) == {DueKind.OUTBOX: 1}


async def test_what_fails_is_tried_again_by_its_own_age_and_given_up_after_a_week(
    runtime: Runtime, partner: PartnerCompany, clock: SettableClock
) -> None:
    await publish(runtime, partner, Counted(number=POISON))
    worker = Worker(runtime, consumers)
    waits = []
    for _ in range(11):
        await worker.run_once()
        async with runtime.units_of_work.begin(partner.system) as work:
            (due_at,) = await work.session.scalars(select(DueEntry.due_at))
        waits.append(due_at - clock.now())
        clock.set(due_at)
    assert waits[:3] == [FIRST_RETRY_DELAY, FIRST_RETRY_DELAY, 2 * FIRST_RETRY_DELAY]
    assert waits[-1] == LONGEST_RETRY_DELAY
    clock.advance(RETRY_LIFETIME)
    await worker.run_once()
    assert await waiting(runtime, partner) == {}
    assert await runs_by_job(runtime, partner) == {"summed": 1}


async def test_one_tenants_events_are_not_kept_waiting_by_anothers_failure(
    runtime: Runtime, network: Network, partner: PartnerCompany
) -> None:
    others = [await network.partner() for _ in range(2)]
    await publish(runtime, partner, Counted(number=POISON))
    for other in others:
        await publish(runtime, other, Counted())
    await Worker(runtime, consumers).run_once()
    assert [await runs_by_job(runtime, other) for other in others] == [{"notified": 1, "summed": 1}] * 2


async def test_an_entry_that_names_another_tenants_event_does_nothing(
    runtime: Runtime, network: Network, partner: PartnerCompany
) -> None:
    stranger = await network.partner()
    (event_id,) = await publish(runtime, partner, Counted())
    for lane in LANES:
        await lie_in(runtime, stranger, lane, event_id)
    await Worker(runtime, consumers).run_once()
    assert await runs_by_job(runtime, stranger) == {}
    assert await count(runtime, stranger, ConsumedEvent) == 0
    assert await runs_by_job(runtime, partner) == {"notified": 1, "summed": 1}


async def test_what_a_dead_worker_had_leased_is_taken_up_after_seconds(
    runtime: Runtime, partner: PartnerCompany, clock: SettableClock
) -> None:
    await publish(runtime, partner, Happened())
    dead, living = (LeasedLane(runtime, consumers, DueKind.OUTBOX_FOLLOW_UP, slots=2) for _ in range(2))
    assert len(await dead._take(partner.id, 2)) == 1
    assert await living.run_once([partner.id]) == {}
    clock.advance(LEASE)
    assert await living.run_once([partner.id]) == {partner.id: False}
    await living.finish()
    assert await runs_by_job(runtime, partner) == {"trace": 1}
    assert await waiting(runtime, partner) == {}


async def test_what_a_stopping_worker_cannot_end_is_given_back(
    runtime: Runtime, partner: PartnerCompany, monkeypatch: pytest.MonkeyPatch
) -> None:
    never = asyncio.Event()
    patient = Consumers()

    @patient.on(Happened.topic, name="tests.never_ends")
    async def never_ends(_: Runtime, tenant_id: UUID, event_id: UUID, payload: dict[str, Any]) -> None:
        await never.wait()

    monkeypatch.setattr("app.platform.background.leased_lane.GRACE_SECONDS", 0.01)
    await publish(runtime, partner, Happened())
    stopping = LeasedLane(runtime, patient, DueKind.OUTBOX_FOLLOW_UP, slots=2)
    await stopping.run_once([partner.id])
    await stopping.stop()
    await Worker(runtime, consumers).run_once()
    assert await runs_by_job(runtime, partner) == {"trace": 1}


async def test_a_consumer_that_fails_leaves_no_trace_and_is_tried_again(
    runtime: Runtime, partner: PartnerCompany, clock: SettableClock
) -> None:
    moody = Consumers()
    tries = []

    @moody.on(Happened.topic, name="tests.moody")
    async def fail_at_first(_: Runtime, tenant_id: UUID, event_id: UUID, payload: dict[str, Any]) -> None:
        tries.append(event_id)
        if len(tries) == 1:
            raise RuntimeError

    await publish(runtime, partner, Happened())
    worker = Worker(runtime, moody)
    for _ in range(3):
        await worker.run_once()
        clock.advance(FIRST_RETRY_DELAY)
    assert len(tries) == 2
    assert await waiting(runtime, partner) == {}


async def test_without_redis_events_are_handled_all_the_same(
    test_settings: Settings, runtime: Runtime, partner: PartnerCompany, clock: SettableClock
) -> None:
    away = Runtime(test_settings.model_copy(update={"redis_url": SecretStr("redis://127.0.0.1:1")}), clock)
    await publish(runtime, partner, Counted(), Happened())
    await Worker(away, consumers).run_once()
    await away.close()
    assert await runs_by_job(runtime, partner) == {"notified": 1, "summed": 1, "trace": 1}


def test_a_consumer_name_is_unique_and_its_lane_can_call_it() -> None:
    registry = Consumers()
    registry.include(consumers)
    with pytest.raises(ValueError, match="two consumers"):
        registry.include(consumers)
    for lane in (DueKind.OUTBOX, DueKind.OUTBOX_FIGURES, DueKind.SLA_THRESHOLD):
        with pytest.raises(ValueError, match="cannot work in the lane"):
            registry.register(
                Subscription("tests.happened", f"tests.{lane}", lane, on_event=next(iter(consumers)).on_event)
            )
