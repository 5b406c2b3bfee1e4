"""Cookies that identity's page handlers set: session, known browser, sign-in steps."""

from typing import Any

from litestar import Response
from litestar.datastructures import Cookie

from app.people.identity.dependencies import IdentityDependencies
from app.people.identity.known_browser import (
    KNOWN_BROWSER_COOKIE,
    LIFETIME_SECONDS,
    credentials_key,
    known_browser_cookie,
)
from app.people.identity.schemas import SignedIn
from app.people.identity.services.sign_in import account_of
from app.people.identity.sessions import NewSession
from app.platform.http.authentication import SESSION_COOKIE, actor_of
from app.platform.http.request_work import runtime_of
from app.platform.http.web_request import WebRequest

YEAR_SECONDS = 365 * 86_400


def set_cookie(
    request: WebRequest,
    response: Response[Any],
    name: str,
    value: str,
    seconds: int,
    *,
    path: str = "/",
    script: bool = False,
) -> None:
    """Set a cookie that stays on this site; `script` ones may be read by the page's own script."""
    response.set_cookie(
        Cookie(
            key=name,
            value=value,
            max_age=seconds,
            path=path,
            httponly=not script,
            samesite="lax",
            secure=runtime_of(request).settings.secure_cookies,
        )
    )


def set_session_cookie(request: WebRequest, response: Response[Any], signed_in: SignedIn) -> None:
    """The browser's session cookie."""
    set_cookie(request, response, SESSION_COOKIE, signed_in.session.token, signed_in.session.expires_in)
    if "language" not in request.cookies:
        set_cookie(request, response, "language", signed_in.language, YEAR_SECONDS, script=True)


def set_renewed_session_cookies(request: WebRequest, response: Response[Any], renewed: NewSession) -> None:
    """The cookies after a change of credentials: the session's new token and the known browser."""
    set_cookie(request, response, SESSION_COOKIE, renewed.token, renewed.expires_in)
    dependencies: IdentityDependencies = request.app.state.identity
    key = credentials_key(account_of(actor_of(request)), renewed.credentials_version)
    known = known_browser_cookie(dependencies.secret, key)
    set_cookie(request, response, KNOWN_BROWSER_COOKIE, known, LIFETIME_SECONDS, path="/sign-in")


def clear_session_cookie(request: WebRequest, response: Response[Any]) -> None:
    set_cookie(request, response, SESSION_COOKIE, "", 0)
