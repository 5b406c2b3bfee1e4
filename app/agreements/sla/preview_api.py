"""Preview of a change of service levels as JSON: the running clocks that it would move."""

from uuid import UUID

from litestar import post
from litestar.params import FromPath, FromQuery, JSONBody

from app.agreements.sla import schemas
from app.agreements.sla.events import TermsChanged
from app.agreements.sla.preview_pages import preview_of
from app.agreements.sla.services import AssignmentService, CalendarService, ChangePreview, PolicyService
from app.platform.http.registration import handlers_of
from app.platform.http.web_request import WebRequest
from rbac import Permission

WRITE = Permission.SERVICE_LEVEL_WRITE
TAGS = ["service levels"]


@post("/calendars/{calendar_id:uuid}/preview", permission=WRITE, tags=TAGS, status_code=200)
async def preview_calendar(
    request: WebRequest, calendar_id: FromPath[UUID], data: JSONBody[schemas.CalendarUpdate]
) -> ChangePreview:
    """Which running clocks this version of the calendar would move; nothing is saved."""
    changed = TermsChanged(calendar_id=calendar_id)
    return await preview_of(request, lambda work: CalendarService(work).update(calendar_id, data), changed)


@post("/sla-policies/{policy_id:uuid}/preview", permission=WRITE, tags=TAGS, status_code=200)
async def preview_policy(
    request: WebRequest, policy_id: FromPath[UUID], data: JSONBody[schemas.PolicyUpdate]
) -> ChangePreview:
    """Which running clocks this version of the policy would move; nothing is saved."""
    changed = TermsChanged(policy_id=policy_id)
    return await preview_of(request, lambda work: PolicyService(work).update(policy_id, data), changed)


@post("/sla-assignments/default/preview", permission=WRITE, tags=TAGS, status_code=200)
async def preview_default_assignment(request: WebRequest, data: JSONBody[schemas.AssignmentUpdate]) -> ChangePreview:
    """Which running clocks this default would move; nothing is saved."""
    return await preview_of(request, lambda work: AssignmentService(work).assign(None, data), TermsChanged())


@post("/sla-assignments/{client_id:uuid}/preview", permission=WRITE, tags=TAGS, status_code=200)
async def preview_assignment(
    request: WebRequest, client_id: FromPath[UUID], data: JSONBody[schemas.AssignmentUpdate]
) -> ChangePreview:
    """Which running clocks this assignment would move; nothing is saved."""
    changed = TermsChanged(client_id=client_id)
    return await preview_of(request, lambda work: AssignmentService(work).assign(client_id, data), changed)


@post("/sla-assignments/{client_id:uuid}/removal-preview", permission=WRITE, tags=TAGS, status_code=200)
async def preview_removal(request: WebRequest, client_id: FromPath[UUID], version: FromQuery[int]) -> ChangePreview:
    """Which running clocks serving the client by the default again would move; nothing is saved."""
    changed = TermsChanged(client_id=client_id)
    return await preview_of(request, lambda work: AssignmentService(work).remove(client_id, version), changed)


handlers = handlers_of(__name__)
