"""The stream of changes that open pages listen to (server-sent events).

Every event is checked against the listener's ring before it is sent, and the listener's session is checked again every
`recheck_seconds` while the stream is open. While Redis is down the stream opens and ends by itself every few seconds:
the browser reconnects and reloads everything that it shows, which is polling. When the server is told to stop, every
stream ends at once and the browser reconnects to the next server.
"""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Final
from uuid import UUID

import msgspec
from litestar import get
from litestar.response import Stream
from redis.asyncio import Redis
from redis.exceptions import RedisError

from app.platform.http.authentication import Authenticator, actor_of, caller_token
from app.platform.http.web_request import WebRequest
from app.platform.kernel.actor import Actor
from app.platform.kernel.errors import TooManyAttempts
from app.platform.kernel.live_updates import Change, channel_of
from app.platform.kernel.logs import log
from app.platform.kernel.outages import outage_of
from rbac import Access

STREAMS_PER_SESSION: Final = 12
"""Open pages of one person in one process; more wait their turn."""

WAITING_CHANGES: Final = 500
"""Changes that may wait for a slow listener; then its stream ends and the page asks for everything."""

FEED_TIMEOUT_SECONDS: Final = 2.0


@dataclass(frozen=True, slots=True)
class StreamIntervals:
    """How often a stream does what. Proxies close what is silent for a minute."""

    heartbeat_seconds: float = 15.0
    recheck_seconds: float = 30.0
    """How long a revoked session may go on listening."""
    polling_seconds: float = 15.0
    """How often pages ask for everything while Redis is down."""


_RECONNECT = b"retry: 1000\n\n"
_HEARTBEAT = b": still here\n\n"
_decoder = msgspec.json.Decoder(Change)
_log: Final = log(__name__)


class ChangeFeed:
    """One tenant's changes: one Redis subscription shared by all listeners of this process."""

    def __init__(self, redis: Redis, tenant_id: UUID, heartbeat_seconds: float) -> None:
        self._redis = redis
        self._heartbeat_seconds = heartbeat_seconds
        self._channel = channel_of(tenant_id)
        self.listeners: set[asyncio.Queue[Change | None]] = set()
        self.subscribed: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.task = asyncio.create_task(self._run(), name=self._channel)

    async def _run(self) -> None:
        try:
            await self._receive()
        except (RedisError, OSError) as down:
            _log.warning("live_feed_lost", cause=type(down).__name__)
        finally:
            # Whatever ended the feed: who waits for it is let go, and comes back for a new one.
            if not self.subscribed.done():
                self.subscribed.cancel()
            for listener in self.listeners:
                _put(listener, None)

    async def _receive(self) -> None:
        """Ends when there may be a gap: a second subscription means that the connection was lost in between."""
        unanswered = 0
        async with self._redis.pubsub() as pubsub:
            await pubsub.subscribe(self._channel)
            while unanswered < 2:
                message = await pubsub.get_message(timeout=self._heartbeat_seconds)
                if message is None:
                    unanswered += 1
                    await pubsub.ping()
                    continue
                unanswered = 0
                if message["type"] == "subscribe":
                    if self.subscribed.done():
                        return
                    self.subscribed.set_result(None)
                elif message["type"] == "message":
                    self._distribute(message["data"])

    def _distribute(self, data: bytes) -> None:
        try:
            change = _decoder.decode(data)
        except msgspec.MsgspecError:
            _log.warning("live_message_unreadable")
            return
        for listener in self.listeners:
            _put(listener, change)


def _put(listener: asyncio.Queue[Change | None], change: Change | None) -> None:
    """A full queue is emptied and gets None: the listener has missed changes and must reload everything."""
    if listener.full():
        while not listener.empty():
            listener.get_nowait()
        change = None
    listener.put_nowait(change)


