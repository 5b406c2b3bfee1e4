"""What Stripe tells is believed when it is signed, written down once, and applied as things are now, in any order."""

import hashlib
import hmac
import random
import time
from collections.abc import Awaitable, Callable

import httpx
import pytest
from sqlalchemy import func, select

from app.platform.background.worker import Worker
from app.platform.kernel.actor import Actor
from app.platform.kernel.runtime import Runtime
from billing.gateway.models import GatewayConnection, GatewayEvent, GatewayObject
from billing.gateway.states import ConnectionState
from billing.gateway.tasks import consumers
from tests.conftest import ClientFor
from tests.factories.network import Network
from tests.fakes.stripe.stand_in import StripePlatform
from tests.gateway.conftest import ENDPOINT, Connect
from tests.gateway.payer import ConnectedPartner

Post = Callable[[str, dict[str, str], bytes], Awaitable[int]]


async def rows_of(runtime: Runtime, one: ConnectedPartner) -> tuple[int, int]:
    """Events and objects that the partner's tables hold."""
    async with runtime.units_of_work.begin(Actor.system(one.partner.id)) as work:
        events = await work.session.scalar(select(func.count()).select_from(GatewayEvent))
        objects = await work.session.scalar(select(func.count()).select_from(GatewayObject))
    return events or 0, objects or 0


async def state_of(runtime: Runtime, one: ConnectedPartner) -> ConnectionState:
    async with runtime.units_of_work.begin(Actor.system(one.partner.id)) as work:
        return ConnectionState((await work.session.scalars(select(GatewayConnection.state))).one())


async def test_news_are_written_down_once_in_any_order(connect: Connect, post_event: Post, runtime: Runtime) -> None:
    one = await connect()
    one.platform.restrict_account(one.account, ["company.tax_id"])
    one.platform.complete_account(one.account)
    one.platform.restrict_account(one.account, ["company.tax_id"])
    shuffled = await one.platform.deliver(post_event, shuffled=random.Random(7), duplicates=2)
    assert set(shuffled) == {200}
    events, objects = await rows_of(runtime, one)
    assert events == len(shuffled) // 3
    assert objects == 1


async def test_the_account_becomes_what_it_is_now(connect: Connect, post_event: Post, runtime: Runtime) -> None:
    one = await connect()
    one.platform.restrict_account(one.account, ["company.tax_id"])
    await one.platform.deliver(post_event)
    await Worker(runtime, consumers).run_once()
    assert await state_of(runtime, one) is ConnectionState.RESTRICTED
    one.platform.complete_account(one.account)
    await one.platform.deliver(post_event)
    await Worker(runtime, consumers).run_once()
    assert await state_of(runtime, one) is ConnectionState.ACTIVE


async def test_a_company_that_removes_the_platform_takes_no_payments(
    connect: Connect, post_event: Post, runtime: Runtime
) -> None:
    one = await connect()
    one.platform.deauthorize(one.account)
    await one.platform.deliver(post_event)
    await Worker(runtime, consumers).run_once()
    assert await state_of(runtime, one) is ConnectionState.RESTRICTED


async def test_news_of_one_partner_reach_no_other(connect: Connect, post_event: Post, runtime: Runtime) -> None:
    one, other = await connect(), await connect()
    await one.platform.deliver(post_event)
    before = await rows_of(runtime, other)
    one.platform.restrict_account(one.account, ["company.tax_id"])
    await one.platform.deliver(post_event)
    assert await rows_of(runtime, other) == before


@pytest.mark.usefixtures("set_up")
async def test_news_of_nobodys_account_are_answered_and_forgotten(
    network: Network, stripe_stand_in: StripePlatform, post_event: Post, runtime: Runtime
) -> None:
    partner = await network.partner()
    account = await stripe_stand_in.client().v1.accounts.create_async({"type": "standard", "country": "US"})
    stripe_stand_in.complete_account(account.id)
    assert set(await stripe_stand_in.deliver(post_event)) == {200}
    async with runtime.units_of_work.begin(Actor.system(partner.id)) as work:
        assert not await work.session.scalar(select(func.count()).select_from(GatewayEvent))


@pytest.mark.parametrize("attack", ["changed", "unsigned", "old", "other secret"])
async def test_what_is_not_signed_by_stripe_is_refused(
    attack: str, connect: Connect, http: ClientFor, runtime: Runtime, set_up: str
) -> None:
    one = await connect()
    one.platform.restrict_account(one.account, ["company.tax_id"])
    before = await rows_of(runtime, one)
    told = one.platform.due_deliveries()[-1]
    body, at = told["body"], int(time.time())
    if attack == "old":
        at -= 301
    secret = "whsec_guessed" if attack == "other secret" else set_up
    signed = hmac.new(secret.encode(), f"{at}.{body}".encode(), hashlib.sha256).hexdigest()
    headers = {} if attack == "unsigned" else {"stripe-signature": f"t={at},v1={signed}"}
    sent = body.replace("company", "compamy") if attack == "changed" else body
    visitor: httpx.AsyncClient = await http(None)
    answer = await visitor.post(ENDPOINT, content=sent.encode(), headers=headers)
    assert answer.status_code == 401
    assert await rows_of(runtime, one) == before


@pytest.mark.usefixtures("set_up")
async def test_more_than_stripe_ever_says_is_refused(http: ClientFor) -> None:
    visitor = await http(None)
    answer = await visitor.post(
        ENDPOINT, content=b"{" + b" " * 600_000 + b"}", headers={"stripe-signature": "t=1,v1=0"}
    )
    assert answer.status_code == 413


async def test_without_a_provider_nobody_is_believed(http: ClientFor) -> None:
    visitor = await http(None)
    assert (await visitor.post(ENDPOINT, content=b"{}")).status_code == 401
