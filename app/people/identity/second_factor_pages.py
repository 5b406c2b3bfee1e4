"""The second factor's pages: setting it up, proving it at sign-in, recovery codes."""

from functools import partial
from typing import Any, Final

from litestar import Response, get, post

from app.people.identity.api import identity_dependencies
from app.people.identity.cookies import set_cookie, set_renewed_session_cookies
from app.people.identity.destinations import home_of
from app.people.identity.models import Account
from app.people.identity.services.second_factor import CODE_ENTRY_LIFETIME, SecondFactors
from app.people.identity.services.sign_in import account_of
from app.platform.http.authentication import actor_of
from app.platform.http.registration import handlers_of
from app.platform.http.request_context import origin_of
from app.platform.http.request_work import runtime_of
from app.platform.http.web_request import WebRequest
from app.platform.kernel.errors import DomainError
from app.platform.kernel.unit_of_work import UnitOfWork
from app.platform.web.form_values import FormValues
from app.platform.web.forms import render_form, submit
from app.platform.web.pages import layout_of, see_other
from rbac import Access

PENDING_SIGN_IN_COOKIE: Final = "yinghuo_pending_sign_in"
"""Token of a sign-in whose password was right and whose code is missing; sent below `/sign-in` only."""
NEXT_COOKIE: Final = "yinghuo_next"
"""Where to redirect after signing in."""
CODE_PAGE: Final = "/sign-in/code"
SETUP_PAGE: Final = "/account/second-factor"


def factors_of(request: WebRequest) -> SecondFactors:
    return SecondFactors(runtime_of(request).units_of_work, identity_dependencies(request))


async def ask_for_code(request: WebRequest, account: Account, wanted: str) -> Response[Any]:
    """Send the browser on to the page that asks for the code."""
    token = await factors_of(request).pending_sign_in(account)
    response = see_other(request, CODE_PAGE)
    set_cookie(
        request, response, PENDING_SIGN_IN_COOKIE, token, int(CODE_ENTRY_LIFETIME.total_seconds()), path="/sign-in"
    )
    set_cookie(request, response, NEXT_COOKIE, wanted, int(CODE_ENTRY_LIFETIME.total_seconds()), path="/sign-in")
    return response


@get(SETUP_PAGE, permission=Access.SIGNED_IN, before_second_factor=True, include_in_schema=False)
async def second_factor_page(request: WebRequest) -> Response[Any]:
    """What is set up, what is to be set up, and what can be changed."""
    return await _render(request)


@post(SETUP_PAGE, permission=Access.SIGNED_IN, own_session=True, before_second_factor=True, include_in_schema=False)
async def begin_second_factor(request: WebRequest) -> Response[Any]:
    """Make a seed and show it."""

    async def act(_: UnitOfWork, __: FormValues) -> str:
        await factors_of(request).begin(account_of(actor_of(request)))
        return SETUP_PAGE

    return await submit(request, act, partial(_render, request))


@post(
    f"{SETUP_PAGE}/confirm",
    permission=Access.SIGNED_IN,
    own_session=True,
    before_second_factor=True,
    status_code=200,
    include_in_schema=False,
)
async def confirm_second_factor(request: WebRequest) -> Response[Any]:
    """The first code, and the recovery codes in return."""

    async def act(_: UnitOfWork, form: FormValues) -> Response[Any]:
        actor = actor_of(request)
        codes, renewed = await factors_of(request).confirm(
            actor, account_of(actor), form["password"], form["code"], origin_of(request)
        )
        response = await _render(request, codes=codes)
        set_renewed_session_cookies(request, response, renewed)
        return response

    return await submit(request, act, partial(_render, request))


@post(
    f"{SETUP_PAGE}/recovery-codes",
    permission=Access.SIGNED_IN,
    own_session=True,
    status_code=200,
    include_in_schema=False,
)
async def renew_recovery_codes(request: WebRequest) -> Response[Any]:
    """New recovery codes."""

    async def act(_: UnitOfWork, form: FormValues) -> Response[Any]:
        actor = actor_of(request)
        codes = await factors_of(request).renew_recovery_codes(
            actor, account_of(actor), form["password"], form["code"], origin_of(request)
        )
        return await _render(request, codes=codes)

    return await submit(request, act, partial(_render, request))


@post(f"{SETUP_PAGE}/remove", permission=Access.SIGNED_IN, own_session=True, include_in_schema=False)
async def remove_second_factor(request: WebRequest) -> Response[Any]:
    """No code any more."""

    async def act(_: UnitOfWork, form: FormValues) -> Response[Any]:
        actor = actor_of(request)
        renewed = await factors_of(request).remove(
            actor, account_of(actor), form["password"], form["code"], origin_of(request)
        )
        response = see_other(request, SETUP_PAGE)
        set_renewed_session_cookies(request, response, renewed)
        return response

    return await submit(request, act, partial(_render, request))


async def _render(
    request: WebRequest,
    _: UnitOfWork | None = None,
    __: FormValues | None = None,
    error: DomainError | None = None,
    *,
    codes: list[str] | None = None,
) -> Response[Any]:
    actor, factors = actor_of(request), factors_of(request)
    account_id = account_of(actor)
    state = await factors.state(actor, account_id)
    setup = None if state.in_use else await factors.setup_of(account_id)
    import segno

    response = render_form(
        request,
        "identity/second_factor.html",
        error,
        layout="layout/public.html" if actor.second_factor_due else layout_of(actor),
        state=state,
        setup=setup,
        # A picture of a few hundred bytes, drawn into the page: the seed is in no address and no cache.
        qr_code=segno.make(setup.uri, error="m").svg_data_uri(scale=4, border=2) if setup else "",
        codes=codes or [],
        home=home_of(actor.kind, actor.roles, terminated=actor.erase_after is not None),
    )
    response.headers["cache-control"] = "no-store"
    return response


handlers = handlers_of(__name__)
