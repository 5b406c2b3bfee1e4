"""Who takes payments at Stripe: at the stand-in always, at Stripe's own test mode too where a key was given."""

import os
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import pytest
import stripe

from app.platform.kernel.ids import new_id
from tests.fakes.stripe.stand_in import StripePlatform

KEY, ACCOUNT = "YINGHUO_STRIPE_TEST_KEY", "YINGHUO_STRIPE_TEST_ACCOUNT"
"""A platform's secret key of Stripe's test mode, and one of its connected accounts that may charge."""
VERSION = "2026-05-27.dahlia"
PLACES = ["stand-in", *(["Stripe's test mode"] if {KEY, ACCOUNT} <= os.environ.keys() else [])]


@dataclass(frozen=True)
class Merchant:
    """A connected account that may charge, and its platform's client of Stripe's SDK."""

    client: stripe.StripeClient
    account: str
    currency: str = "usd"

    @property
    def here(self) -> Any:
        """Options of a request in this account, under a key of its own."""
        return {"stripe_account": self.account, "idempotency_key": f"test-{new_id()}"}

    async def paid(self, amount: int, fee: int | None = None, card: str = "pm_card_visa", **more: Any) -> Any:
        """A payment that was made, its charge expanded."""
        asked: Any = {
            "amount": amount,
            "currency": self.currency,
            "payment_method": card,
            "payment_method_types": ["card"],
            "confirm": True,
            "expand": ["latest_charge"],
            **({"application_fee_amount": fee} if fee is not None else {}),
            **more,
        }
        return await self.client.v1.payment_intents.create_async(asked, self.here)

    async def session(self, amount: int = 5000, **more: Any) -> Any:
        """A page on which somebody may pay."""
        asked: Any = {
            "mode": "payment",
            "success_url": "https://example.com/paid?session={CHECKOUT_SESSION_ID}",
            "line_items": [
                {
                    "price_data": {"currency": self.currency, "unit_amount": amount, "product_data": {"name": "INV-7"}},
                    "quantity": 1,
                }
            ],
            **more,
        }
        return await self.client.v1.checkout.sessions.create_async(asked, self.here)


async def opened(platform: StripePlatform) -> Merchant:
    """A merchant at the stand-in whose account is complete."""
    client = platform.client()
    account = await client.v1.accounts.create_async({"type": "standard", "country": "US"})
    platform.complete_account(account.id)
    return Merchant(client, account.id)


@pytest.fixture(params=PLACES)
async def merchant(request: pytest.FixtureRequest) -> AsyncIterator[Merchant]:
    """At every place where the contract is checked."""
    if request.param == "stand-in":
        yield await opened(request.getfixturevalue("stripe_stand_in"))
    else:
        client = stripe.StripeClient(
            os.environ[KEY], http_client=stripe.HTTPXClient(), stripe_version=VERSION, max_network_retries=0
        )
        yield Merchant(client, os.environ[ACCOUNT])


@pytest.fixture
async def shop(stripe_stand_in: StripePlatform) -> Merchant:
    """A merchant at the stand-in, for what only a test's hand can do."""
    return await opened(stripe_stand_in)
