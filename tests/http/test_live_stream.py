"""Open pages hear of changes in their own ring, and of nothing else."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import msgspec
import pytest
from litestar import Litestar
from pydantic import SecretStr

from app.asgi import build
from app.platform.embedded import EmbeddedValkey
from app.platform.http.live_stream import STREAMS_PER_SESSION, LiveFeeds, StreamIntervals
from app.platform.kernel.actor import Actor
from app.platform.kernel.ids import new_id
from app.platform.kernel.live_updates import Change
from app.platform.kernel.runtime import Runtime
from app.platform.kernel.settings import Settings
from app.platform.kernel.time_source import SettableClock
from tests.factories.network import ClientCompany, Network, PartnerCompany

TIMEOUT_SECONDS = 10


class Browser:
    """One open stream, driven through the ASGI application as a server would."""

    def __init__(self, application: Litestar, token: str | None, path: str) -> None:
        headers = [(b"authorization", f"Bearer {token}".encode())] if token else []
        self._scope: Any = {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.3"},
            "http_version": "1.1",
            "method": "GET",
            "scheme": "http",
            "path": path,
            "raw_path": path.encode(),
            "query_string": b"",
            "headers": [*headers, (b"accept-encoding", b"gzip")],
            "client": ("127.0.0.1", 1),
            "server": ("127.0.0.1", 8000),
        }
        self._application = application
        self._gone = asyncio.Event()
        self.messages: asyncio.Queue[Any] = asyncio.Queue()
        self.task = asyncio.create_task(self._run())

    async def _run(self) -> None:
        asked = False

        async def receive() -> Any:
            nonlocal asked
            if not asked:
                asked = True
                return {"type": "http.request", "body": b"", "more_body": False}
            await self._gone.wait()
            return {"type": "http.disconnect"}

        await self._application(self._scope, receive, self.messages.put)

    async def status(self) -> int:
        async with asyncio.timeout(TIMEOUT_SECONDS):
            started = await self.messages.get()
        assert started["type"] == "http.response.start"
        status: int = started["status"]
        return status

    async def next(self) -> bytes | None:
        """The next piece of the stream; None at its end."""
        async with asyncio.timeout(TIMEOUT_SECONDS):
            message = await self.messages.get()
        return message["body"] if message.get("more_body") else None

    async def next_topics(self) -> list[str] | None:
        """The topics of the next event, heartbeats skipped; None at the stream's end."""
        while (piece := await self.next()) is not None:
            if piece.startswith(b"data: "):
                topics: list[str] = msgspec.json.decode(piece.removeprefix(b"data: "))["topics"]
                return topics
        return None

    async def leave(self) -> None:
        self._gone.set()
        async with asyncio.timeout(TIMEOUT_SECONDS):
            await self.task


@pytest.fixture
def browsers(application: Litestar, network: Network) -> Any:
    @asynccontextmanager
    async def opened(*actors: Actor, path: str = "/live") -> AsyncIterator[list[Browser]]:
        made = [Browser(application, await network.token(actor), path) for actor in actors]
        try:
            for browser in made:
                assert await browser.status() == 200
                assert await browser.next() == b"retry: 1000\n\n"
                assert await browser.next() == b": still here\n\n"
            yield made
        finally:
            for browser in made:
                await browser.leave()

    return opened


async def announce(runtime: Runtime, partner: PartnerCompany, *changes: Change) -> None:
    async with runtime.units_of_work.begin(partner.system) as work:
        for change in changes:
            work.announce(change)


async def _announce_and_fail(runtime: Runtime, partner: PartnerCompany) -> None:
    async with runtime.units_of_work.begin(partner.system) as work:
        work.announce(Change(kind="ticket", id=new_id()))
        raise RuntimeError


async def test_each_listener_hears_only_its_own_ring(
    runtime: Runtime, network: Network, partner: PartnerCompany, client: ClientCompany, browsers: Any
) -> None:
    _, reporter = await network.device(client)
    _, colleague = await network.device(client)
    other_client = await network.client(partner)
    other_partner = await network.partner()
    tickets = {
        "reporter's": Change(kind="ticket", id=new_id(), client_id=client.id, reporter_id=reporter.reporter_id),
        "colleague's": Change(kind="ticket", id=new_id(), client_id=client.id, reporter_id=colleague.reporter_id),
        "client's": Change(kind="ticket", id=new_id(), client_id=client.id),
        "other client's": Change(kind="ticket", id=new_id(), client_id=other_client.id),
        "internal": Change(
            kind="ticket", id=new_id(), client_id=client.id, reporter_id=reporter.reporter_id, staff_only=True
        ),
    }
    names = {change.topics()[0]: name for name, change in tickets.items()}
    end = Change(kind="end", id=new_id())
    listeners = [partner.dispatcher, client.contact, other_client.contact, reporter, colleague, other_partner.owner]
    async with browsers(*listeners) as opened:
        await announce(runtime, partner, *tickets.values())
        # Everybody hears the last one, each in the own ring: what came before it has then been heard or withheld.
        for actor in listeners:
            last = msgspec.structs.replace(
                end, client_id=actor.client_id, reporter_id=actor.reporter_id, membership_id=actor.membership_id
            )
            owner = other_partner if actor is other_partner.owner else partner
            await announce(runtime, owner, last)
        heard = []
        for browser in opened:
            own: set[str] = set()
            while (topics := await browser.next_topics()) and topics[0] in names:
                own.add(names[topics[0]])
            heard.append(own)
    assert heard == [
        set(tickets),
        {"reporter's", "colleague's", "client's"},
        {"other client's"},
        {"reporter's"},
        {"colleague's"},
        set(),
    ]


