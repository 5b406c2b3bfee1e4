"""Events reach every consumer, whatever dies on the way, and their effect happens once."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

import pytest
from pydantic import SecretStr
from redis.asyncio import Redis
from sqlalchemy import func, select

from app.background.celery import KEY_PREFIX, QUEUE, create_celery, sender
from app.background.consumers import Consumers, ForgedTask, handle
from app.background.models import JobRun
from app.background.relay import LIFETIME, Delivery, Relay
from app.embedded import EmbeddedValkey
from app.kernel.actor import Actor
from app.kernel.clock import SettableClock
from app.kernel.ids import new_id
from app.kernel.outbox import ConsumedEvent, DueEntry, OutboxEvent
from app.kernel.runtime import Runtime
from app.kernel.settings import Settings
from tests.background.program import Happened, consumers
from tests.factories.network import Network, PartnerCompany


class Broker:
    """What was handed over, and whether it is refused just now."""

    def __init__(self) -> None:
        self.taken: list[Delivery] = []
        self.refusing = False

    async def __call__(self, deliveries: Sequence[Delivery]) -> None:
        if self.refusing:
            raise ConnectionError("the broker is down")
        self.taken += deliveries

    def of(self, partner: PartnerCompany) -> list[Delivery]:
        return [delivery for delivery in self.taken if delivery[0] == partner.id]


@pytest.fixture
async def partner(network: Network) -> PartnerCompany:
    return await network.partner()


async def publish(runtime: Runtime, partner: PartnerCompany, number: int = 0) -> UUID:
    async with runtime.works.begin(partner.system) as work:
        return work.publish(Happened(number=number))


async def _publish_and_fail(runtime: Runtime, partner: PartnerCompany) -> None:
    async with runtime.works.begin(partner.system) as work:
        work.publish(Happened())
        await work.session.flush()
        raise RuntimeError


async def count(runtime: Runtime, partner: PartnerCompany, model: type[JobRun | DueEntry | ConsumedEvent]) -> int:
    async with runtime.works.begin(partner.system) as work:
        return (await work.session.execute(select(func.count(model.id)))).scalar_one()


async def deliver(runtime: Runtime, broker: Broker) -> None:
    for tenant_id, event_id, consumer in broker.taken:
        await handle(runtime, consumers, tenant_id, event_id, consumer)


async def test_an_event_reaches_its_consumer_and_is_then_forgotten(
    runtime: Runtime, partner: PartnerCompany, clock: SettableClock
) -> None:
    event_id = await publish(runtime, partner)
    broker = Broker()
    relay = Relay(runtime, consumers, broker)

    await relay.run_once()
    assert broker.of(partner) == [(partner.id, event_id, "tests.leave_a_trace")]
    await deliver(runtime, broker)
    assert await count(runtime, partner, JobRun) == 1

    clock.advance(timedelta(minutes=2))
    await relay.run_once()
    assert len(broker.of(partner)) == 1
    assert await count(runtime, partner, DueEntry) == 0
    async with runtime.works.begin(partner.system) as work:
        relayed_at = await work.session.scalar(select(OutboxEvent.relayed_at).where(OutboxEvent.id == event_id))
    assert relayed_at is not None


async def test_an_event_that_was_rolled_back_never_leaves(runtime: Runtime, partner: PartnerCompany) -> None:
    with pytest.raises(RuntimeError):
        await _publish_and_fail(runtime, partner)
    broker = Broker()
    await Relay(runtime, consumers, broker).run_once()
    assert broker.of(partner) == []


async def test_an_event_without_listeners_waits_for_nobody(runtime: Runtime, partner: PartnerCompany) -> None:
    await publish(runtime, partner)
    await Relay(runtime, Consumers(), Broker()).run_once()
    assert await count(runtime, partner, DueEntry) == 0


async def test_two_relays_at_once_hand_each_event_over_once(runtime: Runtime, partner: PartnerCompany) -> None:
    for _ in range(30):
        await publish(runtime, partner)
    broker = Broker()
    await asyncio.gather(*(Relay(runtime, consumers, broker).run_once() for _ in range(3)))
    assert len(broker.of(partner)) == 30
    assert len(set(broker.of(partner))) == 30


async def test_a_second_delivery_has_no_second_effect(runtime: Runtime, partner: PartnerCompany) -> None:
    event_id = await publish(runtime, partner)
    await asyncio.gather(*(handle(runtime, consumers, partner.id, event_id, "tests.leave_a_trace") for _ in range(3)))
    assert await count(runtime, partner, JobRun) == 1
    assert await count(runtime, partner, ConsumedEvent) == 1


async def test_a_broker_that_refuses_loses_nothing(runtime: Runtime, partner: PartnerCompany) -> None:
    await publish(runtime, partner)
    broker = Broker()
    broker.refusing = True
    relay = Relay(runtime, consumers, broker)
    with pytest.raises(ExceptionGroup):
        await relay.run_once()
    broker.refusing = False
    await relay.run_once()
    assert len(broker.of(partner)) == 1


async def test_what_the_broker_forgot_is_delivered_again(
    runtime: Runtime, partner: PartnerCompany, clock: SettableClock
) -> None:
    await publish(runtime, partner)
    broker = Broker()
    relay = Relay(runtime, consumers, broker)
    await relay.run_once()
    await relay.run_once()
    assert len(broker.of(partner)) == 1
    clock.advance(timedelta(minutes=1))
    await relay.run_once()
    assert len(broker.of(partner)) == 2


async def test_after_a_week_an_event_that_nobody_could_consume_is_given_up(
    runtime: Runtime, partner: PartnerCompany, clock: SettableClock
) -> None:
    await publish(runtime, partner)
    clock.advance(LIFETIME)
    broker = Broker()
    await Relay(runtime, consumers, broker).run_once()
    assert broker.of(partner) == []
    assert await count(runtime, partner, DueEntry) == 0


async def test_one_tenants_events_are_not_kept_waiting_by_anothers_failure(
    runtime: Runtime, network: Network, partner: PartnerCompany
) -> None:
    other = await network.partner()
    await publish(runtime, partner)
    await publish(runtime, other)
    broker = Broker()

    async def refuse_one(deliveries: Sequence[Delivery]) -> None:
        if deliveries[0][0] == partner.id:
            raise ConnectionError
        await broker(deliveries)

    with pytest.raises(ExceptionGroup):
        await Relay(runtime, consumers, refuse_one).run_once()
    assert len(broker.of(other)) == 1
    await Relay(runtime, consumers, broker).run_once()


async def test_a_task_about_another_tenants_event_is_refused(
    runtime: Runtime, network: Network, partner: PartnerCompany
) -> None:
    stranger = await network.partner()
    event_id = await publish(runtime, partner)
    with pytest.raises(ForgedTask):
        await handle(runtime, consumers, stranger.id, event_id, "tests.leave_a_trace")
    with pytest.raises(ForgedTask):
        await handle(runtime, consumers, partner.id, new_id(), "tests.leave_a_trace")
    with pytest.raises(ForgedTask):
        await handle(runtime, consumers, partner.id, event_id, "tests.somebody_else")
    assert await count(runtime, partner, JobRun) == 0
    assert await count(runtime, stranger, JobRun) == 0


async def test_a_consumer_that_fails_leaves_no_trace_and_is_tried_again(
    runtime: Runtime, partner: PartnerCompany
) -> None:
    moody = Consumers()
    tries = []

    @moody.on("tests.happened", name="tests.moody")
    async def fail_at_first(_: Runtime, tenant_id: UUID, event_id: UUID, payload: dict[str, object]) -> None:
        tries.append(event_id)
        if len(tries) == 1:
            raise RuntimeError

    event_id = await publish(runtime, partner)
    with pytest.raises(RuntimeError):
        await handle(runtime, moody, partner.id, event_id, "tests.moody")
    assert await handle(runtime, moody, partner.id, event_id, "tests.moody")
    assert not await handle(runtime, moody, partner.id, event_id, "tests.moody")
    assert len(tries) == 2


async def test_with_redis_dead_events_wait_and_leave_when_it_is_back(
    test_settings: Settings, runtime: Runtime, partner: PartnerCompany, tmp_path_factory: pytest.TempPathFactory
) -> None:
    await Relay(runtime, consumers, Broker()).run_once()
    directory = tmp_path_factory.mktemp("valkey")
    directory.chmod(0o755)
    valkey = EmbeddedValkey(directory / "data")
    valkey.start()
    port = valkey.port
    try:
        celery = create_celery(test_settings.model_copy(update={"redis_url": SecretStr(valkey.url())}))
        relay = Relay(runtime, consumers, sender(celery))
        await publish(runtime, partner)
        valkey.stop()
        with pytest.raises(ExceptionGroup):
            await relay.run_once()
        assert await count(runtime, partner, DueEntry) == 1
        valkey = EmbeddedValkey(directory / "data", port=port)
        valkey.start()
        assert await relay.run_once() == 1
        async with Redis.from_url(valkey.url()) as redis:
            assert await redis.llen(KEY_PREFIX + QUEUE) == 1
    finally:
        valkey.stop()


def test_a_consumer_name_is_unique() -> None:
    registry = Consumers()
    registry.include(consumers)
    with pytest.raises(ValueError, match="two consumers"):
        registry.include(consumers)


async def test_only_the_sweeper_sees_across_tenants(
    runtime: Runtime, partner: PartnerCompany, network: Network
) -> None:
    other = await network.partner()
    await publish(runtime, partner)
    async with runtime.works.begin(Actor.system(other.id)) as work:
        assert (await work.session.execute(select(func.count(DueEntry.id)))).scalar_one() == 0
