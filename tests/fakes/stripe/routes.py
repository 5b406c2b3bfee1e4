"""Which requests the stand-in speaks, and what each may say; whatever else Stripe knows is answered with 501."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.fakes.stripe.errors import Object, missing, not_spoken
from tests.fakes.stripe.records import Account, Platform, page


@dataclass(frozen=True)
class Request:
    """A request that Stripe has understood: for whom, about what, and its parameters."""

    platform: Platform
    account: Account
    path: dict[str, str]
    given: Object
    url: str

    def subject(self, kind: str, name: str) -> Object:
        """The object whose identifier stands in the path.

        Raises:
            Refusal: this account has none.
        """
        return self.account.one(kind, self.path[name], name)


Handler = Callable[[Request], Object]


@dataclass(frozen=True)
class Route:
    """One request that is spoken, and the parameters that do here what they do at Stripe."""

    handler: Handler
    parameters: frozenset[str]


ROUTES: dict[tuple[str, str], Route] = {}


def speaks(method: str, template: str, *parameters: str) -> Callable[[Handler], Handler]:
    """Declare what answers a request."""

    def declared(handler: Handler) -> Handler:
        ROUTES[method, template] = Route(handler, frozenset(parameters) | {"expand"})
        return handler

    return declared


def answer(request: Request, method: str, template: str) -> Object:
    """Let the request be answered.

    Raises:
        Refusal: Stripe refuses it, or the stand-in does not speak it.
    """
    route = ROUTES.get((method, template))
    if route is None:
        raise not_spoken(f"{method.upper()} {template}")
    for name, value in request.given.items():
        if name not in route.parameters:
            raise not_spoken(f"the parameter {name} of {method.upper()} {template}")
        for nested in value if isinstance(value, dict) else ():
            known = _NESTED.get((template, name))
            if known is not None and nested not in known:
                raise not_spoken(f"the parameter {name}[{nested}] of {method.upper()} {template}")
    return route.handler(request)


_NESTED: dict[tuple[str, str], frozenset[str]] = {}


def understands(template: str, name: str, *nested: str) -> None:
    """Declare what of a parameter that is an object does here what it does at Stripe."""
    _NESTED[template, name] = frozenset(nested)


def readable(kind: str, template: str, name: str, *filters: str) -> None:
    """Objects of a kind can be listed, by some of their fields, and fetched by the identifier of that name."""

    def listed(request: Request) -> Object:
        wanted: dict[str, Any] = {
            each: request.given[each] for each in filters if each in request.given and each != "created"
        }
        return page(request.account.those(kind, **wanted), request.given, request.url)

    speaks("get", template, "ending_before", "limit", "starting_after", *filters)(listed)
    speaks("get", f"{template}/{{{name}}}")(lambda request: request.subject(kind, name))


def wanted(account: Account, kind: str, given: Object, name: str) -> Object:
    """The object that a parameter names.

    Raises:
        Refusal: this account has none; in a form that is 400.
    """
    identifier = given[name]
    if identifier not in account.objects[kind]:
        raise missing(kind, identifier, name, 400)
    return account.objects[kind][identifier]


readable("charge", "/v1/charges", "charge", "created", "payment_intent")
readable("dispute", "/v1/disputes", "dispute", "created", "charge", "payment_intent")
readable("event", "/v1/events", "id", "created", "type")
readable("payment_intent", "/v1/payment_intents", "intent", "created")
readable("payout", "/v1/payouts", "payout", "created", "status")
readable("refund", "/v1/refunds", "refund", "created", "charge", "payment_intent")
readable("application_fee", "/v1/application_fees", "id", "created", "charge")
readable("checkout.session", "/v1/checkout/sessions", "session", "created", "payment_intent", "status")
readable("webhook_endpoint", "/v1/webhook_endpoints", "webhook_endpoint")
