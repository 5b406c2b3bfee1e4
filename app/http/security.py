"""Headers, and the protection of cookie-borne sessions against forged requests."""

from typing import Any

from litestar.config.csrf import CSRFConfig
from litestar.enums import ScopeType
from litestar.middleware.csrf import CSRFMiddleware
from litestar.types import ASGIApp, Message, Receive, Scope, Send
from litestar.utils.scope.state import ScopeState

from app.http.headers import sent_headers

CSRF_COOKIE = "yinghuo_csrf"
CSRF_HEADER = "x-csrf-token"

CONTENT_SECURITY_POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; "
    "connect-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; "
    "worker-src 'self'; manifest-src 'self'"
)


class SecurityHeadersMiddleware:
    """Adds the headers that every answer carries; answers are private to their reader unless a handler says more."""

    def __init__(self, app: ASGIApp, *, https: bool) -> None:
        self._app = app
        self._headers = [
            (b"content-security-policy", CONTENT_SECURITY_POLICY.encode()),
            (b"x-content-type-options", b"nosniff"),
            (b"x-frame-options", b"DENY"),
            (b"referrer-policy", b"same-origin"),
            (b"permissions-policy", b"camera=(self), geolocation=(self), microphone=(), payment=()"),
            (b"cross-origin-opener-policy", b"same-origin"),
            (b"cross-origin-resource-policy", b"same-origin"),
        ]
        if https:
            self._headers.append((b"strict-transport-security", b"max-age=31536000; includeSubDomains"))
        self._headers.append((b"cache-control", b"private, no-store"))
        self._names = frozenset(name for name, _ in self._headers)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP:
            await self._app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                given = message.get("headers", [])
                present = self._names.intersection(name.lower() for name, _ in given)
                message["headers"] = [*given, *(pair for pair in self._headers if pair[0] not in present)]
            await send(message)

        await self._app(scope, receive, send_with_headers)


class CookieForgeryMiddleware(CSRFMiddleware):
    """Double-submit CSRF protection for browsers. A program carries nothing a foreign page could make a browser send,
    and is let through: it has no cookies, and either a bearer token or an address of the JSON API, which sets none."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        sent = sent_headers(scope)
        if b"cookie" not in sent and (b"authorization" in sent or scope["path"].startswith("/api/")):
            await self.app(scope, receive, send)
            return
        await super().__call__(scope, receive, send)


def csrf_config(secret: str, *, https: bool) -> CSRFConfig:
    """Litestar's CSRF settings for this installation."""
    return CSRFConfig(
        secret=secret,
        cookie_name=CSRF_COOKIE,
        header_name=CSRF_HEADER,
        cookie_secure=https,
        cookie_httponly=True,
        cookie_samesite="lax",
    )


def csrf_token(scope: Scope) -> str:
    """The token that forms of this answer carry."""
    token: Any = ScopeState.from_scope(scope).csrf_token
    return token if isinstance(token, str) else ""
