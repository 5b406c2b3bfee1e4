"""How often something may be tried, kept in Redis so that all processes count together.

A sliding window, exact: in no span of `window_seconds` are more than `limit` attempts let through.
Refused attempts are not counted, so nobody stays locked out by a stranger who goes on trying.
"""

import hashlib
import hmac
import math
import secrets
from asyncio import timeout
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Final, cast

import msgspec
from redis.asyncio import Redis
from redis.exceptions import RedisError

from app.kernel.errors import TooManyAttempts, Unavailable
from app.kernel.logs import Seldom, log

PATIENCE_SECONDS: Final = 1.0
"""How long an answer is awaited before Redis counts as gone."""

# KEYS: one sorted set for each rule; its scores are the moments of the attempts let through, in milliseconds.
# ARGV: the moment or '' for the server's clock, a name for this attempt, then limit and window of each rule.
# Answers the milliseconds to wait and the number of the rule that asks for it; 0 and 0 when let through.
_ATTEMPT: Final = """
local now = tonumber(ARGV[1])
if not now then
  local time = redis.call('TIME')
  now = time[1] * 1000 + math.floor(time[2] / 1000)
end
local wait, refusing = 0, 0
for rule, key in ipairs(KEYS) do
  local limit, window = tonumber(ARGV[2 * rule + 1]), tonumber(ARGV[2 * rule + 2])
  redis.call('ZREMRANGEBYSCORE', key, '-inf', now - window)
  local blocking = redis.call('ZRANGE', key, -limit, -limit, 'WITHSCORES')
  if blocking[2] then
    local left = math.min(blocking[2] + window - now, window)
    if left > wait then wait, refusing = left, rule end
  end
end
if refusing == 0 then
  for rule, key in ipairs(KEYS) do
    redis.call('ZADD', key, now, ARGV[2])
    redis.call('PEXPIRE', key, ARGV[2 * rule + 2])
  end
end
return {wait, refusing}
"""

_log: Final = log(__name__)
_seldom: Final = Seldom()


class ThrottleUnavailable(Unavailable):
    """Redis does not answer, so nobody knows how often this was tried."""

    code = "throttle_unavailable"


class Rule(msgspec.Struct, frozen=True):
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


class Verdict(msgspec.Struct, frozen=True):
    """The answer to one attempt."""

    allowed: bool
    retry_after: int = 0
    """Whole seconds until an attempt may succeed; 0 when allowed."""
    refused_by: str | None = None
    """The name of the rule with the longest wait."""


class Throttle:
    """Counts attempts against rules. One attempt is let through by all of its rules, or counted by none."""

    def __init__(self, redis: Redis, *, secret: bytes, now: Callable[[], datetime] | None = None) -> None:
        """Without `now`, the clock is the Redis server's, the same for every process."""
        self._redis = redis
        self._secret = secret
        self._now = now
        self._script = redis.register_script(_ATTEMPT)

    async def attempt(self, rules: Sequence[Rule]) -> Verdict:
        """Count one attempt if every rule lets it through: for what guards a secret.

        Raises:
            ThrottleUnavailable: Redis is down; the attempt must then be refused.
        """
        try:
            return await self._attempt(rules)
        except (RedisError, OSError) as down:
            raise ThrottleUnavailable from down

    async def attempt_or_pass(self, rules: Sequence[Rule]) -> Verdict:
        """Count one attempt, and let it through while Redis is down: for what only guards the load."""
        try:
            return await self.attempt(rules)
        except ThrottleUnavailable as unavailable:
            if _seldom("throttle_unavailable"):
                names = [rule.name for rule in rules]
                _log.warning("throttle_unavailable", rules=names, cause=type(unavailable.__cause__).__name__)
            return Verdict(allowed=True)

    async def enforce(self, rules: Sequence[Rule]) -> None:
        """Like `attempt`, for callers that have nothing to say to a refusal.

        Raises:
            TooManyAttempts: with the seconds to wait.
            ThrottleUnavailable: Redis is down.
        """
        verdict = await self.attempt(rules)
        if not verdict.allowed:
            raise TooManyAttempts(verdict.retry_after)

    async def forget(self, rules: Sequence[Rule]) -> None:
        """Count from zero again, as after the right password. While Redis is down nothing is forgotten."""
        try:
            async with timeout(PATIENCE_SECONDS):
                await self._redis.delete(*(self._key(rule) for rule in rules))
        except (RedisError, OSError) as down:
            if _seldom("throttle_unavailable"):
                _log.warning("throttle_unavailable", cause=type(down).__name__)

    async def _attempt(self, rules: Sequence[Rule]) -> Verdict:
        moment = "" if self._now is None else str(round(self._now().timestamp() * 1000))
        arguments: list[str | int] = [moment, secrets.token_hex(8)]
        for rule in rules:
            arguments += [rule.limit, rule.window_seconds * 1000]
        async with timeout(PATIENCE_SECONDS):
            running = self._script(keys=[self._key(rule) for rule in rules], args=arguments)
            wait, refusing = await cast("Awaitable[tuple[int, int]]", running)
        if not refusing:
            return Verdict(allowed=True)
        return Verdict(allowed=False, retry_after=math.ceil(wait / 1000), refused_by=rules[refusing - 1].name)

    def _key(self, rule: Rule) -> str:
        """Hashed with our secret: telephone numbers are too few to be hidden by a bare hash.

        The braces keep all rules of one attempt on one node of a Redis cluster.
        """
        digest = hmac.new(self._secret, f"{rule.name}\0{rule.key}".encode(), hashlib.sha256)
        return f"{{throttle}}:{digest.hexdigest()[:32]}"
