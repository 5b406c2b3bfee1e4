"""A partner's account at the stand-in for Stripe, and the adapter that speaks with it."""

from typing import NamedTuple

import pytest

from billing.gateway.stripe_adapter import StripeGateway
from tests.fakes.stripe.stand_in import StripePlatform


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
