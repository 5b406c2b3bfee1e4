"""The installable web app: service worker, web manifest, the list of pages to cache, and the offline page."""

import hashlib
from typing import Any
from uuid import UUID

import msgspec
from litestar import Response, get

from app.faces.field.drawing import Asked, address_of, drawn
from app.http.authentication import actor_of
from app.http.work import RequestWork
from app.tickets import VisitReadingService
from app.web.assets import BUILD_FOLDER
from rbac import Access, Permission

_ASK_AGAIN = {"cache-control": "no-cache"}
"""Both files keep one name over all builds, so browsers must revalidate them."""


@get("/sw.js", permission=Access.PUBLIC, include_in_schema=False, sync_to_thread=False)
def service_worker() -> Response[bytes]:
    """The service worker; served from the root so that its scope may be `/field`."""
    return Response((BUILD_FOLDER / "sw.js").read_bytes(), media_type="text/javascript", headers=_ASK_AGAIN)


@get("/manifest.webmanifest", permission=Access.PUBLIC, include_in_schema=False, sync_to_thread=False)
def web_manifest() -> Response[bytes]:
    """The web app manifest."""
    data = (BUILD_FOLDER / "manifest.webmanifest").read_bytes()
    return Response(data, media_type="application/manifest+json", headers=_ASK_AGAIN)


class PageToHold(msgspec.Struct, frozen=True):
    """A page to cache; a cached copy with the same `version` is up to date."""

    address: str
    version: str


class Held(msgspec.Struct, frozen=True):
    """The pages that the phone of `person` (a membership id) should cache."""

    person: UUID | None
    pages: list[PageToHold]


@get("/field/held", permission=Permission.VISIT_WORK, include_in_schema=False)
async def to_hold(request: Asked, work: RequestWork) -> Response[Any]:
    """The pages of current visits; the service worker fetches the missing ones after sign-in."""
    actor = actor_of(request)
    look = f"{actor.language}.{request.cookies.get('theme', 'auto')}"
    visits = await VisitReadingService(work).to_hold()
    day = ".".join(visit.version for visit in visits)
    pages = [PageToHold("/field", f"{look}.{hash_of(day)}"), PageToHold("/field/finished", f"{look}.{hash_of(day)}")]
    for visit in visits:
        rest = ("", "/report", "/correct") if visit.state == "finished" else ("",)
        pages += [PageToHold(address_of(visit.id, each), f"{look}.{visit.version}") for each in rest]
    held = Held(actor.membership_id, pages)
    return Response(msgspec.json.encode(held), media_type="application/json")


@get("/field/offline", permission=Access.PUBLIC, include_in_schema=False, sync_to_thread=False)
def offline(request: Asked) -> Response[Any]:
    """The page shown offline instead of a page that is not cached. It holds no personal data."""
    return drawn(request, "offline.html", "")


def hash_of(text: str) -> str:
    """The first 16 hex digits of the text's SHA-256."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


handlers = [service_worker, web_manifest, to_hold, offline]
