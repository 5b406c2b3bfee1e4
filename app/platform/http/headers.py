"""Raw request headers and cookies, parsed once per request.

Litestar builds its own mapping of headers anew for every connection object, which costs more.
"""

from collections.abc import Mapping
from typing import Any

from litestar.connection import ASGIConnection
from litestar.types import Scope


def sent_headers(scope: Scope) -> Mapping[bytes, bytes]:
    """By names in small letters; of several of one name the first. Read once per request."""
    headers: dict[bytes, bytes] | None = scope["state"].get("sent_headers")
    if headers is None:
        headers = scope["state"]["sent_headers"] = dict(reversed([*scope["headers"]]))
    return headers


def sent_cookies(scope: Scope) -> Mapping[str, str]:
    """Name to value; programs send none, and nothing is read for them."""
    if b"cookie" not in sent_headers(scope):
        return {}
    connection: ASGIConnection[Any, Any, Any, Any] = ASGIConnection(scope)
    return connection.cookies
