"""What the client portal's handlers share: the company of the page, and submitting a form."""

from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from typing import Any
from uuid import UUID

import msgspec
from litestar import Request, Response
from sqlalchemy import select

from app.clients.models import Client
from app.http.authentication import actor_of
from app.http.errors import status_of
from app.http.idempotency import submitted_once
from app.http.requests import origin_of
from app.http.work import runtime_of
from app.kernel.errors import DomainError, Forbidden, NotFound
from app.kernel.work import UnitOfWork
from app.web.pages import page, see_other, speaker
from tenants.models import TenantProfile

Asked = Request[Any, Any, Any]
Act = Callable[[UnitOfWork], Awaitable[str]]
"""Runs a use case and returns the address to redirect to."""
Draw = Callable[[UnitOfWork, DomainError], Awaitable[Response[Any]]]


class Surroundings(msgspec.Struct, frozen=True):
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


async def surroundings_of(work: UnitOfWork) -> Surroundings:
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
    return Surroundings(*row)


async def draw(
    request: Asked, work: UnitOfWork, template: str, error: DomainError | None = None, **context: Any
) -> Response[str]:
    """Render a portal page with the company's name; `problem` and `errors` come from `error`."""
    around, translate = await surroundings_of(work), speaker(request)
    told = {name: translate(text) for name, text in (error.fields if error else {}).items()}
    return page(
        request,
        template,
        status=200 if error is None else status_of(error),
        company=around.company,
        zone=around.zone,
        hot_line=around.hot_line,
        problem="" if error is None else translate(error.text, **error.parameters),
        errors=told,
        may_write=not work.actor.read_only,
        **context,
    )


def transaction_of(request: Asked) -> AbstractAsyncContextManager[UnitOfWork]:
    """A unit of work of the request's actor."""
    return runtime_of(request).works.begin(actor_of(request), origin_of(request))


async def done(request: Asked, act: Act, redraw: Draw) -> Response[Any]:
    """Run `act` once per form key and redirect; on a domain error call `redraw` in a new unit of work."""
    try:
        async with transaction_of(request) as work:
            address = await submitted_once(request, work, lambda: act(work))
    except NotFound:
        raise
    except DomainError as error:
        async with transaction_of(request) as work:
            return await redraw(work, error)
    return see_other(request, address)
