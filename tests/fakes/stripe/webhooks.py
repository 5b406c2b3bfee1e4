"""Webhook endpoints and the deliveries to them: signed, and repeated for three days until somebody says 2xx."""

import hashlib
import hmac
import json
import urllib.error
import urllib.request
from copy import deepcopy
from dataclasses import dataclass, field

from tests.fakes.stripe.errors import Object, malformed
from tests.fakes.stripe.records import Account, Platform, merged_metadata, new_id
from tests.fakes.stripe.routes import Request, speaks

PAUSES = (300, 1800, 7200, 18_000, 36_000, 43_200, 43_200, 43_200, 43_200)
"""Seconds to the next try; after the last, three days have gone and Stripe gives up."""


@dataclass
class Delivery:
    """One event on its way to one endpoint."""

    event: Object
    endpoint: Object
    secret: str
    due: int
    id: str = field(default_factory=lambda: new_id("dlv_"))
    tries: int = 0
    state: str = "waiting"

    def request(self, now: int) -> Object:
        """What is posted, signed at this moment; the same bytes at every try."""
        body = json.dumps(self.event, indent=2, ensure_ascii=False)
        signed = hmac.new(self.secret.encode(), f"{now}.{body}".encode(), hashlib.sha256).hexdigest()
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "Stripe-Signature": f"t={now},v1={signed},v0={'0' * 64}",
            "User-Agent": "Stripe/1.0 (+https://stripe.com/docs/webhooks)",
        }
        return {"delivery": self.id, "url": self.endpoint["url"], "headers": headers, "body": body}

    def answered(self, status: int, now: int) -> None:
        """What the endpoint said; 0 is nothing at all. A redirect is a failure like any other."""
        self.tries += 1
        if 200 <= status < 300:
            self.state = "delivered"
            self.event["pending_webhooks"] = max(0, self.event["pending_webhooks"] - 1)
        elif self.tries > len(PAUSES):
            self.state = "given up"
        else:
            self.due = now + PAUSES[self.tries - 1]


def queue(platform: Platform, account: Account, event: Object) -> None:
    """An event is due at once at every endpoint that asked for its type on its side of Connect."""
    event["pending_webhooks"] = 0
    for endpoint in platform.own.those("webhook_endpoint", status="enabled"):
        of_connected = platform.own.objects["connect"].get(endpoint["id"], {}).get("connect", False)
        if of_connected == (account is not platform.own) and {"*", event["type"]} & set(endpoint["enabled_events"]):
            event["pending_webhooks"] += 1
            secret = platform.own.objects["connect"][endpoint["id"]]["secret"]
            delivery = Delivery(event, endpoint, secret, platform.now())
            platform.deliveries[delivery.id] = delivery


def due(platform: Platform) -> list[Delivery]:
    """Deliveries whose hour has come, in the order of their events."""
    waiting: list[Delivery] = [each for each in platform.deliveries.values() if each.state == "waiting"]
    return [each for each in waiting if each.due <= platform.now()]


def post(delivery: Delivery, now: int) -> int:
    """Deliver by HTTP; the status, or 0 when nobody answered."""
    made = delivery.request(now)
    request = urllib.request.Request(made["url"], made["body"].encode(), made["headers"], method="POST")
    try:
        with urllib.request.build_opener(_NoRedirect).open(request, timeout=10) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as refused:
        return refused.code
    except OSError:
        return 0


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: object, **__: object) -> None:
        return None


@speaks("post", "/v1/webhook_endpoints", "api_version", "connect", "description", "enabled_events", "metadata", "url")
def create_endpoint(request: Request) -> Object:
    """A new endpoint; its secret is told this once."""
    given = request.given
    if not given["enabled_events"]:
        raise malformed("You must enable at least one event.", "enabled_events")
    if not given["url"].startswith(("http://", "https://")):
        raise malformed("Invalid URL: An explicit scheme (such as https) must be provided.", "url", "url_invalid")
    secret = new_id("whsec_")
    connect = given.get("connect", False)
    made = request.account.add(
        "webhook_endpoint",
        url=given["url"],
        enabled_events=given["enabled_events"],
        api_version=given.get("api_version"),
        description=given.get("description") or None,
        application=request.platform.application if connect else None,
        metadata=merged_metadata({}, given.get("metadata")),
        status="enabled",
    )
    request.account.objects["connect"][made["id"]] = {"connect": connect, "secret": secret}
    return deepcopy(made) | {"secret": secret}


@speaks(
    "post", "/v1/webhook_endpoints/{webhook_endpoint}", "description", "disabled", "enabled_events", "metadata", "url"
)
def update_endpoint(request: Request) -> Object:
    """Change it, or stop it for a while."""
    found = request.subject("webhook_endpoint", "webhook_endpoint")
    given = dict(request.given)
    if "disabled" in given:
        found["status"] = "disabled" if given.pop("disabled") else "enabled"
    found["metadata"] = merged_metadata(found["metadata"], given.pop("metadata", None))
    found.update(given)
    return found


@speaks("delete", "/v1/webhook_endpoints/{webhook_endpoint}")
def delete_endpoint(request: Request) -> Object:
    """What was not delivered to it never will be."""
    found = request.subject("webhook_endpoint", "webhook_endpoint")
    del request.account.objects["webhook_endpoint"][found["id"]]
    for delivery in list(request.platform.deliveries.values()):
        if delivery.endpoint is found:
            del request.platform.deliveries[delivery.id]
    return {"id": found["id"], "object": "webhook_endpoint", "deleted": True}
