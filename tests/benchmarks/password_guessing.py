"""How often attackers may guess, and whom that keeps waiting: counted with a clock that is set, never timed.

Attackers try as soon as each of their networks may, which is the most that any attacker can do.
"""

import heapq
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from redis.asyncio import Redis

from app.desk.intake.throttling import pin_rules
from app.people.identity.throttling import sign_in_rules
from app.platform.kernel.throttle import AnyRule, Throttle
from app.platform.kernel.time_source import SettableClock

Rules = Callable[[int, int], Sequence[AnyRule]]
"""The rules for the n-th try of an attacker's network: `rules(network, n)`."""
PACE = timedelta(milliseconds=200)
"""Between two tries of one network that no rule slows: hashing takes so long."""


@dataclass(frozen=True)
class AttackResult:
    """What attackers got."""

    guesses: int
    most_pressure: int


async def simulate_attack(
    throttle: Throttle, clock: SettableClock, rules: Rules, *, networks: int, lasts: timedelta
) -> AttackResult:
    """`networks` addresses guess for as long as it `lasts`."""
    start, guesses, pressure, asked = clock.now(), 0, 0, [0] * networks
    queue = [(start + timedelta(milliseconds=number), number) for number in range(networks)]
    while queue:
        moment, network = heapq.heappop(queue)
        if moment > start + lasts:
            continue
        clock.set(max(moment, clock.now()))
        verdict = await throttle.attempt(rules(network, asked[network]))
        pressure = max(pressure, verdict.pressure)
        if verdict.allowed:
            guesses += 1
            asked[network] += 1
        wait = PACE if verdict.allowed else timedelta(seconds=verdict.retry_after)
        heapq.heappush(queue, (clock.now() + wait, network))
    clock.set(start + lasts)
    return AttackResult(guesses, pressure)


async def waits(throttle: Throttle, clock: SettableClock, rules: Sequence[AnyRule], tries: int) -> list[int]:
    """Seconds that a person waits before each of `tries` wrong ones."""
    waited = []
    for _ in range(tries):
        seconds = 0
        while not (verdict := await throttle.attempt(rules)).allowed:
            seconds += verdict.retry_after
            clock.advance(timedelta(seconds=verdict.retry_after))
        waited.append(seconds)
    return waited


async def measure(redis: Redis) -> list[str]:
    """Attackers' guesses and victims' waits, one line for each way to attack."""
    lines = []
    ways: list[tuple[str, Rules, Sequence[AnyRule], Sequence[AnyRule]]] = [
        (
            "one device's PIN",
            lambda network, _: pin_rules("own", "client", f"n{network}", None),
            pin_rules("own", "client", "n0", "known"),
            pin_rules("own", "client", "home", None),
        ),
        (
            "one client's PINs",
            lambda network, tried: pin_rules(f"{network}-{tried}", "client", f"n{network}", None),
            pin_rules("own", "client", "n0", "known"),
            pin_rules("own", "client", "home", None),
        ),
        (
            "all PINs",
            lambda network, tried: pin_rules(f"{network}-{tried}", f"client {tried}", f"n{network}", None),
            pin_rules("own", "client", "n0", "known"),
            pin_rules("own", "client", "home", None),
        ),
        (
            "one account",
            lambda network, _: sign_in_rules("owner", f"n{network}", None),
            sign_in_rules("owner", "n0", "known"),
            sign_in_rules("owner", "home", None),
        ),
        (
            "all accounts",
            lambda network, tried: sign_in_rules(f"{network}-{tried}", f"n{network}", None),
            sign_in_rules("owner", "n0", "known"),
            sign_in_rules("owner", "home", None),
        ),
    ]
    for label, rules, known, stranger in ways:
        for networks in (1, 25, 500):
            await redis.flushdb()
            clock = SettableClock(datetime(2026, 11, 16, tzinfo=UTC))
            throttle = Throttle(redis, secret=b"bench", now=clock.now)
            got = await simulate_attack(throttle, clock, rules, networks=networks, lasts=timedelta(hours=1))
            before = await waits(throttle, clock, known, 3)
            first, second = await waits(throttle, clock, stranger, 2)
            lines.append(
                f"guessing at {label} from {networks} networks: {got.guesses} an hour; known browsers wait "
                f"{sum(before)} s, a new one {first} s, after a wrong try {second} s"
            )
    return lines
