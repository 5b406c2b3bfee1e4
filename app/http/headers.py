"""Request headers as they came, for what is asked of every request.

The framework's own mapping of headers is built anew for every connection object and costs more than all that is asked.
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
