"""Builds the Litestar application from the handlers and ports that `app.asgi` passes in."""

import asyncio
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any

from litestar import Litestar, Router
from litestar.config.compression import CompressionConfig
from litestar.datastructures import State
from litestar.di import Provide
from litestar.middleware import DefineMiddleware
from litestar.openapi.config import OpenAPIConfig
from litestar.openapi.plugins import OpenAPIRenderPlugin
from litestar.openapi.spec import Components, SecurityScheme
from litestar.types import Scope

from app.platform.http.authentication import AuthenticationMiddleware, Authenticator
from app.platform.http.errors import ErrorRenderer, PageRenderer
from app.platform.http.health import live, metrics, ready
from app.platform.http.live_stream import LiveFeeds, live_changes
from app.platform.http.openapi_description import LimitedTuples, add_openapi_description
from app.platform.http.rate_limit import RateLimiter, RateLimitMiddleware
from app.platform.http.readiness import BacklogReader, ReadinessCheck
from app.platform.http.registration import Application
from app.platform.http.request_context import CheckedRequest, RequestContextMiddleware
from app.platform.http.request_work import provide_work
from app.platform.http.security import CookieForgeryMiddleware, SecurityHeadersMiddleware, csrf_config
from app.platform.http.web_request import WebRequest
from app.platform.kernel.errors import NotFound
from app.platform.kernel.process_shutdown import STOP_SIGNAL
from app.platform.kernel.runtime import Runtime
from rbac import Access
from rbac.guards import PermissionMiddleware, refuse_undeclared

API_PREFIX = "/api/v1"
BODY_LIMIT = 1_000_000
"""Bytes that an ordinary request may carry; uploads say their own limit."""


def create_application(
    runtime: Runtime,
    *,
    authenticator: Authenticator,
    error_page: PageRenderer,
    after_error: Callable[[Exception, Scope], Awaitable[None]],
    read_backlogs: BacklogReader,
    api_explorer: OpenAPIRenderPlugin,
    api_handlers: Sequence[Any],
    page_handlers: Sequence[Any],
    state: dict[str, Any] | None = None,
) -> Litestar:
    """The Litestar application. Refuses to start while any handler does not say who may call it."""
    settings = runtime.settings
    https = settings.secure_cookies
    live_feeds = LiveFeeds(runtime.redis)

    @asynccontextmanager
    async def lifespan(_: Litestar) -> AsyncIterator[None]:
        # What stays open by itself would keep a server that is told to stop from ending. Only a process's main thread
        # hears signals; a program that serves in another one ends its streams by closing.
        if threading.current_thread() is threading.main_thread():
            asyncio.get_running_loop().add_signal_handler(STOP_SIGNAL, live_feeds.stop)
        try:
            yield
        finally:
            await live_feeds.close()
            await runtime.close()

    application = Application(
        route_handlers=[
            *(add_openapi_description(handler, API_PREFIX) for handler in api_handlers),
            *page_handlers,
            live,
            live_changes,
            ready,
            metrics,
        ],
        dependencies={"work": Provide(provide_work)},
        exception_handlers=ErrorRenderer(error_page).handlers(),
        after_exception=[after_error],
        middleware=[
            DefineMiddleware(AuthenticationMiddleware, authenticator=authenticator),
            DefineMiddleware(RateLimitMiddleware, share=RateLimiter(runtime.clock, settings.requests_per_minute)),
            DefineMiddleware(
                CookieForgeryMiddleware, config=csrf_config(settings.secret.get_secret_value(), https=https)
            ),
            DefineMiddleware(PermissionMiddleware),
        ],
        lifespan=[lifespan],
        openapi_config=_openapi(api_explorer),
        compression_config=CompressionConfig(backend="gzip", minimum_size=1000, exclude_opt_key="uncompressed"),
        plugins=[LimitedTuples()],
        request_class=CheckedRequest,
        request_max_body_size=BODY_LIMIT,
        state=State(
            {
                "runtime": runtime,
                "authenticator": authenticator,
                "live_feeds": live_feeds,
                "readiness": ReadinessCheck(runtime, read_backlogs),
                **(state or {}),
            }
        ),
        logging_config=None,
    )
    refuse_undeclared(application.routes)
    # Around the router itself: an address that nobody serves never reaches the application's middleware, and its answer
    # must carry the same headers and request id as all others.
    application.asgi_handler = RequestContextMiddleware(
        SecurityHeadersMiddleware(application.asgi_handler, https=https), settings.trusted_proxies
    )
    return application


def _refuse_unknown_address(request: WebRequest) -> None:
    """Litestar answers whatever else lies below the document's address with a page of its own.

    Raises:
        NotFound
    """
    if "path" in request.path_params:
        raise NotFound


def _openapi(explorer: OpenAPIRenderPlugin) -> OpenAPIConfig:
    return OpenAPIConfig(
        title="萤火 Yinghuo",
        version="1",
        description="JSON API. Errors are problem+json (RFC 9457); lists are paged by cursor; unsafe requests take an "
        "Idempotency-Key; records carry a version for optimistic locking.",
        openapi_router=Router(
            path="/api",
            route_handlers=[],
            opt={"permission": Access.PUBLIC},
            before_request=_refuse_unknown_address,
            include_in_schema=False,
        ),
        render_plugins=[explorer],
        components=Components(
            security_schemes={
                "session": SecurityScheme(type="http", scheme="bearer", description="POST /api/v1/sessions")
            }
        ),
        security=[{"session": []}],
        use_handler_docstrings=True,
    )
