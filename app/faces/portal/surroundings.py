"""What the portal's page handlers share: whose portal it is, and drawing again what was refused."""

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
"""Does something and returns the address to go on to."""
Draw = Callable[[UnitOfWork, DomainError], Awaitable[Response[Any]]]


class Surroundings(msgspec.Struct, frozen=True):
    """The client's name and zone, and the hot-line of their partner."""

    company: str
    zone: str
    hot_line: str


def client_of(work: UnitOfWork) -> UUID:
    """The actor's own company.

    Raises:
        Forbidden: the actor is nobody's client.
    """
    if work.actor.client_id is None:
        raise Forbidden
    return work.actor.client_id


async def surroundings_of(work: UnitOfWork) -> Surroundings:
    """Whose portal this is.

    Raises:
        NotFound: the company is not there any more.
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
    """A portal page with the company around it; `problem` says what was refused."""
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
    """A transaction of the request's actor."""
    return runtime_of(request).works.begin(actor_of(request), origin_of(request))


async def done(request: Asked, act: Act, redraw: Draw) -> Response[Any]:
    """Do `act` once per form and go on; when it is refused, `redraw` in a new transaction."""
    try:
        async with transaction_of(request) as work:
            address = await submitted_once(request, work, lambda: act(work))
    except NotFound:
        raise
    except DomainError as error:
        async with transaction_of(request) as work:
            return await redraw(work, error)
    return see_other(request, address)
