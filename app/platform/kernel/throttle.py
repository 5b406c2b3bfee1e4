"""Limits on attempts (passwords, PINs, codes, applications), counted in Redis for all processes together.

There are three kinds of limit. `SlidingWindow` is a sliding window: in no span of `window_seconds` are more than
`limit` attempts let through. `Backoff` is a growing wait between attempts. `Pressure` refuses nobody: what is tried by
many makes the waits of strangers longer, and tells the operator. Refused attempts are not counted, so nobody stays
locked out by a stranger who goes on trying; attempts that turn out right are taken back.
"""

import hashlib
import hmac
import math
import secrets
from asyncio import timeout
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Final, Protocol, cast

import msgspec
from prometheus_client import Counter
from redis.asyncio import Redis
from redis.exceptions import RedisError

from app.platform.kernel.errors import TooManyAttempts, Unavailable
from app.platform.kernel.logs import OncePerMinute, log

TIMEOUT_SECONDS: Final = 1.0
"""How long an answer is awaited before Redis counts as gone."""

# KEYS: one sorted set for each rule; its scores are the moments of the attempts let through, in milliseconds.
# ARGV: the moment or '' for the server's clock, a name for this attempt, then six numbers of each rule: its kind
# (0 wall, 1 backoff, 2 pressure), limit, window, first and longest wait, and whether pressure bears on it.
# Answers the milliseconds to wait and the number of the rule that asks for it (0 and 0 when let through), then how many
# times over its limit the worst pressure is, and whose that is. Few attempts, such as somebody leaves who goes through
# all numbers, are forgotten within the hour: they would fill the memory.
_ATTEMPT: Final = """
local now = tonumber(ARGV[1])
if not now then
  local time = redis.call('TIME')
  now = time[1] * 1000 + math.floor(time[2] / 1000)
end
local function argument(rule, field) return tonumber(ARGV[2 + (rule - 1) * 6 + field]) end
local level, pressing = 0, 0
for rule, key in ipairs(KEYS) do
  redis.call('ZREMRANGEBYSCORE', key, '-inf', now - argument(rule, 3))
  if argument(rule, 1) == 2 then
    local over = math.floor(redis.call('ZCARD', key) / argument(rule, 2))
    if over > level then level, pressing = over, rule end
  end
end
local wait, refusing = 0, 0
for rule, key in ipairs(KEYS) do
  local kind, limit, left = argument(rule, 1), argument(rule, 2), 0
  if kind == 0 then
    local blocking = redis.call('ZRANGE', key, -limit, -limit, 'WITHSCORES')
    if blocking[2] then left = math.min(blocking[2] + argument(rule, 3) - now, argument(rule, 3)) end
  elseif kind == 1 then
    local first = argument(rule, 4)
    if argument(rule, 6) == 1 and level > 0 then
      limit, first = math.max(1, math.floor(limit / 4 ^ level)), first * 4 ^ level
    end
    local count = redis.call('ZCARD', key)
    if count >= limit then
      local longest = argument(rule, 5)
      local last = redis.call('ZRANGE', key, -1, -1, 'WITHSCORES')
      left = math.min(last[2] + math.min(first * 2 ^ (count - limit), longest) - now, longest)
    end
  end
  if left > wait then wait, refusing = left, rule end
end
if refusing == 0 then
  for rule, key in ipairs(KEYS) do
    redis.call('ZADD', key, now, ARGV[2])
    local kept = argument(rule, 3)
    if argument(rule, 1) == 1 and redis.call('ZCARD', key) * 2 <= argument(rule, 2) then kept = math.min(kept, SOON) end
    redis.call('PEXPIRE', key, kept)
  end
end
return {math.ceil(wait), refusing, level, pressing}
""".replace("SOON", str(3_600_000))

_log: Final = log(__name__)
_once_per_minute: Final = OncePerMinute()
_REFUSALS: Final = Counter("yinghuo_throttle_refusals_total", "Attempts that a throttle refused", ("rule",))
_PRESSED: Final = Counter(
    "yinghuo_throttle_pressed_total", "Attempts of strangers while many guess: somebody attacks", ("rule",)
)


class ThrottleUnavailable(Unavailable):
    """Redis does not answer, so nobody knows how often this was tried."""

    code = "system.throttle_unavailable"


