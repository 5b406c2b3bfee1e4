"""Cookies that identity's page handlers set: session, known browser, sign-in steps."""

from typing import Any

from litestar import Request, Response
from litestar.datastructures import Cookie

from app.http.authentication import SESSION_COOKIE, actor_of
from app.http.work import runtime_of
from app.identity.known_browser import (
    KNOWN_BROWSER_COOKIE,
    LIFETIME_SECONDS,
    credentials_key,
    known_browser_cookie,
)
from app.identity.parts import IdentityParts
from app.identity.schemas import SignedIn
from app.identity.services.sign_in import account_of
from app.identity.sessions import NewSession

Asked = Request[Any, Any, Any]
YEAR_SECONDS = 365 * 86_400


def keep_cookie(
    request: Asked,
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


def keep_session(request: Asked, response: Response[Any], signed_in: SignedIn) -> None:
    """The browser's session cookie."""
    keep_cookie(request, response, SESSION_COOKIE, signed_in.session.token, signed_in.session.expires_in)
    if "language" not in request.cookies:
        keep_cookie(request, response, "language", signed_in.language, YEAR_SECONDS, script=True)


def keep_renewed(request: Asked, response: Response[Any], renewed: NewSession) -> None:
    """The cookies after a change of credentials: the session's new token and the known browser."""
    keep_cookie(request, response, SESSION_COOKIE, renewed.token, renewed.expires_in)
    parts: IdentityParts = request.app.state.identity
    key = credentials_key(account_of(actor_of(request)), renewed.credentials_version)
    known = known_browser_cookie(parts.secret, key)
    keep_cookie(request, response, KNOWN_BROWSER_COOKIE, known, LIFETIME_SECONDS, path="/sign-in")


def drop_session(request: Asked, response: Response[Any]) -> None:
    keep_cookie(request, response, SESSION_COOKIE, "", 0)
