"""What a test may do that nobody can at Stripe: be the payer, the bank, the clock, and the network."""

import threading
from collections.abc import Callable
from typing import Any

from tests.fakes.stripe import accounts, balance, checkout, disputes, refunds, webhooks
from tests.fakes.stripe.errors import Object
from tests.fakes.stripe.records import Account, Platform
from tests.fakes.stripe.service import Fault, Service

Control = Callable[[Service, Platform, Object], Any]
CONTROLS: dict[str, Control] = {}


def control(function: Control) -> Control:
    """Reached by its name."""
    CONTROLS[function.__name__] = function
    return function


def _account(platform: Platform, said: Object) -> Account:
    return platform.account(said.get("account"))


@control
def set_clock(service: Service, platform: Platform, said: Object) -> Object:
    """Stand at that hour; null: follow the machine's."""
    platform.frozen_at = said["at"]
    service.time_passes(platform)
    return {"now": platform.now()}


@control
def complete_account(service: Service, platform: Platform, said: Object) -> Object | None:
    """The owner has told Stripe everything."""
    account = _account(platform, said)
    accounts.complete(account)
    return account.profile


@control
def restrict_account(service: Service, platform: Platform, said: Object) -> Object | None:
    """Stripe wants to know more."""
    account = _account(platform, said)
    accounts.restrict(account, said["due"], charges=said["charges"], payouts=said["payouts"])
    return account.profile


@control
def deauthorize(service: Service, platform: Platform, said: Object) -> None:
    """The owner removes the platform."""
    accounts.deauthorize(platform, _account(platform, said))


@control
def pay(service: Service, platform: Platform, said: Object) -> Object:
    """Somebody pays on a Checkout page."""
    account = _account(platform, said)
    session = account.one("checkout.session", said["session"], "session")
    return checkout.pay(account, session, said["method"], delayed=said["delayed"])


@control
def decide_delayed(service: Service, platform: Platform, said: Object) -> Object:
    """The payer's bank answers a delayed way to pay."""
    account = _account(platform, said)
    return checkout.decide_delayed(
        account, account.one("checkout.session", said["session"], "session"), paid=said["paid"]
    )


@control
def open_dispute(service: Service, platform: Platform, said: Object) -> Object:
    """The payer objects to a payment."""
    account = _account(platform, said)
    intent = account.one("payment_intent", said["payment"], "payment")
    charge = account.objects["charge"][intent["latest_charge"]]
    return disputes.open_dispute(
        account, charge, said["amount"] or charge["amount"], said["reason"], inquiry=said["inquiry"]
    )


@control
def decide_dispute(service: Service, platform: Platform, said: Object) -> Object:
    """The payer's bank decides."""
    account = _account(platform, said)
    return disputes.decide(account, account.one("dispute", said["dispute"], "dispute"), won=said["won"])


@control
def decide_refund(service: Service, platform: Platform, said: Object) -> Object:
    """The payer's bank takes a refund or sends it back."""
    account = _account(platform, said)
    return refunds.decide(account, account.one("refund", said["refund"], "refund"), paid=said["paid"])


@control
def pay_out(service: Service, platform: Platform, said: Object) -> list[Object]:
    """The schedule's hour: all that is available goes to the bank."""
    account = _account(platform, said)
    service.time_passes(platform)
    held = balance.sums(account, "available")
    return [
        balance.pay_out(account, amount, currency, {}, automatic=True)
        for currency, amount in held.items()
        if amount > 0
    ]


@control
def move_payout(service: Service, platform: Platform, said: Object) -> Object:
    """The bank's news of a payout."""
    account = _account(platform, said)
    payout = account.one("payout", said["payout"], "payout")
    balance.move_payout(account, payout, said["status"])
    return payout


@control
def due_deliveries(service: Service, platform: Platform, said: Object) -> list[Object]:
    """Webhook requests to be posted now, freshly signed."""
    return [each.request(platform.now()) for each in webhooks.due(platform)]


@control
def answered(service: Service, platform: Platform, said: Object) -> None:
    """What an endpoint said to a delivery that the test posted."""
    platform.deliveries[said["delivery"]].answered(said["status"], platform.now())


@control
def deliver_again(service: Service, platform: Platform, said: Object) -> None:
    """The button on the dashboard: send an event once more, delivered or not."""
    for each in platform.deliveries.values():
        if each.event["id"] == said["event"]:
            each.state, each.due = "waiting", platform.now()


@control
def drop_delivery(service: Service, platform: Platform, said: Object) -> None:
    """It gets lost for good."""
    platform.deliveries[said["delivery"]].state = "given up"


@control
def deliver_by_itself(service: Service, platform: Platform, said: Object) -> None:
    """Post what is due over HTTP, as Stripe does, from now on or no longer."""
    platform.posts_itself = said["on"]


@control
def limit_requests(service: Service, platform: Platform, said: Object) -> None:
    """So many more, then 429; null: no limit."""
    platform.requests_left = said["to"]


@control
def fault(service: Service, platform: Platform, said: Object) -> None:
    """What goes wrong with the next request."""
    service.faults[platform.key].append(Fault(said["kind"], said["path"], said["method"]))
    platform.held.append(service.faults[platform.key][-1])


@control
def until_held(service: Service, platform: Platform, said: Object) -> bool:
    """Wait until a request is held."""
    return any(each.reached.wait(30) for each in platform.held if each.kind == "hold")


@control
def release(service: Service, platform: Platform, said: Object) -> None:
    """Let held requests go on."""
    for each in platform.held:
        each.released.set()
    platform.held.clear()


@control
def objects(service: Service, platform: Platform, said: Object) -> list[Object]:
    """Everything of one kind in an account, oldest first."""
    return _account(platform, said).those(said["kind"])


WITHOUT_LOCK = frozenset({"until_held"})
"""They wait for somebody else."""


def post_what_is_due(service: Service, stopped: threading.Event) -> None:
    """The network between Stripe and the endpoints, for the platforms whose tests want it so."""
    while not stopped.wait(0.05):
        with service.lock:
            waiting = [
                (platform, delivery)
                for platform in service.platforms.values()
                if platform.posts_itself
                for delivery in webhooks.due(platform)
            ]
        for platform, delivery in waiting:
            delivery.answered(webhooks.post(delivery, platform.now()), platform.now())
