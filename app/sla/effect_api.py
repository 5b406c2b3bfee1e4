"""Preview of a change of service levels as JSON: the running clocks that it would move."""

from typing import Any
from uuid import UUID

from litestar import Request, post
from litestar.params import FromPath, FromQuery, JSONBody

from app.sla import schemas
from app.sla.effect_pages import effect_of
from app.sla.events import TermsChanged
from app.sla.services import AssignmentService, CalendarService, PolicyService, TermsEffect
from rbac import Permission

WRITE = Permission.SERVICE_LEVEL_WRITE
TAGS = ["service levels"]
AnyRequest = Request[Any, Any, Any]


@post("/calendars/{calendar_id:uuid}/effect", permission=WRITE, tags=TAGS, status_code=200)
async def tell_calendar_effect(
    request: AnyRequest, calendar_id: FromPath[UUID], data: JSONBody[schemas.CalendarUpdate]
) -> TermsEffect:
    """Which running clocks this version of the calendar would move; nothing is saved."""
    changed = TermsChanged(calendar_id=calendar_id)
    return await effect_of(request, lambda work: CalendarService(work).update(calendar_id, data), changed)


@post("/sla-policies/{policy_id:uuid}/effect", permission=WRITE, tags=TAGS, status_code=200)
async def tell_policy_effect(
    request: AnyRequest, policy_id: FromPath[UUID], data: JSONBody[schemas.PolicyUpdate]
) -> TermsEffect:
    """Which running clocks this version of the policy would move; nothing is saved."""
    changed = TermsChanged(policy_id=policy_id)
    return await effect_of(request, lambda work: PolicyService(work).update(policy_id, data), changed)


@post("/sla-assignments/default/effect", permission=WRITE, tags=TAGS, status_code=200)
async def tell_default_effect(request: AnyRequest, data: JSONBody[schemas.AssignmentUpdate]) -> TermsEffect:
    """Which running clocks this default would move; nothing is saved."""
    return await effect_of(request, lambda work: AssignmentService(work).assign(None, data), TermsChanged())


@post("/sla-assignments/{client_id:uuid}/effect", permission=WRITE, tags=TAGS, status_code=200)
async def tell_assignment_effect(
    request: AnyRequest, client_id: FromPath[UUID], data: JSONBody[schemas.AssignmentUpdate]
) -> TermsEffect:
    """Which running clocks this assignment would move; nothing is saved."""
    changed = TermsChanged(client_id=client_id)
    return await effect_of(request, lambda work: AssignmentService(work).assign(client_id, data), changed)


@post("/sla-assignments/{client_id:uuid}/removal-effect", permission=WRITE, tags=TAGS, status_code=200)
async def tell_removal_effect(request: AnyRequest, client_id: FromPath[UUID], version: FromQuery[int]) -> TermsEffect:
    """Which running clocks serving the client by the default again would move; nothing is saved."""
    changed = TermsChanged(client_id=client_id)
    return await effect_of(request, lambda work: AssignmentService(work).remove(client_id, version), changed)


handlers = [
    tell_calendar_effect,
    tell_policy_effect,
    tell_default_effect,
    tell_assignment_effect,
    tell_removal_effect,
]
