"""Security headers, and CSRF protection of sessions in cookies."""

from secrets import compare_digest, token_hex
from typing import Any, Final

from litestar.config.csrf import CSRFConfig
from litestar.enums import RequestEncodingType, ScopeType
from litestar.exceptions import PermissionDeniedException
from litestar.middleware.csrf import (
    CSRF_SECRET_BYTES,
    CSRF_SECRET_LENGTH,
    CSRFMiddleware,
    generate_csrf_hash,
)
from litestar.types import ASGIApp, Message, Receive, Scope, Send
from litestar.utils.scope.state import ScopeState

from app.platform.http.authentication import caller_token
from app.platform.http.headers import sent_cookies, sent_headers
from app.platform.http.web_request import WebRequest
from rbac.permissions import Access

CSRF_COOKIE = "yinghuo_csrf"
CSRF_HEADER = "x-csrf-token"
REFUSAL: Final = "CSRF token verification failed"

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
    """CSRF protection: refuses requests that another site's page makes a browser send.

    A token is a random text and its HMAC together with the session's cookie: it belongs to one session and is worth
    nothing in another, so that nobody can prepare a form with a token of their own. Visitors have no session to bind it
    to; theirs must equal a cookie (double submit).

    A program carries nothing that a foreign page could make a browser send, and is let through: it has no cookies, and
    either a bearer token or an address of the JSON API, which sets none.
    """

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        sent = sent_headers(scope)
        if scope["type"] != ScopeType.HTTP or scope["route_handler"].opt.get(self.config.exclude_from_csrf_key):
            await self.app(scope, receive, send)
            return
        if b"cookie" not in sent and (b"authorization" in sent or scope["path"].startswith("/api/")):
            await self.app(scope, receive, send)
            return
        from_cookie, session = caller_token(scope)
        cookie = sent_cookies(scope).get(self.config.cookie_name, "")
        state = ScopeState.from_scope(scope)
        if from_cookie and session:
            state.csrf_token = self._new(session)
            if not _safe(scope) and not self._is_of(await self._given(scope, receive), session):
                raise PermissionDeniedException(REFUSAL)
            await self.app(scope, receive, send)
            return
        known = self._is_of(cookie, "")
        # Whatever else a visitor sends is refused by the guard, which leads a page to the sign-in.
        open_to_all = scope["route_handler"].opt.get("permission") is Access.PUBLIC
        state.csrf_token = cookie if known else self._new("")
        if not _safe(scope) and open_to_all and not (known and await self._given(scope, receive) == cookie):
            raise PermissionDeniedException(REFUSAL)
        wrapped = self.create_send_wrapper(send, state.csrf_token, cookie if known else None)
        await self.app(scope, receive, wrapped if _safe(scope) else send)

    async def _given(self, scope: Scope, receive: Receive) -> str:
        """The token that the header or the form carries; empty without."""
        request: WebRequest = scope["litestar_app"].request_class(scope=scope, receive=receive)
        given = request.headers.get(self.config.header_name, "")
        if not given and request.content_type[0] in (RequestEncodingType.URL_ENCODED, RequestEncodingType.MULTI_PART):
            typed: object = (await request.form()).get("_csrf_token", "")
            return typed if isinstance(typed, str) else ""
        return given

    def _new(self, session: str) -> str:
        text = token_hex(CSRF_SECRET_BYTES)
        return text + self._proof(text, session)

    def _proof(self, text: str, session: str) -> str:
        return generate_csrf_hash(f"{text}\0{session}" if session else text, self.config.secret)

    def _is_of(self, token: str, session: str) -> bool:
        """Whether the token was made for this session; for nobody's where it is empty."""
        text, proof = token[:CSRF_SECRET_LENGTH], token[CSRF_SECRET_LENGTH:]
        return compare_digest(proof.encode(), self._proof(text, session).encode())


def _safe(scope: Scope) -> bool:
    return scope.get("method") in ("GET", "HEAD", "OPTIONS")


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
