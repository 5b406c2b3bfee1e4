"""Pages: sign-in and sign-out, choice of company, password reset, invitations."""

from typing import Any
from urllib.parse import quote
from uuid import UUID

from litestar import Response, get, post
from litestar.background_tasks import BackgroundTask
from litestar.params import FromPath, FromQuery

from app.people.identity import account_pages, api_token_pages, email_pages, member_pages, second_factor_pages
from app.people.identity.api import identity_dependencies, sign_in_context_of, sign_in_of
from app.people.identity.cookies import YEAR_SECONDS, clear_session_cookie, set_cookie, set_session_cookie
from app.people.identity.destinations import home_of, own_path, path_of
from app.people.identity.errors import InvitationClosed, ResetLinkClosed, SecondFactorNeeded, SecondFactorRefused
from app.people.identity.known_browser import KNOWN_BROWSER_COOKIE, LIFETIME_SECONDS
from app.people.identity.role_granting import ROLE_NAMES
from app.people.identity.schemas import InvitationAcceptance, SignedIn
from app.people.identity.second_factor_pages import (
    CODE_PAGE,
    NEXT_COOKIE,
    PENDING_SIGN_IN_COOKIE,
    ask_for_code,
    factors_of,
)
from app.people.identity.services.invitation_acceptance import InvitationAcceptances
from app.people.identity.services.own_account import OwnAccounts
from app.people.identity.services.password_reset import PasswordResets
from app.platform.http.authentication import actor_of
from app.platform.http.registration import handlers_of
from app.platform.http.request_context import origin_of
from app.platform.http.request_work import runtime_of
from app.platform.http.web_request import WebRequest
from app.platform.kernel.errors import DomainError, Invalid
from app.platform.kernel.texts import LANGUAGES, N_
from app.platform.kernel.unit_of_work import UnitOfWork
from app.platform.web.form_values import FormValues
from app.platform.web.forms import render_form, submit
from app.platform.web.pages import page, see_other
from rbac import Access

THEMES = ("auto", "light", "dark")
CHOOSE_MEMBERSHIP_PAGE = "/memberships/choose"


def _landing_page(signed_in: SignedIn, wanted: str | None) -> str:
    """Where to go after signing in: first to the choice of company, where there is one."""
    if len(signed_in.memberships) > 1:
        return f"{CHOOSE_MEMBERSHIP_PAGE}?next={quote(wanted)}" if wanted else CHOOSE_MEMBERSHIP_PAGE
    return wanted or signed_in.membership.home


@get("/sign-in", permission=Access.PUBLIC, include_in_schema=False)
async def sign_in_page(request: WebRequest, next: FromQuery[str] = "") -> Response[Any]:  # noqa: A002 - the parameter's customary name
    """The sign-in form; a signed-in person is redirected to their home page."""
    actor = actor_of(request)
    if actor.account_id is not None:
        return see_other(
            request, own_path(next) or home_of(actor.kind, actor.roles, terminated=actor.erase_after is not None)
        )
    return _sign_in_page(request, FormValues({"next": next}))


@post("/sign-in", permission=Access.PUBLIC, own_session=True, include_in_schema=False)
async def sign_in(request: WebRequest) -> Response[Any]:
    """Open a session; the one that the browser had before ends."""

    async def act(_: UnitOfWork, form: FormValues) -> Response[Any]:
        context = sign_in_context_of(request, request.cookies.get(KNOWN_BROWSER_COOKIE))
        wanted, replaced = own_path(form["next"]), actor_of(request).session_id
        try:
            signed_in = await sign_in_of(request).open(form["name"], form["password"], context, replaced=replaced)
        except SecondFactorNeeded as pending_sign_in:
            return await ask_for_code(request, pending_sign_in.account, wanted or "")
        return _signed_in_response(request, signed_in, wanted)

    async def show_again(_: UnitOfWork, form: FormValues, error: DomainError) -> Response[Any]:
        return _sign_in_page(request, form, error)

    return await submit(request, act, show_again)


def _sign_in_page(request: WebRequest, values: FormValues, error: DomainError | None = None) -> Response[Any]:
    return render_form(
        request, "identity/sign_in.html", error, name=values["name"][:254], next=own_path(values["next"]) or ""
    )


def _signed_in_response(request: WebRequest, signed_in: SignedIn, wanted: str | None) -> Response[Any]:
    """Set the cookies of the session and of the known browser, and redirect."""
    response = see_other(request, _landing_page(signed_in, wanted))
    set_session_cookie(request, response, signed_in)
    set_cookie(request, response, KNOWN_BROWSER_COOKIE, signed_in.known_browser, LIFETIME_SECONDS, path="/sign-in")
    return response


