"""The rate limit of requests per caller, counted in each web process.

This keeps one runaway script from taking the place of everybody else. It is deliberately not shared between processes:
counting in Redis would cost every request a round trip. What must never be guessed at (passwords, PINs, codes) has
exact throttles of its own in `app.platform.kernel.throttle`, which are shared and refuse when nobody can count.
"""

from collections import OrderedDict
from uuid import UUID

from litestar.enums import ScopeType
from litestar.types import ASGIApp, Receive, Scope, Send

from app.platform.kernel.actor import Actor
from app.platform.kernel.errors import TooManyAttempts
from app.platform.kernel.time_source import TimeSource
from app.platform.kernel.unit_of_work import Origin

WINDOW_SECONDS = 60
CALLERS_KEPT = 20_000
VISITORS_SHARE = 0.5
"""Visitors behind one address share half of what a signed-in caller has alone."""


class RateLimiter:
    """Requests of the current minute, by caller. The caller that was quiet longest is dropped first."""

    def __init__(self, clock: TimeSource, requests_per_minute: int) -> None:
        self._clock = clock
        self._limit = requests_per_minute
        self._counts: OrderedDict[UUID | str, tuple[int, int]] = OrderedDict()

    def take(self, caller: UUID | str, share: float = 1.0) -> None:
        """Count one request.

        Raises:
            TooManyAttempts: the caller has used its share of this minute.
        """
        seconds = int(self._clock.now().timestamp())
        window = seconds // WINDOW_SECONDS
        started, count = self._counts.get(caller, (window, 0))
        count = count + 1 if started == window else 1
        self._counts[caller] = (window, count)
        self._counts.move_to_end(caller)
        if len(self._counts) > CALLERS_KEPT:
            self._counts.popitem(last=False)
        if count > self._limit * share:
            raise TooManyAttempts(WINDOW_SECONDS - seconds % WINDOW_SECONDS)


class RateLimitMiddleware:
    """Refuses a caller's further requests until the next minute. Comes after authentication; health is not counted."""

    def __init__(self, app: ASGIApp, share: RateLimiter) -> None:
        self._app = app
        self._share = share

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == ScopeType.HTTP and not scope["path"].startswith(("/health/", "/static/")):
            actor: Actor = scope["state"]["actor"]
            if actor.session_id is not None:
                self._share.take(actor.session_id)
            else:
                origin: Origin = scope["state"]["origin"]
                self._share.take(origin.network_address or "", VISITORS_SHARE)
        await self._app(scope, receive, send)
