"""Calendars, policies and who is served by them, as JSON."""

from collections.abc import Sequence
from uuid import UUID

from litestar import delete, get, post, put
from litestar.params import FromPath, FromQuery, JSONBody

from app.agreements.sla import schemas
from app.agreements.sla.services import AssignmentService, CalendarService, EscalationContactService, PolicyService
from app.agreements.sla.starter_templates import CALENDAR_TEMPLATES, POLICY_TEMPLATES, CalendarTemplate, PolicyTemplate
from app.platform.http.idempotency import idempotent
from app.platform.http.pagination import Page
from app.platform.http.registration import handlers_of
from app.platform.http.request_work import RequestWork
from app.platform.http.web_request import WebRequest
from rbac import Permission

READ = Permission.CLIENT_READ
WRITE = Permission.SERVICE_LEVEL_WRITE
TAGS = ["service levels"]


@get("/calendars", permission=READ, tags=TAGS)
async def list_calendars(work: RequestWork) -> Page[schemas.CalendarView]:
    """All calendars, those in use first, on one page."""
    return Page(await CalendarService(work).list())


@get("/calendars/templates", permission=WRITE, tags=TAGS)
async def list_calendar_templates() -> Sequence[CalendarTemplate]:
    """Calendars to begin with."""
    return CALENDAR_TEMPLATES


@post("/calendars", permission=WRITE, tags=TAGS)
@idempotent()
async def create_calendar(
    request: WebRequest, work: RequestWork, data: JSONBody[schemas.CalendarCreate]
) -> schemas.CalendarView:
    """Make a calendar."""
    return await CalendarService(work).create(data)


@get("/calendars/{calendar_id:uuid}", permission=READ, tags=TAGS)
async def read_calendar(work: RequestWork, calendar_id: FromPath[UUID]) -> schemas.CalendarView:
    """One calendar as it is now."""
    return await CalendarService(work).get(calendar_id)


@put("/calendars/{calendar_id:uuid}", permission=WRITE, tags=TAGS)
async def update_calendar(
    work: RequestWork, calendar_id: FromPath[UUID], data: JSONBody[schemas.CalendarUpdate]
) -> schemas.CalendarView:
    """A new version; running clocks are measured anew. `…/preview` previews what moves."""
    return await CalendarService(work).update(calendar_id, data)


@get("/calendars/{calendar_id:uuid}/versions", permission=READ, tags=TAGS)
async def list_calendar_versions(work: RequestWork, calendar_id: FromPath[UUID]) -> Page[schemas.PastVersion]:
    """Every version, newest first."""
    return Page(await CalendarService(work).versions(calendar_id))


@get("/sla-policies", permission=READ, tags=TAGS)
async def list_policies(work: RequestWork) -> Page[schemas.PolicyView]:
    """All policies, those in use first, on one page."""
    return Page(await PolicyService(work).list())


@get("/sla-policies/templates", permission=WRITE, tags=TAGS)
async def list_policy_templates() -> Sequence[PolicyTemplate]:
    """Policies to begin with, each with the calendar that goes with it."""
    return POLICY_TEMPLATES


@post("/sla-policies", permission=WRITE, tags=TAGS)
@idempotent()
async def create_policy(
    request: WebRequest, work: RequestWork, data: JSONBody[schemas.PolicyCreate]
) -> schemas.PolicyView:
    """Make a policy."""
    return await PolicyService(work).create(data)


@get("/sla-policies/{policy_id:uuid}", permission=READ, tags=TAGS)
async def read_policy(work: RequestWork, policy_id: FromPath[UUID]) -> schemas.PolicyView:
    """One policy as it is now."""
    return await PolicyService(work).get(policy_id)


@put("/sla-policies/{policy_id:uuid}", permission=WRITE, tags=TAGS)
async def update_policy(
    work: RequestWork, policy_id: FromPath[UUID], data: JSONBody[schemas.PolicyUpdate]
) -> schemas.PolicyView:
    """A new version; running clocks are measured anew. `…/preview` previews what moves."""
    return await PolicyService(work).update(policy_id, data)


@get("/sla-policies/{policy_id:uuid}/versions", permission=READ, tags=TAGS)
async def list_policy_versions(work: RequestWork, policy_id: FromPath[UUID]) -> Page[schemas.PastVersion]:
    """Every version, newest first."""
    return Page(await PolicyService(work).versions(policy_id))


@get("/sla-assignments", permission=READ, tags=TAGS)
async def list_assignments(work: RequestWork) -> Page[schemas.AssignmentView]:
    """The default first (its `client_id` is null), then the clients that have their own."""
    return Page(await AssignmentService(work).list())


@put("/sla-assignments/default", permission=WRITE, tags=TAGS)
async def assign_default(work: RequestWork, data: JSONBody[schemas.AssignmentUpdate]) -> schemas.AssignmentView:
    """What clients without an assignment of their own are served by."""
    return await AssignmentService(work).assign(None, data)


@put("/sla-assignments/{client_id:uuid}", permission=WRITE, tags=TAGS)
async def assign_client(
    work: RequestWork, client_id: FromPath[UUID], data: JSONBody[schemas.AssignmentUpdate]
) -> schemas.AssignmentView:
    """What this client is served by from now on."""
    return await AssignmentService(work).assign(client_id, data)


@delete("/sla-assignments/{client_id:uuid}", permission=WRITE, tags=TAGS)
async def remove_assignment(work: RequestWork, client_id: FromPath[UUID], version: FromQuery[int]) -> None:
    """Serve the client by the default again."""
    await AssignmentService(work).remove(client_id, version)


@get("/escalation-levels", permission=WRITE, tags=TAGS)
async def list_escalation_levels(work: RequestWork) -> Page[schemas.EscalationLevelView]:
    """Whom each level's escalations reach; a level without contacts reaches roles."""
    return Page(await EscalationContactService(work).list())


@put("/escalation-levels/{level:int}", permission=WRITE, tags=TAGS)
async def write_escalation_level(
    work: RequestWork, level: FromPath[int], data: JSONBody[schemas.EscalationLevelUpdate]
) -> Page[schemas.EscalationLevelView]:
    """Have the level reach exactly these members."""
    return Page(list(await EscalationContactService(work).write(level, data.membership_ids)))


handlers = handlers_of(__name__)
