"""A partner's account at the stand-in for Stripe, the adapter that speaks with it, and a program that is set up for
it."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import NamedTuple

import httpx
import pytest
from pydantic import SecretStr

from app.platform.kernel.runtime import Runtime
from app.platform.kernel.settings import Settings
from app.platform.kernel.time_source import SettableClock
from billing.gateway.service import Connections
from billing.gateway.stripe_adapter import StripeGateway
from tests.conftest import ClientFor
from tests.factories.network import Network, PartnerCompany
from tests.fakes.stripe.stand_in import StripePlatform
from tests.gateway.payer import ConnectedPartner, Payer, Post
from tests.invoicing.conftest import company_that_invoices
from tests.payments.conftest import Books

ENDPOINT = "/api/v1/payment-events/stripe"


class OpenedAccount(NamedTuple):
    """An account whose owner has told Stripe everything."""

    platform: StripePlatform
    gateway: StripeGateway
    id: str


@pytest.fixture
def gateway(stripe_stand_in: StripePlatform) -> StripeGateway:
    return StripeGateway(stripe_stand_in.key, stripe_stand_in.address)


@pytest.fixture
async def opened(stripe_stand_in: StripePlatform, gateway: StripeGateway) -> OpenedAccount:
    account = await gateway.open_account("boss@example.com", "open-account")
    stripe_stand_in.complete_account(account.id)
    return OpenedAccount(stripe_stand_in, gateway, account.id)


@pytest.fixture
async def set_up(stripe_stand_in: StripePlatform, test_settings: Settings, monkeypatch: pytest.MonkeyPatch) -> str:
    """The operator has made an endpoint at Stripe, and told the program both secrets; the endpoint's."""
    endpoint = await stripe_stand_in.client().v1.webhook_endpoints.create_async(
        {"url": f"https://desk.example.cn{ENDPOINT}", "enabled_events": ["*"], "connect": True}
    )
    assert endpoint.secret is not None
    monkeypatch.setattr(test_settings, "stripe_secret_key", SecretStr(stripe_stand_in.key))
    monkeypatch.setattr(test_settings, "stripe_webhook_secret", SecretStr(endpoint.secret))
    monkeypatch.setattr(test_settings, "stripe_address", stripe_stand_in.address)
    return endpoint.secret


Connect = Callable[..., Awaitable[ConnectedPartner]]


@pytest.fixture
def connect(set_up: str, stripe_stand_in: StripePlatform, gateway: StripeGateway, runtime: Runtime) -> Connect:
    """Makes partners whose accounts at Stripe are complete."""
    assert set_up

    async def make(partner: PartnerCompany | None = None) -> ConnectedPartner:
        partner = partner or await Network(runtime).partner()
        async with runtime.units_of_work.begin(partner.owner) as work:
            connection = await Connections(work).open("boss@example.com")
        account = await gateway.open_account("boss@example.com", f"account-{connection.id}")
        stripe_stand_in.complete_account(account.id)
        async with runtime.units_of_work.begin(partner.owner) as work:
            await Connections(work).opened(connection.id, await gateway.fetch_account(account.id))
        return ConnectedPartner(partner, account.id, stripe_stand_in, gateway)

    return make


@pytest.fixture
async def post_event(http: ClientFor) -> Post:
    """Posts to the program what Stripe would."""
    stripe: httpx.AsyncClient = await http(None)

    async def post(_: str, headers: dict[str, str], body: bytes) -> int:
        return (await stripe.post(ENDPOINT, content=body, headers=headers)).status_code

    return post


@pytest.fixture
async def payer(
    runtime: Runtime, network: Network, http: ClientFor, clock: SettableClock, connect: Connect, post_event: Post
) -> Payer:
    clock.set(datetime.now(UTC))
    finance = await company_that_invoices(runtime, network)
    at = await connect(finance.partner)
    member = await network.member(finance.partner.id, "许会计", ["client_finance"], finance.client.id)
    invoice = await finance.issue(await finance.draft())
    books = Books(runtime.units_of_work, finance.partner, finance.client)
    return Payer(finance, books, invoice, await http(member), at, post_event, runtime, clock)