class SlidingWindow(msgspec.Struct, frozen=True):
    """At most `limit` attempts in any `window_seconds`, for one `key` under one `name`.

    `key` may be a person's e-mail address or telephone number: only a keyed hash of it is stored.
    """

    name: str
    key: str
    limit: int
    window_seconds: int

    def __post_init__(self) -> None:
        if self.limit < 1 or self.window_seconds < 1:
            raise ValueError(f"rule {self.name} lets nothing through")


class Backoff(msgspec.Struct, frozen=True):
    """After `free` attempts within `memory_seconds` the next waits `first_wait` seconds after the one before, and each
    further one twice as long, `longest_wait` at most. `key` as in `SlidingWindow`."""

    name: str
    key: str
    free: int
    first_wait: int
    longest_wait: int
    memory_seconds: int
    strained: bool = False
    """Whether pressure bears on it: each time over the limit leaves a quarter of `free` (one at least), and makes the
    first wait four times as long. So whoever has not failed lately gets a try, whatever others do."""
    outlives_redis: bool = False
    """Whether it is counted in the database while Redis is away: for those who proved before that they belong here."""

    def __post_init__(self) -> None:
        if self.free < 1 or not 0 < self.first_wait <= self.longest_wait <= self.memory_seconds:
            raise ValueError(f"backoff {self.name} lets nothing through, or forgets before it is over")

    def wait_after(self, attempts: int) -> int:
        """Seconds between the last of `attempts` and the next."""
        if attempts < self.free:
            return 0
        doubled: int = 2 ** min(attempts - self.free, 20)
        return min(self.longest_wait, self.first_wait * doubled)


class Pressure(msgspec.Struct, frozen=True):
    """More than `limit` attempts in `window_seconds` by everybody together bear on the strained `Backoff`s beside it.
    `key` as in `SlidingWindow`."""

    name: str
    key: str
    limit: int
    window_seconds: int


AnyRule = SlidingWindow | Backoff | Pressure


class FallbackCounter(Protocol):
    """Counts attempts in the database while Redis is down."""

    async def attempt(self, rule: Backoff, digest: str) -> int:
        """Seconds to wait; 0 when let through, and counted."""
        ...

    async def forget(self, digest: str) -> None:
        """Count from zero again."""
        ...


class VerificationResult(msgspec.Struct, frozen=True):
    """The answer to one attempt."""

    allowed: bool
    retry_after: int = 0
    """Whole seconds until an attempt may succeed; 0 when allowed."""
    refused_by: str | None = None
    """The name of the rule with the longest wait."""
    pressure: int = 0
    """How many times over its limit the worst pressure is."""


