"""Whatever is sent to the JSON API, by whomever: it answers as its document says, and never with an error of its own.

New operations are tried from the day they are registered. `./run fuzz` tries far more than a test run can afford.
"""

import asyncio
import os
from collections.abc import AsyncIterator
from typing import Any

import pytest
import structlog
from litestar import Litestar
from schemathesis import Case
from schemathesis.python.asgi import shutdown_lifespans

from app.asgi import build
from app.platform.kernel.ids import seeded_ids
from app.platform.kernel.runtime import Runtime
from app.platform.kernel.settings import Settings
from app.platform.kernel.time_source import SettableClock
from tests.conftest import ClientFor
from tests.factories.network import Network
from tests.fuzz.actors import KINDS, PROGRAM, actor_of
from tests.fuzz.engine import DOCUMENT, SEED, Caller, Effort, drawn, followed, sent
from tests.isolation.scenery import Scenery

EFFORT = (
    Effort(examples=60, boundaries=True, runs=60, steps=12)
    if os.environ.get("YINGHUO_FUZZ") == "long"
    else Effort(examples=2, boundaries=False, runs=2, steps=8)
)


@pytest.fixture(scope="module")
async def runtime(test_settings: Settings, clock: SettableClock) -> AsyncIterator[Runtime]:
    """With the same ids each time: which of them are replaced by such as exist depends on what they are."""
    made = Runtime(test_settings, clock, seeded_ids(SEED, clock))
    await made.redis.flushdb()
    yield made
    await made.close()


@pytest.fixture
async def fuzzed(kind: str, test_settings: Settings, clock: SettableClock) -> AsyncIterator[Litestar]:
    """On a runtime of its own: it lives on the engine's event loop, and ends there."""
    before = structlog.get_config()
    # Not by `configure_logs`: every logger used meanwhile would keep its silence for the tests that come later.
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger("CRITICAL"))
    yield build(Runtime(test_settings, clock, seeded_ids(SEED + 1 + KINDS.index(kind), clock)))
    await asyncio.to_thread(shutdown_lifespans)
    structlog.configure(**before)


@pytest.fixture(scope="module")
async def cases(http: ClientFor) -> list[Case[Any]]:
    visitor = await http(None)
    document = await visitor.get(DOCUMENT)
    return await asyncio.to_thread(drawn, document.content, EFFORT)


@pytest.mark.slow(18, "every operation, and runs along links")
@pytest.mark.parametrize("kind", KINDS)
async def test_it_answers_as_its_document_says(
    kind: str, fuzzed: Litestar, cases: list[Case[Any]], network: Network, scenery: Scenery
) -> None:
    async def sign_in() -> str | None:
        actor = await actor_of(kind, network, scenery, scenery.admin)
        if actor is not None and kind == PROGRAM:
            return await network.program(actor, reads_only=True)
        return await network.token(actor) if actor else None

    caller = Caller(fuzzed, sign_in)
    findings = await asyncio.to_thread(sent, cases, caller, scenery.ids)
    assert not findings.sentences, str(findings)
    assert sum(caller.statuses.values()) >= len(cases)
    linked = await asyncio.to_thread(followed, caller, EFFORT, scenery.ids)
    assert not linked.sentences, str(linked)
    assert not {status for status in caller.statuses if status >= 500}
