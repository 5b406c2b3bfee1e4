"""From Stripe's signed webhook to the ledger: events in any order, for anybody, and a worker that dies anywhere."""

import os
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import pytest
from pydantic import SecretStr
from sqlalchemy import select

from app.platform.kernel.errors import DomainError
from app.platform.kernel.runtime import Runtime
from app.platform.kernel.settings import Settings
from app.platform.kernel.time_source import SettableClock
from billing.gateway.models import GatewayEvent
from tests.conftest import ClientFor
from tests.factories.network import Network
from tests.fakes.stripe.stand_in import StripePlatform, StripeStandIn
from tests.payments.conftest import Books
from tests.payments.deaths import Died, dying_at
from tests.payments.mortal_worker import killed_and_ended
from tests.payments.online_story import HOOK, OnlineStory
from tests.program_processes import environment_of

ORDERS = int(os.environ.get("YINGHUO_WEBHOOK_ORDERS", "3"))
"""`YINGHUO_WEBHOOK_ORDERS=50` is the long form."""
KILLS = 200
PROCESS_KILLS = int(os.environ.get("YINGHUO_PROCESS_KILLS", "3"))
"""How often a whole process is killed; before a release some 200 times."""
STEPS = 60
"""A few more than one event takes: the last ones die after the commit."""


@dataclass(frozen=True)
class Endpoint:
    """The platform at the stand-in, and the secret with which it signs."""

    platform: StripePlatform
    secret: str


@pytest.fixture(scope="module")
async def endpoint(stripe_process: StripeStandIn) -> Endpoint:
    """Hears of all connected accounts."""
    platform = stripe_process.platform()
    asked: Any = {"url": f"https://example.com{HOOK}", "enabled_events": ["*"], "connect": True}
    made = await platform.client().v1.webhook_endpoints.create_async(asked)
    assert made.secret is not None
    return Endpoint(platform, made.secret)


@pytest.fixture(scope="module")
def test_settings(test_settings: Settings, endpoint: Endpoint) -> Settings:
    """Of an operator whose partners take payments online."""
    return test_settings.model_copy(
        update={
            "stripe_secret_key": SecretStr(endpoint.platform.key),
            "stripe_webhook_secret": SecretStr(endpoint.secret),
            "stripe_address": endpoint.platform.address,
        }
    )


Begin = Callable[[], Awaitable[OnlineStory]]


@pytest.fixture
async def begin(
    network: Network, runtime: Runtime, machine_time: SettableClock, http: ClientFor, endpoint: Endpoint
) -> Begin:
    """The same story, each time of a partner and at an account of its own, at the machine's hour: signatures age."""
    visitor = await http(None)

    async def happened() -> OnlineStory:
        partner = await network.partner()
        books = Books(runtime.units_of_work, partner, await network.client(partner))
        story = OnlineStory(books, endpoint.platform, visitor, runtime)
        await story.happen()
        return story

    return happened


@pytest.mark.slow(10 + 4 * ORDERS, "one story told in YINGHUO_WEBHOOK_ORDERS orders, each to a partner of its own")
async def test_in_any_order_and_however_often_they_tell_the_same(begin: Begin) -> None:
    first = await begin()
    await first.deliver_all()
    await first.work_off()
    expected = await first.rows()
    assert expected["documents"] == [(60_00, 20_00), (120_00, 0), (300_00, 0), (500_00, 200_00), (800_00, 800_00)]
    assert expected["payments"] == [
        (60_00, 0, 0, 20_00),
        (160_00, 30_00, 0, 10_00),
        (300_00, 0, 0, 0),
        (500_00, 0, 200_00, 0),
        (800_00, 0, 800_00, 0),
    ]
    assert expected["refunds"] == [(10_00, "paid"), (20_00, "paid"), (160_00, "failed")]
    assert [state for _, _, state in expected["disputes"]] == ["lost", "won", "open"]
    for seed in range(ORDERS):
        story, chance = await begin(), random.Random(seed)
        await story.deliver_all(chance, duplicates=chance.randint(0, 2))
        assert await story.kept() == await first.kept(), "each event is written down once"
        await story.work_off(chance)
        assert await story.rows() == expected, f"in the order of seed {seed}"
        await story.books.check()


@pytest.mark.slow(20, "two hundred workers that die")
async def test_wherever_a_worker_dies_nothing_is_lost_or_doubled(begin: Begin, runtime: Runtime) -> None:
    undisturbed = await begin()
    await undisturbed.deliver_all()
    await undisturbed.work_off()
    expected, chance = await undisturbed.rows(), random.Random(361)
    deaths: list[int] = []
    while len(deaths) < KILLS:
        story = await begin()
        await story.deliver_all(chance)
        told = await story.waiting()
        left = list(told)
        while left and len(deaths) < KILLS:
            each = chance.choice(left)
            with dying_at(runtime, chance.randint(1, STEPS)) as steps:
                try:
                    await story.does(each)
                    left.remove(each)
                except Died:
                    deaths.append(steps.taken)
                except DomainError:
                    pass
        await story.work_off(chance, told)
        assert await story.rows() == expected
        await story.books.check()
    assert len(set(deaths)) > 20, "they died in different places"


@pytest.mark.slow(20, "a process started and killed YINGHUO_PROCESS_KILLS times")
async def test_a_process_killed_at_any_moment_loses_and_doubles_nothing(
    begin: Begin, runtime: Runtime, test_settings: Settings, machine_time: SettableClock, endpoint: Endpoint
) -> None:
    undisturbed, story = await begin(), await begin()
    for each in (undisturbed, story):
        await each.deliver_all()
    await undisturbed.work_off()
    environment = environment_of(
        test_settings,
        machine_time,
        YINGHUO_STRIPE_SECRET_KEY=endpoint.platform.key,
        YINGHUO_STRIPE_WEBHOOK_SECRET=endpoint.secret,
        YINGHUO_STRIPE_ADDRESS=endpoint.platform.address,
    )
    tenant, chance = str(story.books.partner.id), random.Random(361)
    killed = await killed_and_ended(runtime, environment, tenant, kills=PROCESS_KILLS, chance=chance)
    assert killed, "all were done before they were killed"
    await story.work_off()
    assert await story.rows() == await undisturbed.rows()
    await story.books.check()


@pytest.mark.slow(10, "the story twice")
async def test_each_partner_hears_of_its_own_account_only(begin: Begin) -> None:
    one, other = await begin(), await begin()
    await one.deliver_all()
    await one.work_off()
    await other.work_off()
    assert await one.rows() == await other.rows()
    for story, stranger in ((one, other), (other, one)):
        async with story.books.units_of_work.begin(story.books.partner.system) as work:
            accounts = set(await work.session.scalars(select(GatewayEvent.account_id)))
        assert accounts == {story.account} != {stranger.account}
