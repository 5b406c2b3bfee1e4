"""Limits on attempts, counted in a real Valkey."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from redis.asyncio import Redis

from app.platform.embedded import EmbeddedValkey
from app.platform.kernel.errors import TooManyAttempts, Unavailable
from app.platform.kernel.throttle import SlidingWindow, Throttle, ThrottleUnavailable, VerificationResult
from app.platform.kernel.time_source import SettableClock
from tests.conftest import START

pytestmark = pytest.mark.usefixtures("monday_morning")

SECRET = b"a secret of the test"
PIN = SlidingWindow("pin_device", "XM-0042", limit=3, window_seconds=60)
CLIENT = SlidingWindow("pin_client", "client-1", limit=5, window_seconds=600)


@pytest.fixture(scope="module")
def valkey(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedValkey]:
    with EmbeddedValkey(tmp_path_factory.mktemp("valkey")) as server:
        yield server


@pytest.fixture
async def redis(valkey: EmbeddedValkey) -> AsyncIterator[Redis]:
    async with Redis.from_url(valkey.url()) as client:
        await client.flushdb()
        yield client


@pytest.fixture
def throttle(redis: Redis, clock: SettableClock) -> Throttle:
    return Throttle(redis, secret=SECRET, now=clock.now)


async def test_attempts_up_to_the_limit_are_let_through(throttle: Throttle) -> None:
    verdicts = [await throttle.attempt([PIN]) for _ in range(4)]

    assert verdicts == [VerificationResult(allowed=True)] * 3 + [
        VerificationResult(allowed=False, retry_after=60, refused_by="pin_device")
    ]


async def test_the_window_slides_and_ends_on_the_dot(throttle: Throttle, clock: SettableClock) -> None:
    for _ in range(3):
        await throttle.attempt([PIN])
        clock.advance(timedelta(seconds=10))

    clock.set(START + timedelta(seconds=59.999))
    assert await throttle.attempt([PIN]) == VerificationResult(allowed=False, retry_after=1, refused_by="pin_device")
    clock.set(START + timedelta(seconds=60))
    assert (await throttle.attempt([PIN])).allowed
    assert await throttle.attempt([PIN]) == VerificationResult(allowed=False, retry_after=10, refused_by="pin_device")
    clock.set(START + timedelta(seconds=70))
    assert (await throttle.attempt([PIN])).allowed


async def test_a_stranger_who_goes_on_trying_does_not_prolong_the_wait(
    throttle: Throttle, clock: SettableClock
) -> None:
    for _ in range(50):
        await throttle.attempt([PIN])
        clock.advance(timedelta(seconds=1))

    clock.set(START + timedelta(seconds=60))
    assert (await throttle.attempt([PIN])).allowed


async def test_an_attempt_that_one_rule_refuses_is_counted_by_none(throttle: Throttle) -> None:
    for _ in range(6):
        await throttle.attempt([PIN, CLIENT])

    other_device = SlidingWindow("pin_device", "XM-0043", limit=3, window_seconds=60)
    assert [(await throttle.attempt([other_device, CLIENT])).allowed for _ in range(3)] == [True, True, False]


async def test_the_longest_wait_is_told(throttle: Throttle) -> None:
    strict = SlidingWindow("pin_client", "client-1", limit=3, window_seconds=600)
    for _ in range(3):
        await throttle.attempt([PIN, strict])

    assert await throttle.attempt([PIN, strict]) == VerificationResult(
        allowed=False, retry_after=600, refused_by="pin_client"
    )


async def test_a_stricter_limit_holds_at_once(throttle: Throttle, clock: SettableClock) -> None:
    for _ in range(3):
        await throttle.attempt([PIN])
        clock.advance(timedelta(seconds=10))

    stricter = SlidingWindow("pin_device", "XM-0042", limit=1, window_seconds=60)
    assert (await throttle.attempt([stricter])).retry_after == 50


async def test_the_same_key_under_another_name_counts_apart(throttle: Throttle) -> None:
    for _ in range(3):
        await throttle.attempt([PIN])

    assert (await throttle.attempt([SlidingWindow("label_device", "XM-0042", limit=3, window_seconds=60)])).allowed


async def test_after_the_right_pin_counting_begins_again(throttle: Throttle) -> None:
    for _ in range(3):
        await throttle.attempt([PIN])

    await throttle.forget([PIN])

    assert (await throttle.attempt([PIN])).allowed


async def test_whoever_only_wants_to_go_on_gets_an_error_with_the_wait(throttle: Throttle) -> None:
    for _ in range(3):
        await throttle.enforce([PIN])

    with pytest.raises(TooManyAttempts) as refused:
        await throttle.enforce([PIN])
    assert refused.value.retry_after == 60


@pytest.mark.parametrize("own_clock", [True, False])
async def test_fifty_at_once_are_never_more_than_the_limit(
    valkey: EmbeddedValkey, redis: Redis, clock: SettableClock, own_clock: bool
) -> None:
    rule = SlidingWindow("sign_in", "chen@client.example", limit=7, window_seconds=3600)
    async with Redis.from_url(valkey.url()) as other_process:
        now = clock.now if own_clock else None
        throttles = [Throttle(client, secret=SECRET, now=now) for client in (redis, other_process)]
        verdicts = await asyncio.gather(*(throttles[number % 2].attempt([rule]) for number in range(50)))

    assert sum(verdict.allowed for verdict in verdicts) == 7
    assert all(3590 <= verdict.retry_after <= 3600 for verdict in verdicts if not verdict.allowed)


async def test_no_personal_data_lies_in_redis_and_nothing_lies_there_for_ever(throttle: Throttle, redis: Redis) -> None:
    await throttle.attempt([SlidingWindow("sms_code", "13800138000", limit=3, window_seconds=60)])

    (key,) = await redis.keys("*")
    stored = f"{key!r} {await redis.zrange(key, 0, -1)!r}"
    assert "13800138000" not in stored
    assert "sms_code" not in stored
    assert 0 < await redis.pttl(key) <= 60_000


async def test_another_secret_makes_other_keys(redis: Redis, clock: SettableClock) -> None:
    await Throttle(redis, secret=b"one", now=clock.now).attempt([PIN])
    await Throttle(redis, secret=b"two", now=clock.now).attempt([PIN])

    assert len(await redis.keys("*")) == 2


async def test_a_server_that_forgot_the_script_is_told_it_again(throttle: Throttle, redis: Redis) -> None:
    await throttle.attempt([PIN])
    await redis.script_flush()

    assert (await throttle.attempt([PIN])).allowed


async def test_when_redis_dies_secrets_stay_guarded_and_the_rest_goes_on(tmp_path: Path) -> None:
    with EmbeddedValkey(tmp_path / "valkey") as server:
        client = Redis.from_url(server.url())
        throttle = Throttle(client, secret=SECRET)
        assert (await throttle.attempt([PIN])).allowed
    async with client:
        with pytest.raises(ThrottleUnavailable) as refused:
            await throttle.attempt([PIN])
        assert isinstance(refused.value, Unavailable)
        with pytest.raises(ThrottleUnavailable):
            await throttle.enforce([PIN])
        await throttle.forget([PIN])


async def test_a_redis_that_takes_no_writes_counts_as_gone(throttle: Throttle, redis: Redis) -> None:
    await redis.replicaof("127.0.0.1", "1")  # as after a failover that this client has not followed
    try:
        with pytest.raises(ThrottleUnavailable):
            await throttle.attempt([PIN])
    finally:
        await redis.replicaof("NO", "ONE")


def test_a_rule_that_lets_nothing_through_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="pin_device"):
        SlidingWindow("pin_device", "XM-0042", limit=0, window_seconds=60)


@settings(max_examples=25, deadline=None)
@given(
    limit=st.integers(1, 4),
    window=st.integers(1, 20),
    steps=st.lists(st.integers(0, 15_000), min_size=1, max_size=25),
)
def test_no_span_of_the_window_ever_holds_more_than_the_limit(
    valkey: EmbeddedValkey, limit: int, window: int, steps: list[int]
) -> None:
    async def story() -> None:
        clock = SettableClock(START)
        rule = SlidingWindow("any", "key", limit=limit, window_seconds=window)
        span = timedelta(seconds=window)
        passed: list[datetime] = []
        async with Redis.from_url(valkey.url(database=1)) as client:
            await client.flushdb()
            throttle = Throttle(client, secret=SECRET, now=clock.now)
            for step in steps:
                clock.advance(timedelta(milliseconds=step))
                recent = sum(clock.now() - moment < span for moment in passed)
                verdict = await throttle.attempt([rule])
                assert verdict.allowed is (recent < limit)
                if verdict.allowed:
                    passed.append(clock.now())

    asyncio.run(story())
