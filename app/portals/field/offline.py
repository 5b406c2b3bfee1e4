"""The installable web app: service worker, web manifest, the list of pages to cache, and the offline page."""

import hashlib
from typing import Any
from uuid import UUID

import msgspec
from litestar import Response, get

from app.desk.tickets import VisitQueries
from app.platform.http.authentication import actor_of
from app.platform.http.request_work import RequestWork
from app.platform.http.web_request import WebRequest
from app.platform.web.assets import BUILD_FOLDER
from app.portals.field.rendering import address_of, render_page
from rbac import Access, Permission

_REVALIDATE = {"cache-control": "no-cache"}
"""Both files keep one name over all builds, so browsers must revalidate them."""


@get("/sw.js", permission=Access.PUBLIC, include_in_schema=False, sync_to_thread=False)
def service_worker() -> Response[bytes]:
    """The service worker; served from the root so that its scope may be `/field`."""
    return Response((BUILD_FOLDER / "sw.js").read_bytes(), media_type="text/javascript", headers=_REVALIDATE)


@get("/manifest.webmanifest", permission=Access.PUBLIC, include_in_schema=False, sync_to_thread=False)
def web_manifest() -> Response[bytes]:
    """The web app manifest."""
    data = (BUILD_FOLDER / "manifest.webmanifest").read_bytes()
    return Response(data, media_type="application/manifest+json", headers=_REVALIDATE)


class CachedPage(msgspec.Struct, frozen=True):
    """A page to cache; a cached copy with the same `version` is up to date."""

    address: str
    version: str


class OfflinePages(msgspec.Struct, frozen=True):
    """The pages that the phone of `person` (a membership id) should cache."""

    person: UUID | None
    pages: list[CachedPage]


@get("/field/offline-pages", permission=Permission.VISIT_WORK, include_in_schema=False)
async def list_offline_pages(request: WebRequest, work: RequestWork) -> Response[Any]:
    """The pages of current visits; the service worker fetches the missing ones after sign-in."""
    actor = actor_of(request)
    appearance = f"{actor.language}.{request.cookies.get('theme', 'auto')}"
    visits = await VisitQueries(work).pages_to_cache()
    day = ".".join(visit.version for visit in visits)
    pages = [
        CachedPage("/field", f"{appearance}.{hash_of(day)}"),
        CachedPage("/field/finished", f"{appearance}.{hash_of(day)}"),
    ]
    for visit in visits:
        rest = ("", "/report", "/correct") if visit.state == "finished" else ("",)
        pages += [CachedPage(address_of(visit.id, each), f"{appearance}.{visit.version}") for each in rest]
    offline_pages = OfflinePages(actor.membership_id, pages)
    return Response(msgspec.json.encode(offline_pages), media_type="application/json")


@get("/field/offline", permission=Access.PUBLIC, include_in_schema=False, sync_to_thread=False)
def offline(request: WebRequest) -> Response[Any]:
    """The page shown offline instead of a page that is not cached. It holds no personal data."""
    return render_page(request, "offline.html", "")


def hash_of(text: str) -> str:
    """The first 16 hex digits of the text's SHA-256."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


handlers = [service_worker, web_manifest, list_offline_pages, offline]
