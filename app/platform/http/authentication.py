"""Who is calling: a port that identity fills, and the middleware that asks it before anything else runs."""

from typing import Any, Protocol

from litestar.connection import ASGIConnection
from litestar.enums import ScopeType
from litestar.types import ASGIApp, Receive, Scope, Send

from app.platform.http.headers import sent_cookies, sent_headers
from app.platform.kernel.actor import Actor
from app.platform.kernel.texts import LANGUAGES, negotiate

SESSION_COOKIE = "yinghuo_session"
REPORTER_COOKIE = "yinghuo_reporter"
"""Sent by the browser below `/r` only, so that an engineer who scans a label stays signed in elsewhere."""


class Authenticator(Protocol):
    """Turns the caller's token into an actor; a visitor where there is none or it is not valid any more."""

    async def authenticate(self, token: str | None, language: str, network_address: str = "") -> Actor: ...


class AuthenticationMiddleware:
    """Puts the actor into the connection's state. A bearer token wins over cookies: API callers have no cookies."""

    def __init__(self, app: ASGIApp, authenticator: Authenticator) -> None:
        self._app = app
        self._authenticator = authenticator

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == ScopeType.HTTP:
            state = scope["state"]
            state["token_from_cookie"], token = caller_token(scope)
            address = state["origin"].network_address or ""
            state["actor"] = await self._authenticator.authenticate(token, preferred_language(scope), address)
        await self._app(scope, receive, send)


def caller_token(scope: Scope) -> tuple[bool, str | None]:
    """Whether the token came from a cookie, and the token."""
    authorization = sent_headers(scope).get(b"authorization", b"")
    if authorization[:7].lower() == b"bearer ":
        return False, authorization[7:].decode("latin-1").strip()
    cookies = sent_cookies(scope)
    if scope["path"].startswith("/r/"):
        reporter = cookies.get(REPORTER_COOKIE)
        if reporter:
            return True, reporter
    return True, cookies.get(SESSION_COOKIE)


def preferred_language(scope: Scope) -> str:
    """The language chosen on the page, else the browser's; Chinese when in doubt."""
    chosen = sent_cookies(scope).get("language")
    if chosen in LANGUAGES:
        return chosen
    return negotiate(sent_headers(scope).get(b"accept-language", b"").decode("latin-1"))


def actor_of(connection: ASGIConnection[Any, Any, Any, Any]) -> Actor:
    """The actor of this request."""
    actor: Actor = connection.scope["state"]["actor"]
    return actor
