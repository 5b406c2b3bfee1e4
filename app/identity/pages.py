"""Pages: sign-in and sign-out, choice of company, password reset, invitations."""

from typing import Any
from urllib.parse import quote
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.background_tasks import BackgroundTask
from litestar.params import FromPath, FromQuery

from app.http.authentication import actor_of
from app.http.requests import origin_of
from app.http.work import RequestWork, runtime_of
from app.identity import account_pages, api_token_pages, email_pages, member_pages, second_factor_pages
from app.identity.api import attempt_of, parts_of, sign_in_of
from app.identity.destinations import home_of, own_path, path_of
from app.identity.errors import InvitationClosed, ResetLinkClosed, SecondFactorNeeded, SecondFactorRefused
from app.identity.forms import YEAR_SECONDS, drop_session, keep_cookie, keep_session
from app.identity.granting import ROLE_NAMES
from app.identity.known_browser import KNOWN_BROWSER_COOKIE, LIFETIME_SECONDS
from app.identity.schemas import InvitationAcceptance, SignedIn
from app.identity.second_factor_pages import CODE_PAGE, HALF_WAY_COOKIE, NEXT_COOKIE, ask_for_code, factors_of
from app.identity.services.acceptance import Acceptances
from app.identity.services.own_account import OwnAccounts
from app.identity.services.password_reset import PasswordResets
from app.kernel.errors import DomainError, Invalid
from app.kernel.texts import LANGUAGES, N_
from app.web.forms import redraw, typed
from app.web.pages import page, see_other
from rbac import Access

Asked = Request[Any, Any, Any]
THEMES = ("auto", "light", "dark")
CHOOSE = "/memberships/choose"


def _arrival(signed_in: SignedIn, wanted: str | None) -> str:
    """Where to go after signing in: first to the choice of company, where there is one."""
    if len(signed_in.memberships) > 1:
        return f"{CHOOSE}?next={quote(wanted)}" if wanted else CHOOSE
    return wanted or signed_in.membership.home


@get("/sign-in", permission=Access.PUBLIC, include_in_schema=False)
async def sign_in_page(request: Asked, next: FromQuery[str] = "") -> Response[Any]:  # noqa: A002 - the parameter's customary name
    """The sign-in form; a signed-in person is redirected to their home page."""
    actor = actor_of(request)
    if actor.account_id is not None:
        return see_other(
            request, own_path(next) or home_of(actor.kind, actor.roles, terminated=actor.erase_after is not None)
        )
    return redraw(request, "identity/sign_in.html", None, name="", next=own_path(next) or "")


@post("/sign-in", permission=Access.PUBLIC, own_session=True, include_in_schema=False)
async def sign_in(request: Asked) -> Response[Any]:
    """Open a session; the one that the browser had before ends."""
    given = await typed(request, "name", "password", "next")
    wanted = own_path(given["next"])
    attempt = attempt_of(request, request.cookies.get(KNOWN_BROWSER_COOKIE))
    try:
        signed_in = await sign_in_of(request).open(
            given["name"], given["password"], attempt, replaced=actor_of(request).session_id
        )
    except SecondFactorNeeded as half_way:
        return await ask_for_code(request, half_way.account, wanted or "")
    except DomainError as error:
        return redraw(request, "identity/sign_in.html", error, name=given["name"][:254], next=wanted or "")
    return _let_in(request, signed_in, wanted)


def _let_in(request: Asked, signed_in: SignedIn, wanted: str | None) -> Response[Any]:
    """Set the cookies of the session and of the known browser, and redirect."""
    response = see_other(request, _arrival(signed_in, wanted))
    keep_session(request, response, signed_in)
    keep_cookie(request, response, KNOWN_BROWSER_COOKIE, signed_in.known_browser, LIFETIME_SECONDS, path="/sign-in")
    return response


@get(CODE_PAGE, permission=Access.PUBLIC, include_in_schema=False)
async def sign_in_code_page(request: Asked) -> Response[Any]:
    """The second step: the code."""
    if await factors_of(request).behind(request.cookies.get(HALF_WAY_COOKIE, "")) is None:
        return see_other(request, "/sign-in")
    return redraw(request, "identity/sign_in_code.html", None)


