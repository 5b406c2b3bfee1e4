"""The tests' side of the stand-in: its process, a platform for one test, and everything that a test may do to it."""

import contextlib
import random
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx
import stripe

from tests.fakes.stripe.errors import Object

ROOT = Path(__file__).parents[3]
Post = Callable[[str, dict[str, str], bytes], Awaitable[int]]
"""Posts a webhook to the program: address, headers, raw body; the status that it answered with."""


class ControlRefused(AssertionError):
    """A test wanted what cannot be."""


@dataclass(frozen=True)
class StripePlatform:
    """A platform of one test: nobody else's accounts, keys, events or clock are in it."""

    address: str
    key: str
    account: str
    version: str

    def client(self, **more: Any) -> stripe.StripeClient:
        """Stripe's own SDK, speaking to the stand-in."""
        options: dict[str, Any] = {"http_client": stripe.HTTPXClient(), "max_network_retries": 0} | more
        return stripe.StripeClient(
            self.key, base_addresses={"api": self.address}, stripe_version=self.version, **options
        )

    def tell(self, control: str, **said: Any) -> Any:
        """Do to the stand-in what a test may do.

        Raises:
            ControlRefused: it cannot be.
        """
        address = f"{self.address}/_control/{control}"
        # It speaks plain HTTP; reading the machine's certificates would be most of the call.
        answer = httpx.post(address, json={"key": self.key, **said}, timeout=60, trust_env=False, verify=False)
        if answer.status_code != 200:
            raise ControlRefused(answer.text)
        return answer.json()

    def set_clock(self, at: datetime | None) -> None:
        """Stand at that hour; None: follow the machine's."""
        self.tell("set_clock", at=int(at.timestamp()) if at else None)

    def complete_account(self, account: str) -> Object:
        """The owner has told Stripe everything."""
        return self._object("complete_account", account=account)

    def restrict_account(self, account: str, due: list[str], *, charges: bool = False, payouts: bool = False) -> Object:
        """Stripe wants to know more."""
        return self._object("restrict_account", account=account, due=due, charges=charges, payouts=payouts)

    def deauthorize(self, account: str) -> None:
        """The owner removes the platform."""
        self.tell("deauthorize", account=account)

    def pay(self, account: str, session: str, method: str = "pm_card_visa", *, delayed: bool = False) -> Object:
        """Somebody pays on a Checkout page; the session afterwards."""
        return self._object("pay", account=account, session=session, method=method, delayed=delayed)

    def decide_delayed(self, account: str, session: str, *, paid: bool) -> Object:
        """The payer's bank answers a delayed way to pay."""
        return self._object("decide_delayed", account=account, session=session, paid=paid)

    def open_dispute(
        self, account: str, payment: str, amount: int | None = None, reason: str = "general", *, inquiry: bool = False
    ) -> Object:
        """The payer objects to a payment."""
        said = {"payment": payment, "amount": amount, "reason": reason, "inquiry": inquiry}
        return self._object("open_dispute", account=account, **said)

    def decide_dispute(self, account: str, dispute: str, *, won: bool) -> Object:
        """The payer's bank decides."""
        return self._object("decide_dispute", account=account, dispute=dispute, won=won)

    def decide_refund(self, account: str, refund: str, *, paid: bool) -> Object:
        """The payer's bank takes a refund or sends it back."""
        return self._object("decide_refund", account=account, refund=refund, paid=paid)

    def pay_out(self, account: str) -> list[Object]:
        """The schedule's hour: all that is available goes to the bank."""
        made: list[Object] = self.tell("pay_out", account=account)
        return made

    def move_payout(self, account: str, payout: str, status: str) -> Object:
        """The bank's news of a payout."""
        return self._object("move_payout", account=account, payout=payout, status=status)

    def objects(self, account: str, kind: str) -> list[Object]:
        """Everything of one kind in an account, oldest first."""
        found: list[Object] = self.tell("objects", account=account, kind=kind)
        return found

    def goes_wrong(self, kind: str, path: str = "/", method: str = "post") -> None:
        """The next such request: `lost request`, `lost answer`, `error` or `hold`."""
        self.tell("fault", kind=kind, path=path, method=method)

    def due_deliveries(self) -> list[Object]:
        """Webhook requests to be posted now, freshly signed."""
        found: list[Object] = self.tell("due_deliveries")
        return found

    async def deliver(
        self, post: Post, *, shuffled: random.Random | None = None, duplicates: int = 0, keep: int | None = None
    ) -> list[int]:
        """Post what is due to the program, in the order of events or another, each so often; what it said to each.

        With `keep` only so many are posted, and the others remain due.
        """
        requests = self.due_deliveries() * (1 + duplicates)
        if shuffled is not None:
            shuffled.shuffle(requests)
        statuses = []
        for each in requests[:keep]:
            status = await post(each["url"], each["headers"], each["body"].encode())
            self.tell("answered", delivery=each["delivery"], status=status)
            statuses.append(status)
        return statuses

    def _object(self, control: str, **said: Any) -> Object:
        found: Object = self.tell(control, **said)
        return found


@dataclass(frozen=True)
class StripeStandIn:
    """The process."""

    address: str

    def platform(self) -> StripePlatform:
        """A platform that nobody else knows."""
        answer = httpx.post(f"{self.address}/_control/new_platform", json={}, timeout=60, trust_env=False, verify=False)
        return StripePlatform(self.address, **answer.json())


@contextlib.contextmanager
def stand_in() -> Iterator[StripeStandIn]:
    """Start it on a free port; on leaving it ends."""
    command = [sys.executable, "-m", "tests.fakes.stripe"]
    process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        yield StripeStandIn(process.stdout.readline().strip())
    finally:
        process.stdin.close()
        process.wait(30)
        process.stdout.close()
