"""The rate limit of requests, and responses of unknown addresses, which carry the same headers as all others."""

from datetime import UTC, datetime, timedelta

import pytest

from app.platform.http.rate_limit import CALLERS_KEPT, RateLimiter
from app.platform.kernel.errors import TooManyAttempts
from app.platform.kernel.time_source import SettableClock
from tests.conftest import ClientFor


@pytest.fixture
def minute() -> SettableClock:
    return SettableClock(datetime(2026, 11, 16, 1, 30, 20, tzinfo=UTC))


def test_who_asks_too_often_waits_for_the_next_minute(minute: SettableClock) -> None:
    share = RateLimiter(minute, 10)
    for _ in range(10):
        share.take("script")
    with pytest.raises(TooManyAttempts) as refused:
        share.take("script")
    assert refused.value.retry_after == 40
    minute.advance(timedelta(seconds=40))
    share.take("script")


def test_others_keep_their_share(minute: SettableClock) -> None:
    share = RateLimiter(minute, 10)
    for _ in range(10):
        share.take("script")
    share.take("dispatcher")


def test_visitors_have_half(minute: SettableClock) -> None:
    share = RateLimiter(minute, 10)
    for _ in range(5):
        share.take("203.0.113.9", 0.5)
    with pytest.raises(TooManyAttempts):
        share.take("203.0.113.9", 0.5)


def test_counting_does_not_grow_without_end(minute: SettableClock) -> None:
    share = RateLimiter(minute, 10)
    for number in range(CALLERS_KEPT + 50):
        share.take(str(number))
    assert len(share._counts) == CALLERS_KEPT


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE"])
async def test_an_unknown_address_answers_with_every_header(http: ClientFor, method: str) -> None:
    visitor = await http(None)
    for path, kind in (("/no/such/page", "text/html"), ("/api/v1/no-such", "application/problem+json")):
        answer = await visitor.request(method, path)
        assert answer.status_code == 404
        assert answer.headers["content-type"].startswith(kind)
        assert answer.headers["x-request-id"]
        assert "script-src 'self'" in answer.headers["content-security-policy"]


async def test_the_gallery_is_there_beside_a_demo(http: ClientFor) -> None:
    visitor = await http(None)
    assert "P1" in (await visitor.get("/gallery/components")).text
    assert (await visitor.get("/gallery/nothing")).status_code == 404