@post(CODE_PAGE, permission=Access.PUBLIC, own_session=True, include_in_schema=False)
async def sign_in_code(request: Asked) -> Response[Any]:
    """Open the session that the password has half opened."""
    given, token = await typed(request, "code"), request.cookies.get(HALF_WAY_COOKIE, "")
    if await factors_of(request).behind(token) is None:
        return see_other(request, "/sign-in")
    attempt = attempt_of(request, request.cookies.get(KNOWN_BROWSER_COOKIE))
    try:
        signed_in = await sign_in_of(request).open_half_way(
            token, given["code"], attempt, replaced=actor_of(request).session_id
        )
    except DomainError as error:
        return redraw(request, "identity/sign_in_code.html", error)
    wanted = own_path(request.cookies.get(NEXT_COOKIE, ""))
    response = _let_in(request, signed_in, wanted)
    for cookie in (HALF_WAY_COOKIE, NEXT_COOKIE):
        keep_cookie(request, response, cookie, "", 0, path="/sign-in")
    return response


@post("/sign-out", permission=Access.PUBLIC, own_session=True, include_in_schema=False)
async def sign_out(request: Asked) -> Response[Any]:
    """End the session; a second click does nothing more."""
    await sign_in_of(request).close(actor_of(request), origin_of(request))
    response = see_other(request, "/sign-in")
    drop_session(request, response)
    return response


@post(["/preferences", "/r/preferences"], permission=Access.PUBLIC, own_session=True, include_in_schema=False)
async def choose_preferences(request: Asked, work: RequestWork) -> Response[Any]:
    """Language and theme, kept in cookies that the page's own script writes too; back to where the choice was made.

    Reporters' cookie is sent below `/r` only, and their forms with it.
    """
    given = await typed(request, "language", "theme")
    response = see_other(request, path_of(request.headers.get("referer", "")) or "/")
    if given["language"] in LANGUAGES:
        keep_cookie(request, response, "language", given["language"], YEAR_SECONDS, script=True)
        if work.actor.account_id is not None:
            await OwnAccounts(work, parts_of(request)).choose_language(given["language"])
    if given["theme"] in THEMES:
        keep_cookie(request, response, "theme", given["theme"], YEAR_SECONDS, script=True)
    return response


@get(CHOOSE, permission=Access.SIGNED_IN, before_second_factor=True, include_in_schema=False)
async def choose_membership_page(request: Asked, next: FromQuery[str] = "") -> Response[Any]:  # noqa: A002 - as above
    """Which company to work in now."""
    return page(
        request,
        "identity/choose_membership.html",
        memberships=await sign_in_of(request).memberships(actor_of(request)),
        role_names=ROLE_NAMES,
        next=own_path(next) or "",
    )


@post(CHOOSE, permission=Access.SIGNED_IN, own_session=True, before_second_factor=True, include_in_schema=False)
async def choose_membership(request: Asked) -> Response[Any]:
    """Switch to the chosen company."""
    given = await typed(request, "membership_id", "next")
    try:
        membership_id = UUID(given["membership_id"])
    except ValueError as error:
        raise Invalid(fields={"membership_id": N_("请选择一家公司。")}) from error
    signed_in = await sign_in_of(request).switch(actor_of(request), membership_id, attempt_of(request))
    response = see_other(request, own_path(given["next"]) or signed_in.membership.home)
    keep_session(request, response, signed_in)
    return response


@get("/memberships/menu", permission=Access.SIGNED_IN, before_second_factor=True, include_in_schema=False)
async def membership_menu(request: Asked) -> Response[Any]:
    """The shell's company switch; empty for people with a single membership."""
    memberships = await sign_in_of(request).memberships(actor_of(request))
    return page(request, "identity/membership_menu.html", memberships=memberships)


@get("/forgot-password", permission=Access.PUBLIC, include_in_schema=False)
async def forgot_password_page(request: Asked) -> Response[Any]:
    """Ask for a reset link."""
    return redraw(request, "identity/forgot_password.html", None, name="", sent=False)


