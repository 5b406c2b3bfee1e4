"""Whether somebody exists is not told by how long an answer takes: statistically, over interleaved pairs of requests.

SAMPLES pairs of each kind; the order within a pair alternates, so that drift of the machine hits both alike. The
medians may differ by TOLERANCE of the slower one: what counts is the answer's last byte, not what is done after it.
"""

import time
from collections.abc import Awaitable, Callable
from statistics import median
from typing import Any, cast

import httpx
import pytest

from app.asgi import build
from app.platform.kernel.runtime import Runtime
from app.platform.kernel.settings import Settings
from tests.conftest import ClientFor
from tests.factories.network import Network
from tests.identity.conftest import PASSWORD, WithPassword, with_password

__all__ = ["with_password"]  # the fixture of identity's tests

SAMPLES = 60
TOLERANCE = 0.25
"""A look-up in the database is a hundredth of what hashing one password costs, which is done for nobody too."""

Ask = Callable[[], Awaitable[httpx.Response]]


@pytest.fixture(scope="module")
def test_settings(test_settings: Settings) -> Settings:
    """Passwords cost here what they cost in production."""
    return test_settings.model_copy(update={"password_memory_kibibytes": 19_456})


class Stopwatch:
    """The application, and when the last byte of its last answer left."""

    def __init__(self, runtime: Runtime) -> None:
        self._application: Any = build(runtime)
        self.answered_at = 0.0

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        async def watched(message: Any) -> None:
            if message["type"] == "http.response.body" and not message.get("more_body"):
                self.answered_at = time.perf_counter()
            await send(message)

        await self._application(scope, receive, watched)


@pytest.mark.slow(7, "hundreds of answers, compared")
async def test_an_account_that_exists_answers_like_one_that_does_not(
    runtime: Runtime, network: Network, with_password: WithPassword
) -> None:
    partner = await network.partner()
    email = await with_password(partner.dispatcher)
    watch = Stopwatch(runtime)
    async with browser_of(watch) as browser:
        await alike(
            runtime,
            watch,
            lambda: browser.post("/api/v1/sessions", json={"name": email, "password": f"not {PASSWORD}"}),
            lambda: browser.post("/api/v1/sessions", json={"name": "nobody@example.com", "password": "whatever it is"}),
        )


async def test_a_reset_is_asked_for_as_long_for_anybody(
    runtime: Runtime, network: Network, with_password: WithPassword
) -> None:
    partner = await network.partner()
    email = await with_password(partner.dispatcher)
    watch = Stopwatch(runtime)
    async with browser_of(watch) as browser:
        await alike(
            runtime,
            watch,
            lambda: browser.post("/api/v1/password-resets", json={"name": email}),
            lambda: browser.post("/api/v1/password-resets", json={"name": "nobody@example.com"}),
        )


@pytest.mark.slow(7, "hundreds of answers, compared")
async def test_a_device_that_exists_answers_like_one_that_does_not(
    runtime: Runtime, network: Network, http: ClientFor
) -> None:
    partner = await network.partner()
    client = await network.client(partner)
    device_id, _ = await network.device(client, number="PC-KNOWN")
    issued = await (await http(partner.owner)).post("/api/v1/pins", json={"device_ids": [str(device_id)]})
    assert issued.is_success
    watch = Stopwatch(runtime)
    door = {"tenant": partner.slug, "client": client.code, "pin": "000000"}
    async with browser_of(watch) as browser:
        await alike(
            runtime,
            watch,
            lambda: browser.post("/api/v1/reporter-sessions", json={**door, "device_number": "PC-KNOWN"}),
            lambda: browser.post("/api/v1/reporter-sessions", json={**door, "device_number": "PC-OTHER"}),
        )


def browser_of(watch: Stopwatch) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(cast("Any", watch), raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000")


async def alike(runtime: Runtime, watch: Stopwatch, one: Ask, other: Ask) -> None:
    """Both are answered by the same words, and in the same time."""
    times: tuple[list[float], list[float]] = ([], [])
    for pair in range(SAMPLES + 3):
        answers: dict[int, tuple[int, str]] = {}
        for which in (0, 1) if pair % 2 else (1, 0):
            # The throttles count tries of known and unknown names alike; here they would end the measurement.
            await runtime.redis.flushdb()
            begun = time.perf_counter()
            answer = await (one, other)[which]()
            if pair >= 3:
                times[which].append(watch.answered_at - begun)
            told = answer.json() if answer.content else None
            answers[which] = (answer.status_code, told["code"] if told else "")
        assert answers[0] == answers[1]
    middle = sorted(median(each) for each in times)
    assert middle[1] - middle[0] <= TOLERANCE * middle[1], f"medians of {SAMPLES} differ: {middle} s"
