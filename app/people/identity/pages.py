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
from app.platform.http.request_context import origin_of
from app.platform.http.request_work import RequestWork, runtime_of
from app.platform.http.web_request import WebRequest
from app.platform.kernel.errors import DomainError, Invalid
from app.platform.kernel.texts import LANGUAGES, N_
from app.platform.web.forms import form_fields, render_form
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
    return render_form(request, "identity/sign_in.html", None, name="", next=own_path(next) or "")


@post("/sign-in", permission=Access.PUBLIC, own_session=True, include_in_schema=False)
async def sign_in(request: WebRequest) -> Response[Any]:
    """Open a session; the one that the browser had before ends."""
    given = await form_fields(request, "name", "password", "next")
    wanted = own_path(given["next"])
    context = sign_in_context_of(request, request.cookies.get(KNOWN_BROWSER_COOKIE))
    try:
        signed_in = await sign_in_of(request).open(
            given["name"], given["password"], context, replaced=actor_of(request).session_id
        )
    except SecondFactorNeeded as pending_sign_in:
        return await ask_for_code(request, pending_sign_in.account, wanted or "")
    except DomainError as error:
        return render_form(request, "identity/sign_in.html", error, name=given["name"][:254], next=wanted or "")
    return _signed_in_response(request, signed_in, wanted)


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
    given, token = await form_fields(request, "code"), request.cookies.get(PENDING_SIGN_IN_COOKIE, "")
    if await factors_of(request).pending_account(token) is None:
        return see_other(request, "/sign-in")
    context = sign_in_context_of(request, request.cookies.get(KNOWN_BROWSER_COOKIE))
    try:
        signed_in = await sign_in_of(request).open_pending(
            token, given["code"], context, replaced=actor_of(request).session_id
        )
    except DomainError as error:
        return render_form(request, "identity/sign_in_code.html", error)
    wanted = own_path(request.cookies.get(NEXT_COOKIE, ""))
    response = _signed_in_response(request, signed_in, wanted)
    for cookie in (PENDING_SIGN_IN_COOKIE, NEXT_COOKIE):
        set_cookie(request, response, cookie, "", 0, path="/sign-in")
    return response


@post("/sign-out", permission=Access.PUBLIC, own_session=True, include_in_schema=False)
async def sign_out(request: WebRequest) -> Response[Any]:
    """End the session; a second click does nothing more."""
    await sign_in_of(request).close(actor_of(request), origin_of(request))
    response = see_other(request, "/sign-in")
    clear_session_cookie(request, response)
    return response


@post(["/preferences", "/r/preferences"], permission=Access.PUBLIC, own_session=True, include_in_schema=False)
async def choose_preferences(request: WebRequest, work: RequestWork) -> Response[Any]:
    """Language and theme, kept in cookies that the page's own script writes too; back to where the choice was made.

    Reporters' cookie is sent below `/r` only, and their forms with it.
    """
    given = await form_fields(request, "language", "theme")
    response = see_other(request, path_of(request.headers.get("referer", "")) or "/")
    if given["language"] in LANGUAGES:
        set_cookie(request, response, "language", given["language"], YEAR_SECONDS, script=True)
        if work.actor.account_id is not None:
            await OwnAccounts(work, identity_dependencies(request)).choose_language(given["language"])
    if given["theme"] in THEMES:
        set_cookie(request, response, "theme", given["theme"], YEAR_SECONDS, script=True)
    return response


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
    given = await form_fields(request, "membership_id", "next")
    try:
        membership_id = UUID(given["membership_id"])
    except ValueError as error:
        raise Invalid(fields={"membership_id": N_("请选择一家公司。")}) from error
    signed_in = await sign_in_of(request).switch(actor_of(request), membership_id, sign_in_context_of(request))
    response = see_other(request, own_path(given["next"]) or signed_in.membership.home)
    set_session_cookie(request, response, signed_in)
    return response


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
    given = await form_fields(request, "name")
    resets, origin = (
        PasswordResets(runtime_of(request).units_of_work, identity_dependencies(request)),
        origin_of(request),
    )
    try:
        named = await resets.ask(given["name"], origin)
    except DomainError as error:
        return render_form(request, "identity/forgot_password.html", error, name=given["name"][:254], sent=False)
    response = render_form(request, "identity/forgot_password.html", None, name="", sent=True)
    response.background = BackgroundTask(resets.send, named, origin)
    return response


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
    given, origin = await form_fields(request, "password", "end_tokens"), origin_of(request)
    resets = PasswordResets(runtime_of(request).units_of_work, identity_dependencies(request))
    try:
        await resets.finish(token, given["password"], origin, end_tokens=bool(given["end_tokens"]))
    except ResetLinkClosed as error:
        return render_form(request, "identity/reset_password.html", error, closed=True)
    except DomainError as error:
        try:
            programs = await resets.preview(token, origin)
        except DomainError:
            programs = []
        return render_form(request, "identity/reset_password.html", error, closed=False, programs=programs)
    response = see_other(request, "/sign-in")
    clear_session_cookie(request, response)
    return response


