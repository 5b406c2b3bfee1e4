"""Access grants as JSON, for headquarters and for the partner's owner."""

from typing import Annotated, Final
from uuid import UUID

from litestar import get, post
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter

from app.platform.http.idempotency import idempotent
from app.platform.http.pagination import DEFAULT_LIMIT, MAXIMUM_LIMIT, Cursor, Page
from app.platform.http.registration import handlers_of
from app.platform.http.request_work import RequestWork
from app.platform.http.web_request import WebRequest
from rbac import Permission
from tenants.access_grants.schemas import AccessAnswer, AccessConsent, AccessGrantCreate, AccessGrantView
from tenants.access_grants.services.grants import AccessGrants

TAGS: Final = ["access grants"]


@get("/access-grants", permission=Permission.ACCESS_GRANT_READ, tags=TAGS)
async def list_access_grants(
    work: RequestWork,
    cursor: FromQuery[str | None] = None,
    limit: Annotated[int, QueryParameter(ge=1, le=MAXIMUM_LIMIT)] = DEFAULT_LIMIT,
) -> Page[AccessGrantView]:
    """Past and present, newest first: headquarters' own requests, or what was asked of this partner."""
    place = Cursor.decode(cursor) if cursor else None
    found = await AccessGrants(work).newest(before=(place.moment, place.id) if place else None, limit=limit + 1)
    if len(found) <= limit:
        return Page(found)
    return Page(found[:limit], Cursor(found[limit - 1].requested_at, found[limit - 1].id).encode())


@post("/access-grants", permission=Permission.ACCESS_GRANT_REQUEST, tags=TAGS)
@idempotent()
async def ask_for_access(
    request: WebRequest,
    work: RequestWork,
    data: JSONBody[AccessGrantCreate],
) -> AccessGrantView:
    """Headquarters asks a partner, or takes access in an emergency; the partner's owners are notified at once."""
    return await AccessGrants(work).ask(data)


@get("/access-grants/{grant_id:uuid}", permission=Permission.ACCESS_GRANT_READ, tags=TAGS)
async def get_access_grant(work: RequestWork, grant_id: FromPath[UUID]) -> AccessGrantView:
    """One grant as this side sees it."""
    return await AccessGrants(work).show(grant_id)


@post("/access-grants/{grant_id:uuid}/consent", permission=Permission.ACCESS_GRANT_DECIDE, tags=TAGS, status_code=200)
async def consent_to_access(
    work: RequestWork, grant_id: FromPath[UUID], data: JSONBody[AccessConsent]
) -> AccessGrantView:
    """The partner's owner opens it, for no longer than asked and for one client or all."""
    return await AccessGrants(work).consent(grant_id, data)


@post("/access-grants/{grant_id:uuid}/decline", permission=Permission.ACCESS_GRANT_DECIDE, tags=TAGS, status_code=200)
async def decline_access(work: RequestWork, grant_id: FromPath[UUID], data: JSONBody[AccessAnswer]) -> AccessGrantView:
    """The partner's owner says no."""
    return await AccessGrants(work).decline(grant_id, data)


@post("/access-grants/{grant_id:uuid}/end", permission=Permission.ACCESS_GRANT_READ, tags=TAGS, status_code=200)
async def end_access(work: RequestWork, grant_id: FromPath[UUID], data: JSONBody[AccessAnswer]) -> AccessGrantView:
    """The partner takes it back; headquarters withdraws its request, or is done."""
    return await AccessGrants(work).end(grant_id, data)


handlers = handlers_of(__name__)
