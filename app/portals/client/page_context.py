"""What the client portal's handlers share: the company of the page, and submitting a form."""

from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from typing import Any
from uuid import UUID

import msgspec
from litestar import Response
from sqlalchemy import select

from app.assets.clients.models import Client
from app.platform.http.authentication import actor_of
from app.platform.http.errors import status_of
from app.platform.http.idempotency import submit_once
from app.platform.http.request_context import origin_of
from app.platform.http.request_work import runtime_of
from app.platform.http.web_request import WebRequest
from app.platform.kernel.errors import DomainError, Forbidden, NotFound
from app.platform.kernel.unit_of_work import UnitOfWork
from app.platform.web.pages import page, see_other, translator_of
from tenants.models import TenantProfile

Act = Callable[[UnitOfWork], Awaitable[str]]
"""Runs a use case and returns the address to redirect to."""
RenderForm = Callable[[UnitOfWork, DomainError], Awaitable[Response[Any]]]


class PageContext(msgspec.Struct, frozen=True):
    """The client's name and time zone, and the hot-line of its partner."""

    company: str
    zone: str
    hot_line: str


def client_of(work: UnitOfWork) -> UUID:
    """The id of the actor's client company.

    Raises:
        Forbidden: the actor belongs to no client.
    """
    if work.actor.client_id is None:
        raise Forbidden
    return work.actor.client_id


async def page_context_of(work: UnitOfWork) -> PageContext:
    """The company that the page belongs to.

    Raises:
        NotFound: the company does not exist any more.
    """
    client_id = client_of(work)
    row = (
        await work.session.execute(
            select(Client.name, Client.time_zone, TenantProfile.hotline)
            .join(TenantProfile, TenantProfile.tenant_id == Client.tenant_id)
            .where(Client.id == client_id)
        )
    ).first()
    if row is None:
        raise NotFound
    return PageContext(*row)


async def render_page(
    request: WebRequest, work: UnitOfWork, template: str, error: DomainError | None = None, **context: Any
) -> Response[str]:
    """Render a portal page with the company's name; `problem` and `errors` come from `error`."""
    page_context, translate = await page_context_of(work), translator_of(request)
    errors = {name: translate(text) for name, text in (error.fields if error else {}).items()}
    return page(
        request,
        template,
        status=200 if error is None else status_of(error),
        company=page_context.company,
        zone=page_context.zone,
        hot_line=page_context.hot_line,
        problem="" if error is None else translate(error.text, **error.parameters),
        errors=errors,
        may_write=not work.actor.read_only,
        **context,
    )


def transaction_of(request: WebRequest) -> AbstractAsyncContextManager[UnitOfWork]:
    """A unit of work of the request's actor."""
    return runtime_of(request).units_of_work.begin(actor_of(request), origin_of(request))


async def submit(request: WebRequest, act: Act, render_form: RenderForm) -> Response[Any]:
    """Run `act` once per form key and redirect; on a domain error call `render_form` in a new unit of work."""
    try:
        async with transaction_of(request) as work:
            address = await submit_once(request, work, lambda: act(work))
    except NotFound:
        raise
    except DomainError as error:
        async with transaction_of(request) as work:
            return await render_form(work, error)
    return see_other(request, address)
