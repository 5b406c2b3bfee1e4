"""The page behind a link to a new or old e-mail address."""

from typing import Any

from litestar import Response, get, post
from litestar.params import FromPath

from app.people.identity.email_api import email_changes_of
from app.people.identity.errors import AddressLinkClosed
from app.platform.http.registration import handlers_of
from app.platform.http.request_context import origin_of
from app.platform.http.web_request import WebRequest
from app.platform.kernel.errors import DomainError
from app.platform.kernel.unit_of_work import UnitOfWork
from app.platform.web.form_values import FormValues
from app.platform.web.forms import render_form, submit
from rbac import Access

TEMPLATE = "identity/email_link.html"


@get("/email-links/{token:str}", permission=Access.PUBLIC, include_in_schema=False)
async def email_link_page(request: WebRequest, token: FromPath[str]) -> Response[Any]:
    """What the link would change; mail scanners open links too, so a button does it."""
    try:
        address = await email_changes_of(request).preview(token, origin_of(request))
    except AddressLinkClosed as error:
        return render_form(request, TEMPLATE, error, address="", done=False)
    return render_form(request, TEMPLATE, None, address=address, done=False)


@post("/email-links/{token:str}", permission=Access.PUBLIC, own_session=True, status_code=200, include_in_schema=False)
async def use_email_link(request: WebRequest, token: FromPath[str]) -> Response[Any]:
    """Make the address the account's."""

    async def act(_: UnitOfWork, __: FormValues) -> Response[Any]:
        await email_changes_of(request).finish(token, origin_of(request))
        return render_form(request, TEMPLATE, None, address="", done=True)

    async def show_again(_: UnitOfWork, __: FormValues, error: DomainError) -> Response[Any]:
        return render_form(request, TEMPLATE, error, address="", done=False)

    return await submit(request, act, show_again)


handlers = handlers_of(__name__)
