"""Whatever order and number of webhooks tell of online payments, and wherever a worker dies: the same rows, once."""

import os
import random
import re
from collections.abc import Awaitable, Callable

import pytest

from app.platform.kernel.runtime import Runtime
from app.platform.kernel.time_source import SettableClock
from app.platform.kernel.unit_of_work import UnitOfWorkFactory
from tests.factories.network import Network
from tests.fakes.stripe.stand_in import StripeStandIn
from tests.payments.conftest import Books
from tests.payments.deaths import Died, dying_at
from tests.payments.online_story import OnlineStory

pytestmark = pytest.mark.usefixtures("monday_morning")
ORDERS = int(os.environ.get("YINGHUO_WEBHOOK_ORDERS", "4"))
KILLS = int(os.environ.get("YINGHUO_WEBHOOK_KILLS", "30"))
"""`YINGHUO_WEBHOOK_ORDERS=50 YINGHUO_WEBHOOK_KILLS=200` is the long form."""
STEPS = 45
"""A few more than booking one payment takes: the last ones die after the commit, before Stripe was answered."""

RELEVANT = re.compile(r'"type": "(payment_intent\.succeeded|charge\.dispute\.\w+)"')

KILLS_OF_A_STORY = 10
"""Then all is told, and a new story begins: what is booked already takes few steps more."""

Begin = Callable[[], Awaitable[OnlineStory]]


@pytest.fixture
def begin(
    network: Network, units_of_work: UnitOfWorkFactory, clock: SettableClock, stripe_process: StripeStandIn
) -> Begin:
    """The same story, each time of a partner and at an account of its own."""

    async def happened() -> OnlineStory:
        partner = await network.partner()
        books = Books(units_of_work, partner, await network.client(partner))
        story = OnlineStory(books, stripe_process.platform())
        await story.happen(clock.now())
        return story

    return happened


@pytest.mark.slow(8, "starts the stand-in and pays on five pages")
async def test_in_their_own_order_they_tell_what_happened(begin: Begin) -> None:
    story = await begin()
    await story.deliver_all()
    rows = await story.rows()
    assert rows["documents"] == [(60_00, 0), (120_00, 0), (300_00, 0), (500_00, 200_00), (800_00, 800_00)]
    assert rows["payments"] == [
        (60_00, 0, 0, "received"),
        (160_00, 40_00, 0, "received"),
        (300_00, 0, 0, "received"),
        (500_00, 0, 200_00, "received"),
        (800_00, 0, 800_00, "received"),
    ]
    assert [state for _, _, state in rows["disputes"]] == ["lost", "won", "open"]
    await story.books.check()


@pytest.mark.slow(6 + 2 * ORDERS, "one story told in YINGHUO_WEBHOOK_ORDERS orders, each to a partner of its own")
async def test_in_any_order_and_however_often_they_tell_the_same(begin: Begin) -> None:
    first = await begin()
    await first.deliver_all()
    expected = await first.rows()
    for seed in range(ORDERS):
        story = await begin()
        chance = random.Random(seed)
        await story.deliver_all(chance, duplicates=chance.randint(0, 2))
        assert await story.rows() == expected, f"in the order of seed {seed}"
        await story.books.check()


@pytest.mark.slow(8 + KILLS // 3, "a worker that dies YINGHUO_WEBHOOK_KILLS times")
async def test_wherever_a_worker_dies_nothing_is_lost_or_doubled(begin: Begin, runtime: Runtime) -> None:
    undisturbed = await begin()
    await undisturbed.deliver_all()
    chance, deaths = random.Random(361), set()
    for _ in range(0, KILLS, KILLS_OF_A_STORY):
        story = await begin()
        for _ in range(KILLS_OF_A_STORY):
            told = [each for each in story.platform.due_deliveries() if RELEVANT.search(each["body"])]
            each = chance.choice(told)
            with dying_at(runtime, chance.randint(1, STEPS)) as steps:
                try:
                    await story.hear(each["url"], each["headers"], each["body"].encode())
                except Died:
                    deaths.add(steps.taken)
        await story.deliver_all(chance)
        assert await story.rows() == await undisturbed.rows()
        await story.books.check()
    assert len(deaths) > 5, "they died in different places"
