"""The request as every handler takes it; who asks is `actor_of(request)`."""

from typing import Any

from litestar import Request

WebRequest = Request[Any, Any, Any]
