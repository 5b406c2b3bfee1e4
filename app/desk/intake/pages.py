"""Sign-in pages of employees. Before a correct PIN a page tells nothing of the client or the device."""

from typing import Any

from litestar import Response, get, post
from litestar.params import FromPath

from app.desk.intake.dependencies import (
    REPORT_PAGE,
    clear_session_cookie,
    known_browser_of,
    set_session_cookie,
    sign_in_of,
    sign_in_path_of,
    user_agent_of,
)
from app.desk.intake.errors import SignInRefused
from app.desk.intake.schemas import LabelSignIn, PortalSignIn, ReporterSession
from app.platform.http.authentication import actor_of
from app.platform.http.registration import handlers_of
from app.platform.http.request_context import origin_of
from app.platform.http.web_request import WebRequest
from app.platform.kernel.errors import DomainError
from app.platform.kernel.unit_of_work import UnitOfWork
from app.platform.web.form_values import FormValues
from app.platform.web.forms import render_form, submit
from app.platform.web.pages import page, see_other
from rbac import Access

LONGEST_TYPED = 80


def _typed(form: FormValues, name: str) -> str:
    """A form field; one that is too long is refused like a wrong one.

    Raises:
        SignInRefused
    """
    if len(form[name]) > LONGEST_TYPED:
        raise SignInRefused
    return form[name]


def _sign_in_page(
    request: WebRequest, *, label: bool, error: DomainError | None = None, values: FormValues | None = None
) -> Response[Any]:
    return render_form(request, "intake/sign_in.html", error, by_label=label, values=values or FormValues())


def _closed_page(request: WebRequest) -> Response[Any]:
    """The page of a partner that has left: labels outlive the partner that printed them."""
    return page(request, "intake/closed.html", status=410)


def _signed_in(request: WebRequest, session: ReporterSession) -> Response[Any]:
    response = see_other(request, REPORT_PAGE)
    set_session_cookie(request, response, session, request.scope["path"])
    return response


@get("/r", permission=Access.PUBLIC, include_in_schema=False)
async def find_sign_in_page(request: WebRequest) -> Response[Any]:
    """Redirect to the sign-in page used last, else explain how to find it."""
    path = sign_in_path_of(request)
    return page(request, "intake/address_help.html") if path == "/r" else see_other(request, path)


@get("/r/q/{tenant:str}/{label:str}", permission=Access.PUBLIC, include_in_schema=False)
async def label_page(request: WebRequest, tenant: FromPath[str], label: FromPath[str]) -> Response[Any]:
    """A scanned label asks for the PIN, unless this browser has given it."""
    if await sign_in_of(request).is_closed(tenant):
        return _closed_page(request)
    if await sign_in_of(request).is_signed_in_at(actor_of(request), tenant, label):
        return see_other(request, REPORT_PAGE)
    return _sign_in_page(request, label=True)


@post("/r/q/{tenant:str}/{label:str}", permission=Access.PUBLIC, own_session=True, include_in_schema=False)
async def sign_in_by_label(request: WebRequest, tenant: FromPath[str], label: FromPath[str]) -> Response[Any]:
    """The PIN for the labelled device."""
    reporter_sign_in = sign_in_of(request)

    async def act(_: UnitOfWork, form: FormValues) -> Response[Any]:
        by_label = LabelSignIn(
            tenant=tenant, label=label, pin=_typed(form, "pin"), known_browser=known_browser_of(request)
        )
        session = await reporter_sign_in.by_label(by_label, origin_of(request), user_agent_of(request))
        await reporter_sign_in.close(actor_of(request), origin_of(request))
        return _signed_in(request, session)

    async def show_again(_: UnitOfWork, __: FormValues, error: DomainError) -> Response[Any]:
        return _sign_in_page(request, label=True, error=error)

    return await submit(request, act, show_again)


@get("/r/{tenant:str}/{client:str}", permission=Access.PUBLIC, include_in_schema=False)
async def portal_page(request: WebRequest, tenant: FromPath[str], client: FromPath[str]) -> Response[Any]:
    """The client's portal address asks for device number and PIN."""
    if await sign_in_of(request).is_closed(tenant):
        return _closed_page(request)
    return _sign_in_page(request, label=False)


@post("/r/{tenant:str}/{client:str}", permission=Access.PUBLIC, own_session=True, include_in_schema=False)
async def sign_in_by_number(request: WebRequest, tenant: FromPath[str], client: FromPath[str]) -> Response[Any]:
    """Device number and PIN."""
    reporter_sign_in = sign_in_of(request)

    async def act(_: UnitOfWork, form: FormValues) -> Response[Any]:
        by_number = PortalSignIn(
            tenant=tenant,
            client=client,
            device_number=_typed(form, "number"),
            pin=_typed(form, "pin"),
            known_browser=known_browser_of(request),
        )
        session = await reporter_sign_in.by_number(by_number, origin_of(request), user_agent_of(request))
        await reporter_sign_in.close(actor_of(request), origin_of(request))
        return _signed_in(request, session)

    async def show_again(_: UnitOfWork, form: FormValues, error: DomainError) -> Response[Any]:
        return _sign_in_page(request, label=False, error=error, values=form)

    return await submit(request, act, show_again)


@post("/r/sign-out", permission=Access.PUBLIC, own_session=True, include_in_schema=False)
async def sign_out(request: WebRequest) -> Response[Any]:
    """End the session; a second tap does nothing more."""

    async def act(_: UnitOfWork, __: FormValues) -> Response[Any]:
        await sign_in_of(request).close(actor_of(request), origin_of(request))
        response = see_other(request, sign_in_path_of(request))
        clear_session_cookie(request, response)
        return response

    return await submit(request, act)


handlers = handlers_of(__name__)
