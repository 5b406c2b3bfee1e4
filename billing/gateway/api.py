"""The JSON API of the payment provider: the company's account, and the endpoint that hears the provider's news."""

from functools import partial
from typing import Final

from litestar import get, post
from litestar.params import JSONBody

from app.platform.http.registration import handlers_of
from app.platform.http.request_context import origin_of
from app.platform.http.request_work import RequestWork, runtime_of
from app.platform.http.web_request import WebRequest
from app.platform.kernel.actor import Actor
from app.platform.kernel.errors import Unauthenticated
from app.platform.kernel.logs import log
from app.platform.web.forms import transaction_of
from billing.gateway.inbox import tenant_of_account, write_down
from billing.gateway.permissions import GatewayPermission
from billing.gateway.schemas import ConnectionOpen, ConnectionVersion, ConnectionView, HeardEvent, OnboardingLink
from billing.gateway.service import Connections, onboarding_link
from billing.gateway.stripe_events import NotSigned, told_event
from rbac import Access

TAGS = ["online payments"]
MOST_EVENT_BYTES: Final = 512 * 1024
_READ, _WRITE = GatewayPermission.GATEWAY_CONNECTION_READ, GatewayPermission.GATEWAY_CONNECTION_WRITE
_log: Final = log(__name__)


@get("/gateway-connection", permission=_READ, tags=TAGS)
async def read_connection(work: RequestWork) -> ConnectionView | None:
    """The company's account with the payment provider; null while it takes no payments online."""
    return await Connections(work).current()


@post("/gateway-connection", permission=_WRITE, tags=TAGS)
async def open_connection(work: RequestWork, data: JSONBody[ConnectionOpen]) -> ConnectionView:
    """Begin to take payments online."""
    return await Connections(work).open(data.email)


@post("/gateway-connection/onboarding-links", permission=_WRITE, tags=TAGS)
async def make_onboarding_link(request: WebRequest) -> OnboardingLink:
    """Where the company tells the provider who it is; for a few minutes."""
    return OnboardingLink(await onboarding_link(runtime_of(request), partial(transaction_of, request)))


@post("/gateway-connection/disconnect", permission=_WRITE, status_code=204, tags=TAGS)
async def disconnect(work: RequestWork, data: JSONBody[ConnectionVersion]) -> None:
    """Take no payments online any more."""
    await Connections(work).disconnect(data.version)


@post(
    "/payment-events/stripe",
    permission=Access.PUBLIC,
    status_code=200,
    request_max_body_size=MOST_EVENT_BYTES,
    tags=TAGS,
)
async def hear_stripe(request: WebRequest) -> HeardEvent:
    """What Stripe tells: believed when it is signed, written down once, and answered at once. What it is about is asked
    for later. What is not this program's business is answered too, or Stripe would repeat it for days."""
    runtime = runtime_of(request)
    secret = runtime.settings.stripe_webhook_secret
    if secret is None:
        raise Unauthenticated
    try:
        told = told_event(await request.body(), request.headers.get("stripe-signature", ""), secret.get_secret_value())
    except NotSigned:
        _log.warning("payment_event_not_signed")
        raise Unauthenticated from None
    if told is None:
        return HeardEvent(kept=False)
    tenant_id = await tenant_of_account(runtime, told.account)
    if tenant_id is None:
        _log.warning("payment_event_of_nobody", type=told.type)
        return HeardEvent(kept=False)
    async with runtime.units_of_work.begin(Actor.system(tenant_id), origin_of(request)) as work:
        await write_down(work, told)
    return HeardEvent(kept=True)


handlers = handlers_of(__name__)