class Throttle:
    """Counts attempts against rules. One attempt is let through by all of its rules, or counted by none."""

    def __init__(
        self,
        redis: Redis,
        *,
        secret: bytes,
        now: Callable[[], datetime] | None = None,
        fallback: FallbackCounter | None = None,
    ) -> None:
        """Without `now`, the clock is the Redis server's, the same for every process."""
        self._redis = redis
        self._secret = secret
        self._now = now
        self._fallback = fallback
        self._script = redis.register_script(_ATTEMPT)
        self._once_per_minute = OncePerMinute()

    async def attempt(self, rules: Sequence[AnyRule], *, name: str = "") -> VerificationResult:
        """Count one attempt if every rule lets it through: for what guards a secret. By its `name`, unlike any other,
        it can be taken back.

        Raises:
            ThrottleUnavailable: Redis is down; the attempt must then be refused.
        """
        try:
            return await self._attempt(rules, name or new_attempt())
        except (RedisError, OSError) as down:
            if self._fallback is None or not all(isinstance(rule, Backoff) and rule.outlives_redis for rule in rules):
                raise ThrottleUnavailable from down
            if _once_per_minute("throttle_unavailable"):
                _log.warning("throttle_unavailable", rules=[rule.name for rule in rules], cause=type(down).__name__)
            return await self._attempt_without_redis(self._fallback, rules)

    async def enforce(self, rules: Sequence[AnyRule], *, name: str = "") -> None:
        """Like `attempt`, for callers that have nothing to say to a refusal.

        Raises:
            TooManyAttempts: with the seconds to wait.
            ThrottleUnavailable: Redis is down.
        """
        verdict = await self.attempt(rules, name=name)
        if not verdict.allowed:
            raise TooManyAttempts(verdict.retry_after)

    async def take_back(self, rules: Sequence[AnyRule], name: str) -> None:
        """The attempt of this `name` was right: it does not count, and whoever has a count of their own begins again
        from zero."""
        own = [rule for rule in rules if isinstance(rule, Backoff) and rule.outlives_redis]
        try:
            async with timeout(TIMEOUT_SECONDS):
                pipeline = self._redis.pipeline(transaction=False)
                for rule in rules:
                    if rule in own:
                        pipeline.delete(self._key(rule))
                    else:
                        pipeline.zrem(self._key(rule), name)
                await pipeline.execute()
        except (RedisError, OSError) as down:
            if _once_per_minute("throttle_unavailable"):
                _log.warning("throttle_unavailable", cause=type(down).__name__)
            if self._fallback is not None:
                for rule in own:
                    await self._fallback.forget(self._digest(rule))

    async def forget(self, rules: Sequence[AnyRule]) -> None:
        """Count from zero again. While Redis is down nothing is forgotten."""
        try:
            async with timeout(TIMEOUT_SECONDS):
                await self._redis.delete(*(self._key(rule) for rule in rules))
        except (RedisError, OSError) as down:
            if _once_per_minute("throttle_unavailable"):
                _log.warning("throttle_unavailable", cause=type(down).__name__)

    async def _attempt(self, rules: Sequence[AnyRule], name: str) -> VerificationResult:
        moment = "" if self._now is None else str(round(self._now().timestamp() * 1000))
        arguments: list[str | int] = [moment, name]
        for rule in rules:
            arguments += _numbers(rule)
        async with timeout(TIMEOUT_SECONDS):
            running = self._script(keys=[self._key(rule) for rule in rules], args=arguments)
            wait, refusing, level, pressing = await cast("Awaitable[tuple[int, int, int, int]]", running)
        if level:
            self._alarm(rules[pressing - 1].name, level)
        if not refusing:
            return VerificationResult(allowed=True, pressure=level)
        refused_by = rules[refusing - 1].name
        _REFUSALS.labels(refused_by).inc()
        return VerificationResult(
            allowed=False, retry_after=math.ceil(wait / 1000), refused_by=refused_by, pressure=level
        )

    async def _attempt_without_redis(self, fallback: FallbackCounter, rules: Sequence[AnyRule]) -> VerificationResult:
        waits = {
            rule.name: await fallback.attempt(rule, self._digest(rule)) for rule in rules if isinstance(rule, Backoff)
        }
        worst = max(waits, key=lambda name: waits[name])
        if not waits[worst]:
            return VerificationResult(allowed=True)
        _REFUSALS.labels(worst).inc()
        return VerificationResult(allowed=False, retry_after=waits[worst], refused_by=worst)

    def _alarm(self, rule: str, level: int) -> None:
        """For the operator: a figure each time, a line each minute."""
        _PRESSED.labels(rule).inc()
        if self._once_per_minute(rule):
            _log.warning("throttle.pressure", rule=rule, times_over_limit=level)

    def _key(self, rule: AnyRule) -> str:
        """The braces keep all rules of one attempt on one node of a Redis cluster."""
        return f"{{throttle}}:{self._digest(rule)}"

    def _digest(self, rule: AnyRule) -> str:
        """Hashed with our secret: telephone numbers are too few to be hidden by a bare hash."""
        return hmac.new(self._secret, f"{rule.name}\0{rule.key}".encode(), hashlib.sha256).hexdigest()[:32]


def new_attempt() -> str:
    """A name for one attempt, unlike any other."""
    return secrets.token_hex(8)


def _numbers(rule: AnyRule) -> list[int]:
    match rule:
        case SlidingWindow():
            return [0, rule.limit, rule.window_seconds * 1000, 0, 0, 0]
        case Backoff():
            waits = (rule.first_wait * 1000, rule.longest_wait * 1000)
            return [1, rule.free, rule.memory_seconds * 1000, *waits, int(rule.strained)]
        case Pressure():
            return [2, rule.limit, rule.window_seconds * 1000, 0, 0, 0]