@get(CODE_PAGE, permission=Access.PUBLIC, include_in_schema=False)
async def sign_in_code_page(request: WebRequest) -> Response[Any]:
    """The second step: the code."""
    if await factors_of(request).pending_account(request.cookies.get(PENDING_SIGN_IN_COOKIE, "")) is None:
        return see_other(request, "/sign-in")
    return render_form(request, "identity/sign_in_code.html", None)


@post(CODE_PAGE, permission=Access.PUBLIC, own_session=True, include_in_schema=False)
async def sign_in_code(request: WebRequest) -> Response[Any]:
    """Open the session that the password has half opened."""
    token = request.cookies.get(PENDING_SIGN_IN_COOKIE, "")
    if await factors_of(request).pending_account(token) is None:
        return see_other(request, "/sign-in")

    async def act(_: UnitOfWork, form: FormValues) -> Response[Any]:
        signed_in = await sign_in_of(request).open_pending(
            token,
            form["code"],
            sign_in_context_of(request, request.cookies.get(KNOWN_BROWSER_COOKIE)),
            replaced=actor_of(request).session_id,
        )
        response = _signed_in_response(request, signed_in, own_path(request.cookies.get(NEXT_COOKIE, "")))
        for cookie in (PENDING_SIGN_IN_COOKIE, NEXT_COOKIE):
            set_cookie(request, response, cookie, "", 0, path="/sign-in")
        return response

    async def show_again(_: UnitOfWork, __: FormValues, error: DomainError) -> Response[Any]:
        return render_form(request, "identity/sign_in_code.html", error)

    return await submit(request, act, show_again)


@post("/sign-out", permission=Access.PUBLIC, own_session=True, include_in_schema=False)
async def sign_out(request: WebRequest) -> Response[Any]:
    """End the session; a second click does nothing more."""

    async def act(_: UnitOfWork, __: FormValues) -> Response[Any]:
        await sign_in_of(request).close(actor_of(request), origin_of(request))
        response = see_other(request, "/sign-in")
        clear_session_cookie(request, response)
        return response

    return await submit(request, act)


@post(["/preferences", "/r/preferences"], permission=Access.PUBLIC, own_session=True, include_in_schema=False)
async def choose_preferences(request: WebRequest) -> Response[Any]:
    """Language and theme, kept in cookies that the page's own script writes too; back to where the choice was made.

    Reporters' cookie is sent below `/r` only, and their forms with it.
    """

    async def act(work: UnitOfWork, form: FormValues) -> Response[Any]:
        response = see_other(request, path_of(request.headers.get("referer", "")) or "/")
        if form["language"] in LANGUAGES:
            set_cookie(request, response, "language", form["language"], YEAR_SECONDS, script=True)
            if work.actor.account_id is not None:
                await OwnAccounts(work, identity_dependencies(request)).choose_language(form["language"])
        if form["theme"] in THEMES:
            set_cookie(request, response, "theme", form["theme"], YEAR_SECONDS, script=True)
        return response

    return await submit(request, act)


@get(CHOOSE_MEMBERSHIP_PAGE, permission=Access.SIGNED_IN, before_second_factor=True, include_in_schema=False)
async def choose_membership_page(request: WebRequest, next: FromQuery[str] = "") -> Response[Any]:  # noqa: A002 - as above
    """Which company to work in now."""
    return page(
        request,
        "identity/choose_membership.html",
        memberships=await sign_in_of(request).memberships(actor_of(request)),
        role_names=ROLE_NAMES,
        next=own_path(next) or "",
    )


@post(
    CHOOSE_MEMBERSHIP_PAGE,
    permission=Access.SIGNED_IN,
    own_session=True,
    before_second_factor=True,
    include_in_schema=False,
)
async def choose_membership(request: WebRequest) -> Response[Any]:
    """Switch to the chosen company."""

    async def act(_: UnitOfWork, form: FormValues) -> Response[Any]:
        try:
            membership_id = UUID(form["membership_id"])
        except ValueError as error:
            raise Invalid(fields={"membership_id": N_("请选择一家公司。")}) from error
        signed_in = await sign_in_of(request).switch(actor_of(request), membership_id, sign_in_context_of(request))
        response = see_other(request, own_path(form["next"]) or signed_in.membership.home)
        set_session_cookie(request, response, signed_in)
        return response

    return await submit(request, act)


@get("/memberships/menu", permission=Access.SIGNED_IN, before_second_factor=True, include_in_schema=False)
async def membership_menu(request: WebRequest) -> Response[Any]:
    """The shell's company switch; empty for people with a single membership."""
    memberships = await sign_in_of(request).memberships(actor_of(request))
    return page(request, "identity/membership_menu.html", memberships=memberships)


@get("/forgot-password", permission=Access.PUBLIC, include_in_schema=False)
async def forgot_password_page(request: WebRequest) -> Response[Any]:
    """Ask for a reset link."""
    return render_form(request, "identity/forgot_password.html", None, name="", sent=False)


