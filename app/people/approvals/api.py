"""What waits for a decision, as JSON."""

from typing import Annotated, Final
from uuid import UUID

from litestar import get, post
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter

from app.people.approvals.permissions import ApprovalPermission
from app.people.approvals.schemas import ApprovalView, DecisionInput, Verdict
from app.people.approvals.services.reading import Approvals
from app.platform.http.pagination import DEFAULT_LIMIT, MAXIMUM_LIMIT, Cursor, Page
from app.platform.http.registration import handlers_of
from app.platform.http.request_work import RequestWork

TAGS: Final = ["approvals"]


@get("/approvals", permission=ApprovalPermission.APPROVAL_DECIDE, tags=TAGS)
async def list_approvals(
    work: RequestWork,
    cursor: FromQuery[str | None] = None,
    limit: Annotated[int, QueryParameter(ge=1, le=MAXIMUM_LIMIT)] = DEFAULT_LIMIT,
) -> Page[ApprovalView]:
    """What waits for the caller's decision; what expires first comes first."""
    place = Cursor.decode(cursor) if cursor else None
    found = await Approvals(work).waiting(after=(place.moment, place.id) if place else None, limit=limit + 1)
    if len(found) <= limit:
        return Page(found)
    return Page(found[:limit], Cursor(found[limit - 1].expires_at, found[limit - 1].id).encode())


@get("/approvals/{approval_id:uuid}", permission=ApprovalPermission.APPROVAL_DECIDE, tags=TAGS)
async def read_approval(work: RequestWork, approval_id: FromPath[UUID]) -> ApprovalView:
    """One approval, waiting or ended."""
    return await Approvals(work).get(approval_id)


@post(
    "/approvals/{approval_id:uuid}/approve",
    permission=ApprovalPermission.APPROVAL_DECIDE,
    tags=TAGS,
    status_code=200,
)
async def approve(work: RequestWork, approval_id: FromPath[UUID], data: JSONBody[DecisionInput]) -> ApprovalView:
    """Say yes; above the limit a second person is still needed."""
    return await Approvals(work).decide(approval_id, Verdict.APPROVE, data)


@post(
    "/approvals/{approval_id:uuid}/decline",
    permission=ApprovalPermission.APPROVAL_DECIDE,
    tags=TAGS,
    status_code=200,
)
async def decline(work: RequestWork, approval_id: FromPath[UUID], data: JSONBody[DecisionInput]) -> ApprovalView:
    """Say no."""
    return await Approvals(work).decide(approval_id, Verdict.DECLINE, data)


handlers = handlers_of(__name__)
