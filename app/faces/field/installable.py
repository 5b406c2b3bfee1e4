"""The service worker and the manifest: what makes the pages an application on the phone's home screen."""

from litestar import Response, get

from app.web.assets import BUILD_FOLDER
from rbac import Access

_ASK_AGAIN = {"cache-control": "no-cache"}
"""Both keep one name over all builds, so the browser asks each time whether they are still the same."""


@get("/sw.js", permission=Access.PUBLIC, include_in_schema=False, sync_to_thread=False)
def service_worker() -> Response[bytes]:
    """Served from the root, so that it may look after `/field`."""
    return Response((BUILD_FOLDER / "sw.js").read_bytes(), media_type="text/javascript", headers=_ASK_AGAIN)


@get("/manifest.webmanifest", permission=Access.PUBLIC, include_in_schema=False, sync_to_thread=False)
def web_manifest() -> Response[bytes]:
    """Name, colours, icons, where it starts."""
    data = (BUILD_FOLDER / "manifest.webmanifest").read_bytes()
    return Response(data, media_type="application/manifest+json", headers=_ASK_AGAIN)


handlers = [service_worker, web_manifest]
