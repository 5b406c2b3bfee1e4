"""Liveness, readiness and Prometheus metrics for operators."""

import hmac

from litestar import MediaType, Response, get
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from app.platform.http.metrics import observe_readiness
from app.platform.http.operator_figures import observe_figures
from app.platform.http.readiness import Readiness, ReadinessCheck
from app.platform.http.request_work import runtime_of
from app.platform.http.web_request import WebRequest
from app.platform.kernel.errors import NotFound
from rbac import Access


@get("/health/live", permission=Access.PUBLIC, include_in_schema=False)
async def live() -> dict[str, str]:
    """Liveness: answers while the event loop runs."""
    return {"status": "live"}


@get("/health/ready", permission=Access.PUBLIC, include_in_schema=False)
async def ready(request: WebRequest) -> Response[Readiness]:
    """Answers 503 while the database does not answer, and always within a second."""
    check: ReadinessCheck = request.app.state.readiness
    found = await check.current()
    return Response(found, status_code=200 if found.can_serve else 503)


@get("/metrics", permission=Access.PUBLIC, include_in_schema=False, media_type=MediaType.TEXT)
async def metrics(request: WebRequest) -> Response[bytes]:
    """Prometheus' figures, for whoever holds the metrics token; in production nothing without one."""
    runtime = runtime_of(request)
    settings = runtime.settings
    token = settings.metrics_token
    if token is None and settings.environment == "production":
        raise NotFound
    given = request.headers.get("authorization", "").removeprefix("Bearer ")
    if token is not None and not hmac.compare_digest(given.encode(), token.get_secret_value().encode()):
        raise NotFound
    check: ReadinessCheck = request.app.state.readiness
    observe_readiness(await check.current())
    await observe_figures(runtime, request.app.state.operator_figures)
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)
