"""The page on which a company opens its account with the payment provider."""

from functools import partial
from typing import Any

from litestar import Response, get, post
from litestar.response import Redirect

from app.platform.http.registration import handlers_of
from app.platform.http.request_work import RequestWork, runtime_of
from app.platform.http.web_request import WebRequest
from app.platform.kernel.errors import DomainError
from app.platform.kernel.unit_of_work import UnitOfWork
from app.platform.web.form_fields import fields_of
from app.platform.web.form_values import FormValues
from app.platform.web.forms import render_form, submit, transaction_of
from billing.gateway.permissions import GatewayPermission
from billing.gateway.schemas import ConnectionOpen, ConnectionVersion
from billing.gateway.service import PAGE, Connections, onboarding_link
from billing.gateway.states import STATE_NAMES, STATE_TONES

_READ, _WRITE = GatewayPermission.GATEWAY_CONNECTION_READ, GatewayPermission.GATEWAY_CONNECTION_WRITE


@get(PAGE, permission=_READ, include_in_schema=False)
async def connection_page(request: WebRequest, work: RequestWork) -> Response[Any]:
    """Whether clients can pay online, and what the provider still wants to know."""
    return await _render(request, work, FormValues({}))


@post(PAGE, permission=_WRITE, include_in_schema=False)
async def open_connection(request: WebRequest) -> Response[Any]:
    """Begin."""

    async def act(work: UnitOfWork, form: FormValues) -> str:
        await Connections(work).open(form.read(ConnectionOpen).email)
        return PAGE

    return await submit(request, act, partial(_render, request))


@post(f"{PAGE}/disconnect", permission=_WRITE, include_in_schema=False)
async def disconnect(request: WebRequest) -> Response[Any]:
    """Take no payments online any more."""

    async def act(work: UnitOfWork, form: FormValues) -> str:
        await Connections(work).disconnect(form.read(ConnectionVersion).version)
        return PAGE

    return await submit(request, act, partial(_render, request))


@get(f"{PAGE}/onboarding", permission=_WRITE, include_in_schema=False)
async def go_to_provider(request: WebRequest) -> Redirect:
    """On to the provider's own pages. A link and no form: forms lead nowhere but here (Content-Security-Policy)."""
    return Redirect(await onboarding_link(runtime_of(request), partial(transaction_of, request)))


async def _render(
    request: WebRequest, work: UnitOfWork, values: FormValues, error: DomainError | None = None
) -> Response[Any]:
    return render_form(
        request,
        "gateway/connection.html",
        error,
        connection=await Connections(work).current(),
        is_set_up=runtime_of(request).settings.stripe_secret_key is not None,
        fields=fields_of(ConnectionOpen),
        values=values,
        state_names=STATE_NAMES,
        state_tones=STATE_TONES,
        may_write=work.actor.may(_WRITE),
        base=PAGE,
    )


handlers = handlers_of(__name__)
