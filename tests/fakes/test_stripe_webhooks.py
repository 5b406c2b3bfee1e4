"""Webhooks of the stand-in: signed as Stripe signs, to the side of Connect that asked, again until one says 2xx."""

import json
import random
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
import stripe

from tests.fakes.conftest import Merchant
from tests.fakes.stripe.stand_in import StripePlatform

NOON = datetime(2026, 11, 16, 4, 0, tzinfo=UTC)
HOOK = "https://example.com/hook"


class Listener:
    """An endpoint that verifies each delivery with Stripe's SDK, and answers what a test wants."""

    def __init__(self, secret: str) -> None:
        self.secret = secret
        self.answers: list[int] = []
        self.heard: list[Any] = []

    async def __call__(self, url: str, headers: dict[str, str], body: bytes) -> int:
        """One delivery."""
        stripe.WebhookSignature.verify_header(body.decode(), headers["Stripe-Signature"], self.secret, tolerance=None)
        self.heard.append(json.loads(body))
        return self.answers.pop(0) if self.answers else 200

    @property
    def types(self) -> list[str]:
        """What was heard, in its order."""
        return [each["type"] for each in self.heard]


async def listening(shop: Merchant, *events: str, connect: bool = True) -> Listener:
    asked: Any = {"url": HOOK, "enabled_events": list(events) or ["*"], "connect": connect}
    endpoint = await shop.client.v1.webhook_endpoints.create_async(asked)
    assert endpoint.secret is not None
    found = await shop.client.v1.webhook_endpoints.retrieve_async(endpoint.id)
    assert getattr(found, "secret", None) is None, "the secret is told once"
    return Listener(endpoint.secret)


async def test_events_come_signed_and_name_their_account(stripe_stand_in: StripePlatform, shop: Merchant) -> None:
    listener = await listening(shop, "checkout.session.completed", "charge.succeeded")
    session = await shop.session()
    stripe_stand_in.pay(shop.account, session.id)
    assert await stripe_stand_in.deliver(listener) == [200, 200]
    assert listener.types == ["charge.succeeded", "checkout.session.completed"]
    last = listener.heard[-1]
    assert (last["account"], last["data"]["object"]["id"]) == (shop.account, session.id)
    assert last["api_version"] == stripe_stand_in.version


async def test_the_platforms_own_events_go_to_its_own_endpoint(stripe_stand_in: StripePlatform, shop: Merchant) -> None:
    connected = await listening(shop, "application_fee.created", "payment_intent.succeeded")
    own = await listening(shop, "application_fee.created", "payment_intent.succeeded", connect=False)
    await shop.paid(1000, fee=10)
    for delivery in stripe_stand_in.due_deliveries():
        listener = own if '"account": null' in delivery["body"] or '"fee_' in delivery["body"] else connected
        await listener(delivery["url"], delivery["headers"], delivery["body"].encode())
    assert (own.types, connected.types) == (["application_fee.created"], ["payment_intent.succeeded"])


async def test_a_wrong_secret_does_not_fit(stripe_stand_in: StripePlatform, shop: Merchant) -> None:
    await listening(shop, "payment_intent.succeeded")
    await shop.paid(1000)
    with pytest.raises(stripe.SignatureVerificationError):
        await stripe_stand_in.deliver(Listener("whsec_wrong"))


async def test_what_was_refused_comes_again_for_three_days(stripe_stand_in: StripePlatform, shop: Merchant) -> None:
    stripe_stand_in.set_clock(NOON)
    listener = await listening(shop, "payment_intent.succeeded")
    await shop.paid(1000)
    listener.answers = [500, 302, 0]
    tries = 0
    for hours in range(0, 96, 2):
        stripe_stand_in.set_clock(NOON + timedelta(hours=hours))
        tries += len(await stripe_stand_in.deliver(listener))
    assert tries == 4
    assert len({each["id"] for each in listener.heard}) == 1


async def test_stripe_gives_up_and_a_hand_sends_it_again(stripe_stand_in: StripePlatform, shop: Merchant) -> None:
    stripe_stand_in.set_clock(NOON)
    listener = await listening(shop, "payment_intent.succeeded")
    await shop.paid(1000)
    listener.answers = [503] * 100
    for day in range(20):
        stripe_stand_in.set_clock(NOON + timedelta(days=day))
        await stripe_stand_in.deliver(listener)
    assert stripe_stand_in.due_deliveries() == []
    listener.answers = []
    stripe_stand_in.tell("deliver_again", event=listener.heard[0]["id"])
    assert await stripe_stand_in.deliver(listener) == [200]
    assert stripe_stand_in.due_deliveries() == []


async def test_events_come_in_any_order_and_more_than_once(stripe_stand_in: StripePlatform, shop: Merchant) -> None:
    listener = await listening(shop)
    for number in range(5):
        await shop.paid(1000 + number)
    await stripe_stand_in.deliver(listener, shuffled=random.Random(7), duplicates=1)
    happened = [each["type"] for each in stripe_stand_in.objects(shop.account, "event")]
    assert sorted(listener.types) == sorted(happened[1:] * 2)
    assert listener.types != happened[1:] * 2


async def test_a_disabled_endpoint_hears_nothing(stripe_stand_in: StripePlatform, shop: Merchant) -> None:
    asked: Any = {"url": HOOK, "enabled_events": ["*"], "connect": True}
    endpoint = await shop.client.v1.webhook_endpoints.create_async(asked)
    await shop.client.v1.webhook_endpoints.update_async(endpoint.id, {"disabled": True})
    await shop.paid(1000)
    assert stripe_stand_in.due_deliveries() == []


@contextmanager
def endpoint_of_its_own(statuses: list[int]) -> Iterator[tuple[str, list[str], threading.Event]]:
    """A server that answers so, the last again and again; what it heard, and when it has said 200."""
    heard: list[str] = []
    done = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            heard.append(json.loads(self.rfile.read(int(self.headers["content-length"])))["id"])
            status = statuses.pop(0) if statuses else 200
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()
            if status == 200:
                done.set()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the library's name for it
            """Keep the tests' output quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/hook", heard, done
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


async def test_the_stand_in_posts_by_itself(stripe_stand_in: StripePlatform, shop: Merchant) -> None:
    stripe_stand_in.set_clock(NOON)
    with endpoint_of_its_own([500]) as (url, heard, done):
        asked: Any = {"url": url, "enabled_events": ["payment_intent.succeeded"], "connect": True}
        await shop.client.v1.webhook_endpoints.create_async(asked)
        await shop.paid(1000)
        stripe_stand_in.tell("deliver_by_itself", on=True)
        for minutes in range(5, 60, 5):
            if done.wait(1):
                break
            stripe_stand_in.set_clock(NOON + timedelta(minutes=minutes))
        assert done.is_set()
        assert len(heard) == 2
        assert len(set(heard)) == 1
        stripe_stand_in.tell("deliver_by_itself", on=False)
