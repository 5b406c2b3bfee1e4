"""The context of each request: its id, its origin, its log context."""

import ipaddress
import re
import time
from collections.abc import Iterable, Mapping
from secrets import token_hex
from typing import Any

import structlog
from litestar import Request
from litestar.connection import ASGIConnection
from litestar.enums import ScopeType
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from app.platform.http.errors import BadRequest
from app.platform.http.headers import sent_headers
from app.platform.http.metrics import count_answer
from app.platform.kernel.logs import log
from app.platform.kernel.unit_of_work import Origin

_ID = re.compile(rb"^[A-Za-z0-9_-]{8,64}$")
_METHODS = frozenset(("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"))
_logger = log("app.platform.http")


class CheckedRequest(Request[Any, Any, Any]):
    """A request that answers 400 for every body that is no JSON."""

    async def json(self) -> Any:
        """
        Raises:
            BadRequest: not UTF-8, or nested too deeply to be read. Other faults are Litestar's to tell.
        """
        try:
            return await super().json()
        except (RecursionError, UnicodeDecodeError) as error:
            raise BadRequest from error


class RequestContextMiddleware:
    """Gives the request an id (a well-formed `X-Request-ID` is kept), finds the caller's address, logs the answer."""

    def __init__(self, app: ASGIApp, trusted_proxies: Iterable[str] = ()) -> None:
        self._app = app
        self._trusted = frozenset(trusted_proxies)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP:
            await self._app(scope, receive, send)
            return
        headers = sent_headers(scope)
        given = headers.get(b"x-request-id", b"")
        request_id = given.decode() if _ID.match(given) else token_hex(16)
        address = self._client_address(scope, headers)
        scope["state"]["origin"] = Origin(request_id, address)
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=request_id)
        started = time.perf_counter()
        status = 500

        async def send_with_id(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message.get("headers", []), (b"x-request-id", request_id.encode())]
            await send(message)

        try:
            await self._app(scope, receive, send_with_id)
        finally:
            seconds = time.perf_counter() - started
            route = str(scope.get("path_template") or "unmatched")
            method = scope["method"] if scope["method"] in _METHODS else "other"
            count_answer(method, route, status, seconds)
            _logger.info("request", method=method, route=route, status=status, seconds=round(seconds, 4))

    def _client_address(self, scope: Scope, headers: Mapping[bytes, bytes]) -> str:
        client = scope.get("client")
        peer = client[0] if client else ""
        forwarded = headers.get(b"x-forwarded-for", b"").decode("latin-1")
        if peer not in self._trusted or not forwarded:
            return peer
        # Right to left: the last address that is not one of our own proxies is the caller's.
        for candidate in reversed([part.strip() for part in forwarded.split(",")]):
            if candidate not in self._trusted and _is_address(candidate):
                return candidate
        return peer


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def origin_of(connection: ASGIConnection[Any, Any, Any, Any]) -> Origin:
    """Where this request came from."""
    origin: Origin = connection.scope["state"]["origin"]
    return origin