@post("/forgot-password", permission=Access.PUBLIC, own_session=True, status_code=200, include_in_schema=False)
async def forgot_password(request: Asked) -> Response[Any]:
    """The same page for every name; the mail is written after it has left."""
    given = await typed(request, "name")
    resets, origin = PasswordResets(runtime_of(request).works, parts_of(request)), origin_of(request)
    try:
        named = await resets.ask(given["name"], origin)
    except DomainError as error:
        return redraw(request, "identity/forgot_password.html", error, name=given["name"][:254], sent=False)
    response = redraw(request, "identity/forgot_password.html", None, name="", sent=True)
    response.background = BackgroundTask(resets.send, named, origin)
    return response


@get("/reset-password/{token:str}", permission=Access.PUBLIC, include_in_schema=False)
async def reset_password_page(request: Asked, token: FromPath[str]) -> Response[Any]:
    """Opening the link does not use it up."""
    resets = PasswordResets(runtime_of(request).works, parts_of(request))
    try:
        programs = await resets.look(token, origin_of(request))
    except ResetLinkClosed as error:
        return redraw(request, "identity/reset_password.html", error, closed=True)
    return redraw(request, "identity/reset_password.html", None, closed=False, programs=programs)


@post("/reset-password/{token:str}", permission=Access.PUBLIC, own_session=True, include_in_schema=False)
async def reset_password(request: Asked, token: FromPath[str]) -> Response[Any]:
    """Set the password, then sign in with it."""
    given, origin = await typed(request, "password", "end_tokens"), origin_of(request)
    resets = PasswordResets(runtime_of(request).works, parts_of(request))
    try:
        await resets.finish(token, given["password"], origin, end_tokens=bool(given["end_tokens"]))
    except ResetLinkClosed as error:
        return redraw(request, "identity/reset_password.html", error, closed=True)
    except DomainError as error:
        try:
            programs = await resets.look(token, origin)
        except DomainError:
            programs = []
        return redraw(request, "identity/reset_password.html", error, closed=False, programs=programs)
    response = see_other(request, "/sign-in")
    drop_session(request, response)
    return response


@get("/invitations/{tenant_id:uuid}/{token:str}", permission=Access.PUBLIC, include_in_schema=False)
async def invitation_page(request: Asked, tenant_id: FromPath[UUID], token: FromPath[str]) -> Response[Any]:
    """What the link offers, and how to take it."""
    return await _invitation(request, tenant_id, token, None)


@post("/invitations/{tenant_id:uuid}/{token:str}", permission=Access.PUBLIC, own_session=True, include_in_schema=False)
async def answer_invitation(request: Asked, tenant_id: FromPath[UUID], token: FromPath[str]) -> Response[Any]:
    """Join, and be signed in to the new company."""
    given = await typed(request, "display_name", "email", "password", "code", "as")
    acceptance = InvitationAcceptance(given["password"], given["display_name"], given["email"], given["code"][:40])
    acceptances, actor = Acceptances(runtime_of(request).works, parts_of(request)), actor_of(request)
    as_actor = given["as"] == "signed_in" and actor.account_id is not None
    try:
        signed_in = await acceptances.enter(tenant_id, token, acceptance, attempt_of(request), actor, as_actor=as_actor)
    except DomainError as error:
        return await _invitation(request, tenant_id, token, error, acceptance)
    response = see_other(request, signed_in.membership.home)
    keep_session(request, response, signed_in)
    return response


async def _invitation(
    request: Asked,
    tenant_id: UUID,
    token: str,
    error: DomainError | None,
    typed_before: InvitationAcceptance | None = None,
) -> Response[Any]:
    acceptances = Acceptances(runtime_of(request).works, parts_of(request))
    offer = None
    try:
        offer = await acceptances.look(tenant_id, token, origin_of(request))
    except InvitationClosed as closed:
        error = closed
    given = typed_before or InvitationAcceptance(display_name=offer.display_name if offer else "")
    return redraw(
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
