"""The page at /api that lets one read and try the JSON API. Everything it loads is ours."""

from typing import Any

from litestar import Request
from litestar.openapi.plugins import OpenAPIRenderPlugin

from app.web.pages import page


class ApiExplorer(OpenAPIRenderPlugin):
    """Swagger UI without inline scripts and foreign addresses: the security policy forbids both."""

    def __init__(self) -> None:
        super().__init__(path="/")

    def render(self, request: Request[Any, Any, Any], openapi_schema: dict[str, Any]) -> bytes:  # noqa: ARG002 - the page fetches it
        """The page; its script fetches the description."""
        return page(request, "explorer.html").content.encode()