class LiveFeeds:
    """The feeds of one process, and how many streams each session holds open."""

    def __init__(self, redis: Redis, intervals: StreamIntervals | None = None) -> None:
        self._redis = redis
        self.intervals = intervals or StreamIntervals()
        self._feeds: dict[UUID, ChangeFeed] = {}
        self.streams: Counter[str] = Counter()
        self._stopping = asyncio.Event()

    @asynccontextmanager
    async def listen(self, tenant_id: UUID) -> AsyncIterator["asyncio.Queue[Change | None]"]:
        """Changes of one tenant from now on; None means that some may have been missed.

        Raises:
            TimeoutError: Redis does not answer, or the server is stopping.
        """
        if self._stopping.is_set():
            raise TimeoutError
        feed = self._feeds.get(tenant_id)
        if feed is None or feed.task.done():
            feed = self._feeds[tenant_id] = ChangeFeed(self._redis, tenant_id, self.intervals.heartbeat_seconds)
        queue: asyncio.Queue[Change | None] = asyncio.Queue(WAITING_CHANGES)
        feed.listeners.add(queue)
        try:
            done, _ = await asyncio.wait([feed.subscribed], timeout=FEED_TIMEOUT_SECONDS)
            if not done or feed.subscribed.cancelled():
                raise TimeoutError
            yield queue
        finally:
            feed.listeners.discard(queue)
            if not feed.listeners:
                feed.task.cancel()
                if self._feeds.get(tenant_id) is feed:
                    del self._feeds[tenant_id]

    def stop(self) -> None:
        """End every stream, and every one that is still asked for: the server is stopping."""
        self._stopping.set()
        for feed in self._feeds.values():
            feed.task.cancel()

    async def rest(self, seconds: float) -> None:
        """Wait so long, or until the server is stopping."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._stopping.wait(), seconds)

    async def close(self) -> None:
        """End every feed, and with it every stream."""
        tasks = [feed.task for feed in self._feeds.values()]
        self.stop()
        await asyncio.gather(*tasks, return_exceptions=True)


@get(["/live", "/r/live"], permission=Access.SIGNED_IN, include_in_schema=False, uncompressed=True)
async def live_changes(request: WebRequest) -> Stream:
    """Event data: `{"topics": ["ticket:0192…", "tickets"]}`, as the pages' script expects.

    Raises:
        TooManyAttempts: the session holds too many streams open.
    """
    feeds: LiveFeeds = request.app.state.live_feeds
    listener = LiveStream(feeds, request.app.state.authenticator, actor_of(request), caller_token(request.scope)[1])
    if feeds.streams[listener.key] >= STREAMS_PER_SESSION:
        raise TooManyAttempts(int(feeds.intervals.recheck_seconds))
    return Stream(listener.stream, media_type="text/event-stream", headers={"x-accel-buffering": "no"})


class LiveStream:
    """One open stream."""

    def __init__(self, feeds: LiveFeeds, authenticator: Authenticator, actor: Actor, token: str | None) -> None:
        self._feeds = feeds
        self._authenticator = authenticator
        self._actor = actor
        self._token = token
        self.key = str(actor.session_id or actor.membership_id or actor.reporter_id)

    async def stream(self) -> AsyncIterator[bytes]:
        """Events until the session ends, a gap makes the page start afresh, or the browser goes away."""
        self._feeds.streams[self.key] += 1
        try:
            yield _RECONNECT
            if self._feeds.streams[self.key] > STREAMS_PER_SESSION:
                return  # asked for at the same moment as others, which were counted first
            try:
                async with self._feeds.listen(self._actor.tenant_id) as queue:
                    yield _HEARTBEAT
                    async for event in self._events(queue):
                        yield event
            except TimeoutError:
                await self._feeds.rest(self._feeds.intervals.polling_seconds)
        finally:
            self._feeds.streams[self.key] -= 1
            if self._feeds.streams[self.key] <= 0:
                del self._feeds.streams[self.key]

    async def _events(self, queue: "asyncio.Queue[Change | None]") -> AsyncIterator[bytes]:
        intervals = self._feeds.intervals
        sent = checked = time.monotonic()
        while True:
            event = b""
            try:
                change = await asyncio.wait_for(
                    queue.get(), max(0.0, sent + intervals.heartbeat_seconds - time.monotonic())
                )
            except TimeoutError:
                event = _HEARTBEAT
            else:
                if change is None:
                    return
                if change.concerns(self._actor):
                    event = b"data: " + msgspec.json.encode({"topics": change.topics()}) + b"\n\n"
            if not event:
                continue
            if time.monotonic() - checked >= intervals.recheck_seconds:
                if not await self._still_signed_in():
                    return
                checked = time.monotonic()
            yield event
            sent = time.monotonic()

    async def _still_signed_in(self) -> bool:
        """Whether the token still belongs to the same person, tenant and ring. Permissions and row scope are taken over
        as they are now."""
        try:
            present = await self._authenticator.authenticate(self._token, self._actor.language)
        except Exception as failure:
            if outage_of(failure) is None:
                raise
            return False
        same, self._actor = _identity_of(present) == _identity_of(self._actor), present
        return same


def _identity_of(actor: Actor) -> tuple[object, ...]:
    return (actor.kind, actor.tenant_id, actor.client_id, actor.reporter_id, actor.membership_id)
