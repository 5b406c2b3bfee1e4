"""The API explorer at /api. It loads nothing from other hosts."""

from typing import Any

from litestar.openapi.plugins import OpenAPIRenderPlugin

from app.platform.http.web_request import WebRequest
from app.platform.web.pages import page


class ApiExplorer(OpenAPIRenderPlugin):
    """Swagger UI without inline scripts and third-party hosts, which the content security policy forbids."""

    def __init__(self) -> None:
        super().__init__(path="/")

    def render(self, request: WebRequest, openapi_schema: dict[str, Any]) -> bytes:  # noqa: ARG002 - the page fetches it
        """The page; its script fetches the description."""
        return page(request, "explorer.html").content.encode()
