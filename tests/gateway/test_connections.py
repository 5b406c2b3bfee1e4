"""A company opens its account with the payment provider, and parts from it."""

import asyncio

import pytest

from app.platform.kernel.errors import Forbidden, StaleVersion
from app.platform.kernel.runtime import Runtime
from billing.gateway.errors import AlreadyConnected, GatewaySilent
from billing.gateway.service import Connections, onboarding_link
from billing.gateway.states import ConnectionState
from tests.conftest import ClientFor
from tests.factories.network import Network
from tests.fakes.stripe.stand_in import StripePlatform
from tests.gateway.conftest import Connect

pytestmark = pytest.mark.usefixtures("set_up")


async def test_an_owner_is_led_to_the_provider_and_has_one_account(network: Network, runtime: Runtime) -> None:
    partner = await network.partner()
    begin = runtime.units_of_work.begin
    async with begin(partner.owner) as work:
        await Connections(work).open("boss@example.com")

    link = await onboarding_link(runtime, lambda: begin(partner.owner))
    assert link.startswith("https://")
    async with begin(partner.owner) as work:
        first = await Connections(work).current()
    assert first is not None
    assert (first.state, bool(first.account_id), bool(first.missing)) == (ConnectionState.CONNECTING, True, True)
    await onboarding_link(runtime, lambda: begin(partner.owner))
    async with begin(partner.owner) as work:
        again = await Connections(work).current()
    assert again is not None
    assert again.account_id == first.account_id


async def test_an_answer_that_is_lost_opens_no_second_account(
    network: Network, runtime: Runtime, stripe_stand_in: StripePlatform
) -> None:
    partner = await network.partner()
    begin = runtime.units_of_work.begin
    async with begin(partner.owner) as work:
        await Connections(work).open("boss@example.com")
    stripe_stand_in.goes_wrong("lost answer", "/v1/accounts")
    with pytest.raises(GatewaySilent):
        await onboarding_link(runtime, lambda: begin(partner.owner))
    await onboarding_link(runtime, lambda: begin(partner.owner))
    made = await stripe_stand_in.client().v1.accounts.list_async({"limit": 10})
    assert len(made.data) == 1


async def test_of_two_who_begin_at_once_one_does(network: Network, runtime: Runtime) -> None:
    partner = await network.partner()

    async def open_one() -> bool:
        try:
            async with runtime.units_of_work.begin(partner.owner) as work:
                await Connections(work).open("boss@example.com")
        except AlreadyConnected:
            return False
        return True

    opened = await asyncio.gather(*(open_one() for _ in range(8)))
    assert sorted(opened) == [False] * 7 + [True]


async def test_a_dispatcher_does_not_open_it(network: Network, runtime: Runtime) -> None:
    partner = await network.partner()
    with pytest.raises(Forbidden):
        async with runtime.units_of_work.begin(partner.dispatcher) as work:
            await Connections(work).open("boss@example.com")


async def test_who_parts_may_begin_anew(connect: Connect, runtime: Runtime) -> None:
    one = await connect()
    begin = runtime.units_of_work.begin
    async with begin(one.partner.owner) as work:
        connection = await Connections(work).current()
    assert connection is not None
    assert connection.state is ConnectionState.ACTIVE
    with pytest.raises(StaleVersion):
        async with begin(one.partner.owner) as work:
            await Connections(work).disconnect(connection.version - 1)
    async with begin(one.partner.owner) as work:
        await Connections(work).disconnect(connection.version)
    async with begin(one.partner.owner) as work:
        assert await Connections(work).current() is None
        assert (await Connections(work).open("boss@example.com")).state is ConnectionState.CONNECTING


async def test_the_page_and_the_interface_tell_the_same(connect: Connect, http: ClientFor) -> None:
    one = await connect()
    owner = await http(one.partner.owner)
    told = (await owner.get("/api/v1/gateway-connection")).json()
    page = (await owner.get("/workspace/online-payments")).text
    assert told["account_id"] == one.account
    assert one.account in page
    assert "可以收款" in page