@get("/invitations/{tenant_id:uuid}/{token:str}", permission=Access.PUBLIC, include_in_schema=False)
async def invitation_page(request: WebRequest, tenant_id: FromPath[UUID], token: FromPath[str]) -> Response[Any]:
    """What the link offers, and how to take it."""
    return await _invitation(request, tenant_id, token, None)


@post("/invitations/{tenant_id:uuid}/{token:str}", permission=Access.PUBLIC, own_session=True, include_in_schema=False)
async def answer_invitation(request: WebRequest, tenant_id: FromPath[UUID], token: FromPath[str]) -> Response[Any]:
    """Join, and be signed in to the new company."""
    given = await form_fields(request, "display_name", "email", "password", "code", "as")
    acceptance = InvitationAcceptance(given["password"], given["display_name"], given["email"], given["code"][:40])
    acceptances, actor = (
        InvitationAcceptances(runtime_of(request).units_of_work, identity_dependencies(request)),
        actor_of(request),
    )
    as_actor = given["as"] == "signed_in" and actor.account_id is not None
    try:
        signed_in = await acceptances.enter(
            tenant_id, token, acceptance, sign_in_context_of(request), actor, as_actor=as_actor
        )
    except DomainError as error:
        return await _invitation(request, tenant_id, token, error, acceptance)
    response = see_other(request, signed_in.membership.home)
    set_session_cookie(request, response, signed_in)
    return response


async def _invitation(
    request: WebRequest,
    tenant_id: UUID,
    token: str,
    error: DomainError | None,
    typed_before: InvitationAcceptance | None = None,
) -> Response[Any]:
    acceptances = InvitationAcceptances(runtime_of(request).units_of_work, identity_dependencies(request))
    offer = None
    try:
        offer = await acceptances.preview(tenant_id, token, origin_of(request))
    except InvitationClosed as closed:
        error = closed
    given = typed_before or InvitationAcceptance(display_name=offer.display_name if offer else "")
    return render_form(
        request,
        "identity/invitation.html",
        error,
        offer=offer,
        mine=offer is not None and await acceptances.is_for(actor_of(request), offer),
        code_asked=isinstance(error, SecondFactorNeeded | SecondFactorRefused),
        display_name=given.display_name,
        email=given.email,
        role_names=ROLE_NAMES,
    )


handlers = [
    sign_in_page,
    sign_in,
    sign_in_code_page,
    sign_in_code,
    sign_out,
    choose_preferences,
    choose_membership_page,
    choose_membership,
    membership_menu,
    forgot_password_page,
    forgot_password,
    reset_password_page,
    reset_password,
    invitation_page,
    answer_invitation,
    *account_pages.handlers,
    *member_pages.handlers,
    *second_factor_pages.handlers,
    *api_token_pages.handlers,
    *email_pages.handlers,
]
