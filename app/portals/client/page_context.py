"""What the client portal's handlers share: the company of the page."""

from typing import Any
from uuid import UUID

import msgspec
from litestar import Response
from sqlalchemy import select

from app.assets.clients.models import Client
from app.platform.http.web_request import WebRequest
from app.platform.kernel.columns import columns_of
from app.platform.kernel.errors import DomainError, Forbidden, NotFound
from app.platform.kernel.unit_of_work import UnitOfWork
from app.platform.web.forms import render_form
from tenants.models import TenantProfile


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
            select(*columns_of(PageContext, company=Client.name, zone=Client.time_zone, hot_line=TenantProfile.hotline))
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
    """Render a portal page with the company's name; `error` is why its form was refused."""
    page_context = await page_context_of(work)
    return render_form(
        request,
        template,
        error,
        company=page_context.company,
        zone=page_context.zone,
        hot_line=page_context.hot_line,
        may_write=not work.actor.read_only,
        **context,
    )