async def test_staff_held_to_some_clients_hear_of_these_and_of_their_own_work(
    runtime: Runtime, network: Network, partner: PartnerCompany, client: ClientCompany, browsers: Any
) -> None:
    engineer, colleague = await network.engineer(partner), await network.engineer(partner, "王师傅")
    assert engineer.membership_id
    assert colleague.membership_id
    elsewhere = Change(kind="ticket", id=new_id(), client_id=client.id)
    others = Change(kind="ticket", id=new_id(), client_id=client.id, engineers=(colleague.membership_id,))
    own = Change(kind="ticket", id=new_id(), client_id=client.id, engineers=(engineer.membership_id,), staff_only=True)
    async with browsers(engineer, partner.dispatcher) as (held, dispatcher):
        await announce(runtime, partner, elsewhere, others, own)
        assert (await held.next_topics()) == own.topics()
        assert [await dispatcher.next_topics() for _ in range(3)] == [
            each.topics() for each in (elsewhere, others, own)
        ]


async def test_a_notice_is_for_one_member(runtime: Runtime, partner: PartnerCompany, browsers: Any) -> None:
    async with browsers(partner.owner, partner.dispatcher) as (owner, dispatcher):
        for member in (partner.owner, partner.dispatcher):
            await announce(
                runtime, partner, Change(kind="notification", id=new_id(), membership_id=member.membership_id)
            )
        await announce(runtime, partner, Change(kind="end", id=new_id()))
        for browser in (owner, dispatcher):
            assert (await browser.next_topics())[1] == "notifications"
            assert (await browser.next_topics())[1] == "ends"


async def test_what_was_rolled_back_is_not_announced(runtime: Runtime, partner: PartnerCompany, browsers: Any) -> None:
    async with browsers(partner.owner) as (owner,):
        with pytest.raises(RuntimeError):
            await _announce_and_fail(runtime, partner)
        await announce(runtime, partner, Change(kind="end", id=new_id()))
        assert (await owner.next_topics())[1] == "ends"


async def test_a_visitor_is_sent_away(application: Litestar) -> None:
    browser = Browser(application, None, "/live")
    assert await browser.status() == 401
    await browser.leave()


async def test_a_revoked_session_stops_hearing(
    runtime: Runtime, network: Network, partner: PartnerCompany, application: Litestar, clock: SettableClock
) -> None:
    hurried = LiveFeeds(runtime.redis, StreamIntervals(heartbeat_seconds=0.05, recheck_seconds=0.1))
    usual, application.state.live_feeds = application.state.live_feeds, hurried
    try:
        token = await network.token(partner.owner)
        session = await application.state.authenticator.authenticate(token, "zh-CN")
        browser = Browser(application, token, "/live")
        assert await browser.status() == 200
        for _ in range(5):
            assert await browser.next() is not None
        await network.signin.revoke(session.session_id)
        assert await browser.next_topics() is None
        await browser.leave()
        assert not hurried.streams
    finally:
        application.state.live_feeds = usual


async def test_one_session_may_not_hold_every_connection(
    network: Network, partner: PartnerCompany, application: Litestar
) -> None:
    token = await network.token(partner.owner)
    opened = [Browser(application, token, "/live") for _ in range(STREAMS_PER_SESSION)]
    for browser in opened:
        assert await browser.status() == 200
        await browser.next()
    refused = Browser(application, token, "/live")
    assert await refused.status() == 429
    for browser in [refused, *opened]:
        await browser.leave()
    assert not application.state.live_feeds.streams


async def test_without_redis_the_stream_opens_and_ends_so_that_the_page_polls(
    test_settings: Settings,
    clock: SettableClock,
    network: Network,
    partner: PartnerCompany,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    directory = tmp_path_factory.mktemp("valkey")
    directory.chmod(0o755)
    valkey = EmbeddedValkey(directory / "data")
    valkey.start()
    alone = Runtime(test_settings.model_copy(update={"redis_url": SecretStr(valkey.url())}), clock)
    application = build(alone)
    feeds = application.state.live_feeds = LiveFeeds(
        alone.redis, StreamIntervals(heartbeat_seconds=0.1, polling_seconds=0.05)
    )
    try:
        token = await network.token(partner.owner)
        browser = Browser(application, token, "/live")
        assert await browser.status() == 200
        while await browser.next() != b": still here\n\n":
            pass
        valkey.stop()
        assert await browser.next_topics() is None
        await browser.leave()

        again = Browser(application, token, "/live")
        assert await again.status() == 200
        assert await again.next_topics() is None
        await again.leave()
        async with alone.units_of_work.begin(partner.system) as work:
            work.announce(Change(kind="ticket", id=new_id()))
    finally:
        valkey.stop()
        await feeds.close()
        await alone.close()