@post("/forgot-password", permission=Access.PUBLIC, own_session=True, status_code=200, include_in_schema=False)
async def forgot_password(request: WebRequest) -> Response[Any]:
    """The same page for every name; the mail is written after it has left."""

    async def act(_: UnitOfWork, form: FormValues) -> Response[Any]:
        resets = PasswordResets(runtime_of(request).units_of_work, identity_dependencies(request))
        named = await resets.ask(form["name"], origin_of(request))
        response = render_form(request, "identity/forgot_password.html", None, name="", sent=True)
        response.background = BackgroundTask(resets.send, named, origin_of(request))
        return response

    async def show_again(_: UnitOfWork, form: FormValues, error: DomainError) -> Response[Any]:
        return render_form(request, "identity/forgot_password.html", error, name=form["name"][:254], sent=False)

    return await submit(request, act, show_again)


@get("/reset-password/{token:str}", permission=Access.PUBLIC, include_in_schema=False)
async def reset_password_page(request: WebRequest, token: FromPath[str]) -> Response[Any]:
    """Opening the link does not use it up."""
    resets = PasswordResets(runtime_of(request).units_of_work, identity_dependencies(request))
    try:
        programs = await resets.preview(token, origin_of(request))
    except ResetLinkClosed as error:
        return render_form(request, "identity/reset_password.html", error, closed=True)
    return render_form(request, "identity/reset_password.html", None, closed=False, programs=programs)


@post("/reset-password/{token:str}", permission=Access.PUBLIC, own_session=True, include_in_schema=False)
async def reset_password(request: WebRequest, token: FromPath[str]) -> Response[Any]:
    """Set the password, then sign in with it."""
    resets = PasswordResets(runtime_of(request).units_of_work, identity_dependencies(request))

    async def act(_: UnitOfWork, form: FormValues) -> Response[Any]:
        await resets.finish(token, form["password"], origin_of(request), end_tokens=bool(form["end_tokens"]))
        response = see_other(request, "/sign-in")
        clear_session_cookie(request, response)
        return response

    async def show_again(_: UnitOfWork, __: FormValues, error: DomainError) -> Response[Any]:
        closed = isinstance(error, ResetLinkClosed)
        try:
            programs = [] if closed else await resets.preview(token, origin_of(request))
        except DomainError:
            programs = []
        return render_form(request, "identity/reset_password.html", error, closed=closed, programs=programs)

    return await submit(request, act, show_again)


@get("/invitations/{tenant_id:uuid}/{token:str}", permission=Access.PUBLIC, include_in_schema=False)
async def invitation_page(request: WebRequest, tenant_id: FromPath[UUID], token: FromPath[str]) -> Response[Any]:
    """What the link offers, and how to take it."""
    return await _invitation(request, tenant_id, token)


@post("/invitations/{tenant_id:uuid}/{token:str}", permission=Access.PUBLIC, own_session=True, include_in_schema=False)
async def answer_invitation(request: WebRequest, tenant_id: FromPath[UUID], token: FromPath[str]) -> Response[Any]:
    """Join, and be signed in to the new company."""

    async def act(_: UnitOfWork, form: FormValues) -> Response[Any]:
        acceptance = InvitationAcceptance(form["password"], form["display_name"], form["email"], form["code"][:40])
        acceptances = InvitationAcceptances(runtime_of(request).units_of_work, identity_dependencies(request))
        actor = actor_of(request)
        as_actor = form["as"] == "signed_in" and actor.account_id is not None
        signed_in = await acceptances.enter(
            tenant_id, token, acceptance, sign_in_context_of(request), actor, as_actor=as_actor
        )
        response = see_other(request, signed_in.membership.home)
        set_session_cookie(request, response, signed_in)
        return response

    async def show_again(_: UnitOfWork, form: FormValues, error: DomainError) -> Response[Any]:
        return await _invitation(request, tenant_id, token, form, error)

    return await submit(request, act, show_again)


async def _invitation(
    request: WebRequest,
    tenant_id: UUID,
    token: str,
    values: FormValues | None = None,
    error: DomainError | None = None,
) -> Response[Any]:
    acceptances = InvitationAcceptances(runtime_of(request).units_of_work, identity_dependencies(request))
    offer = None
    try:
        offer = await acceptances.preview(tenant_id, token, origin_of(request))
    except InvitationClosed as closed:
        error = closed
    return render_form(
        request,
        "identity/invitation.html",
        error,
        offer=offer,
        mine=offer is not None and await acceptances.is_for(actor_of(request), offer),
        code_asked=isinstance(error, SecondFactorNeeded | SecondFactorRefused),
        values=values or FormValues({"display_name": offer.display_name if offer else ""}),
        role_names=ROLE_NAMES,
    )


handlers = [
    *handlers_of(__name__),
    *account_pages.handlers,
    *member_pages.handlers,
    *second_factor_pages.handlers,
    *api_token_pages.handlers,
    *email_pages.handlers,
]
