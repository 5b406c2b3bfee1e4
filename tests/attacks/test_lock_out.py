"""Nobody is locked out by what strangers try: attackers get few guesses, and whom they attack still gets in."""

from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta

import pytest
from prometheus_client import REGISTRY
from structlog.testing import capture_logs

from app.desk.intake.throttling import pin_rules
from app.people.identity.throttling import reset_rules, second_factor_rules, sign_in_rules
from app.platform.kernel.runtime import Runtime
from app.platform.kernel.throttle import AnyRule, Throttle
from app.platform.kernel.time_source import SettableClock
from tests.benchmarks.password_guessing import simulate_attack, waits

SECRET = b"a secret of the test"
DAY, HOUR = timedelta(days=1), timedelta(hours=1)


@pytest.fixture
def hours() -> SettableClock:
    return SettableClock(datetime(2026, 11, 16, 1, 0, tzinfo=UTC))


@pytest.fixture
async def throttle(runtime: Runtime, hours: SettableClock) -> AsyncIterator[Throttle]:
    await runtime.redis.flushdb()
    yield Throttle(runtime.redis, secret=SECRET, now=hours.now)
    await runtime.redis.flushdb()


async def test_a_day_of_guessing_at_one_pin_from_anywhere(throttle: Throttle, hours: SettableClock) -> None:
    got = await simulate_attack(
        throttle, hours, lambda network, _: pin_rules("device", "client", f"n{network}", None), networks=5, lasts=DAY
    )

    assert got.guesses <= 120, "of a million"
    assert await waits(throttle, hours, pin_rules("device", "client", "home", "known"), 10) == [0] * 10
    (stranger,) = await waits(throttle, hours, pin_rules("device", "client", "home", None), 1)
    assert stranger <= 900, "a new telephone waits, and is not shut out"


@pytest.mark.parametrize("rules", [sign_in_rules, second_factor_rules])
async def test_a_day_of_guessing_at_one_account_from_anywhere(
    throttle: Throttle, hours: SettableClock, rules: Callable[[str, str, str | None], list[AnyRule]]
) -> None:
    got = await simulate_attack(
        throttle, hours, lambda network, _: rules("owner", f"n{network}", None), networks=5, lasts=DAY
    )

    assert got.guesses < 100, "NIST SP 800-63B"
    assert await waits(throttle, hours, rules("owner", "home", "known"), 10) == [0] * 10


@pytest.mark.parametrize(("networks", "most"), [(2, 2_000), (25, 9_000)])
async def test_whoever_tries_many_devices_of_one_client_shuts_out_none_of_its_people(
    throttle: Throttle, hours: SettableClock, networks: int, most: int
) -> None:
    got = await simulate_attack(
        throttle,
        hours,
        lambda network, tried: pin_rules(f"{network}-{tried}", "client", f"n{network}", None),
        networks=networks,
        lasts=HOUR,
    )

    assert got.guesses <= most
    assert await waits(throttle, hours, pin_rules("own", "client", "n0", "known"), 10) == [0] * 10
    first, second, _ = await waits(throttle, hours, pin_rules("own", "client", "home", None), 3)
    assert first == 0, "a network that has not failed gets its try whatever others do"
    assert second <= 300


async def test_twenty_five_addresses_shut_out_no_partners_people(throttle: Throttle, hours: SettableClock) -> None:
    got = await simulate_attack(
        throttle,
        hours,
        lambda network, tried: pin_rules(f"{network}-{tried}", f"client {tried}", f"n{network}", None),
        networks=30,
        lasts=timedelta(minutes=5),
    )

    assert got.most_pressure >= 1
    assert (await waits(throttle, hours, pin_rules("own", "another", "home", None), 1)) == [0]
    assert (await waits(throttle, hours, pin_rules("own", "another", "n0", "known"), 1)) == [0]


async def test_thirty_addresses_shut_out_neither_passwords_nor_resets(throttle: Throttle, hours: SettableClock) -> None:
    lasts = timedelta(minutes=3)
    await simulate_attack(
        throttle, hours, lambda n, tried: sign_in_rules(f"{n}-{tried}", f"n{n}", None), networks=40, lasts=lasts
    )
    await simulate_attack(
        throttle, hours, lambda n, tried: reset_rules(f"{n}-{tried}", f"n{n}"), networks=40, lasts=lasts
    )

    assert await waits(throttle, hours, sign_in_rules("owner", "home", None), 1) == [0]
    assert await waits(throttle, hours, reset_rules("owner", "home"), 1) == [0]


async def test_the_operator_hears_of_it(throttle: Throttle) -> None:
    def pressed() -> float:
        return REGISTRY.get_sample_value("yinghuo_throttle_pressed_total", {"rule": "pin.client"}) or 0.0

    before = pressed()
    with capture_logs() as lines:
        for number in range(104):
            await throttle.attempt(pin_rules(f"device {number}", "client", f"n{number}", None))

    assert pressed() == before + 4
    (told,) = [line for line in lines if line["event"] == "throttle.pressure"]
    assert (told["rule"], told["times_over_limit"], told["log_level"]) == ("pin.client", 1, "warning")
