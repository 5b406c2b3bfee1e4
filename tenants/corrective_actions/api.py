"""Corrective actions and thresholds as JSON. Both sides call the same addresses, each for its own rows."""

from typing import Annotated
from uuid import UUID

from litestar import get, post
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter

from app.platform.http.idempotency import idempotent
from app.platform.http.pagination import DEFAULT_LIMIT, MAXIMUM_LIMIT, Page
from app.platform.http.registration import handlers_of
from app.platform.http.request_work import RequestWork, runtime_of
from app.platform.http.web_request import WebRequest
from app.platform.kernel.throttle import Throttle
from app.platform.lists.web_interface import api_page, saved_view_api
from rbac import Permission
from tenants.corrective_actions.lifecycle import ActionState
from tenants.corrective_actions.listing import GOING_ON, HQ_ACTIONS, OWN_ACTIONS
from tenants.corrective_actions.models import CorrectiveAction
from tenants.corrective_actions.schemas import (
    Action,
    ActionCreate,
    ActionSummary,
    Cancellation,
    Dates,
    LetterCreate,
    LetterWritten,
    OwnerChange,
    Plan,
    Progress,
    Threshold,
    ThresholdCreate,
)
from tenants.corrective_actions.services.actions import ActionService
from tenants.corrective_actions.services.opening import OpeningService
from tenants.corrective_actions.services.thresholds import ThresholdService

Limit = Annotated[int, QueryParameter(ge=1, le=MAXIMUM_LIMIT)]
_TAGS = ["corrective actions"]
_ACTION = "/corrective-actions/{action_id:uuid}"


@get("/corrective-actions", permission=Permission.CORRECTIVE_ACTION_READ, tags=_TAGS)
async def list_actions(
    work: RequestWork,
    *,
    q: FromQuery[str] = "",
    action_state: Annotated[ActionState | None, QueryParameter(name="state")] = None,
    going_on: FromQuery[bool] = False,
    sort: FromQuery[str] = "",
    cursor: FromQuery[str | None] = None,
    limit: Limit = DEFAULT_LIMIT,
) -> Page[ActionSummary]:
    """Newest first, or by `sort` (`due_on`, `-month`): a partner's own, at headquarters every partner's. `going_on` are
    all that have not ended."""
    conditions = HQ_ACTIONS.conditions({"state": "all"}, q)
    if going_on:
        conditions.append(GOING_ON)
    if action_state is not None:
        conditions.append(CorrectiveAction.state == action_state)
    return await api_page(work, HQ_ACTIONS, conditions=conditions, sort=sort, cursor=cursor, limit=limit)


@post("/corrective-actions", permission=Permission.CORRECTIVE_ACTION_DECIDE, tags=_TAGS)
@idempotent()
async def open_action(request: WebRequest, work: RequestWork, data: JSONBody[ActionCreate]) -> Action:
    """Ask a partner for a correction by hand; the month's value is taken from the roll-ups."""
    return await OpeningService(work, runtime_of(request).engine("network")).open(data)


@post("/network/partners/{partner_id:uuid}/letters", permission=Permission.CORRECTIVE_ACTION_DECIDE, tags=_TAGS)
@idempotent()
async def write_letter(
    request: WebRequest, work: RequestWork, partner_id: FromPath[UUID], data: JSONBody[LetterCreate]
) -> LetterWritten:
    """Write to a partner's owners about one figure."""
    service = OpeningService(work, runtime_of(request).engine("network"))
    return await service.write(partner_id, data, throttle_of(request))


@get(_ACTION, permission=Permission.CORRECTIVE_ACTION_READ, tags=_TAGS)
async def read_action(work: RequestWork, action_id: FromPath[UUID]) -> Action:
    """One action with its lines."""
    return await ActionService(work).action(action_id)


@post(f"{_ACTION}/plan", permission=Permission.CORRECTIVE_ACTION_ANSWER, status_code=200, tags=_TAGS)
@idempotent(200)
async def plan_action(
    request: WebRequest, work: RequestWork, action_id: FromPath[UUID], data: JSONBody[Plan]
) -> Action:
    """The partner plans: cause and measures."""
    return await ActionService(work).plan(action_id, data)


@post(f"{_ACTION}/start", permission=Permission.CORRECTIVE_ACTION_ANSWER, status_code=200, tags=_TAGS)
@idempotent(200)
async def start_action(request: WebRequest, work: RequestWork, action_id: FromPath[UUID]) -> Action:
    """Start the measures."""
    return await ActionService(work).start(action_id)


@post(f"{_ACTION}/progress", permission=Permission.CORRECTIVE_ACTION_ANSWER, status_code=200, tags=_TAGS)
@idempotent(200)
async def report_progress(
    request: WebRequest, work: RequestWork, action_id: FromPath[UUID], data: JSONBody[Progress]
) -> Action:
    """Add a line on the progress."""
    return await ActionService(work).report_progress(action_id, data)


@post(f"{_ACTION}/finish", permission=Permission.CORRECTIVE_ACTION_ANSWER, status_code=200, tags=_TAGS)
@idempotent(200)
async def finish_action(
    request: WebRequest, work: RequestWork, action_id: FromPath[UUID], data: JSONBody[Progress]
) -> Action:
    """Report the measures as done, for headquarters' re-check."""
    return await ActionService(work).finish(action_id, data)


@post(f"{_ACTION}/owner", permission=Permission.CORRECTIVE_ACTION_ANSWER, status_code=200, tags=_TAGS)
@idempotent(200)
async def change_owner(
    request: WebRequest, work: RequestWork, action_id: FromPath[UUID], data: JSONBody[OwnerChange]
) -> Action:
    """Another of the partner's people answers for it."""
    return await ActionService(work).change_owner(action_id, data)


@post(f"{_ACTION}/dates", permission=Permission.CORRECTIVE_ACTION_DECIDE, status_code=200, tags=_TAGS)
@idempotent(200)
async def change_dates(
    request: WebRequest, work: RequestWork, action_id: FromPath[UUID], data: JSONBody[Dates]
) -> Action:
    """Headquarters moves the due date or the re-check."""
    return await ActionService(work).change_dates(action_id, data)


@post(f"{_ACTION}/recheck", permission=Permission.CORRECTIVE_ACTION_DECIDE, status_code=200, tags=_TAGS)
@idempotent(200)
async def recheck_action(request: WebRequest, work: RequestWork, action_id: FromPath[UUID]) -> Action:
    """Judge by the last complete month's figure from the roll-ups."""
    return await ActionService(work).recheck(action_id, runtime_of(request).engine("network"))


@post(f"{_ACTION}/close", permission=Permission.CORRECTIVE_ACTION_DECIDE, status_code=200, tags=_TAGS)
@idempotent(200)
async def close_action(request: WebRequest, work: RequestWork, action_id: FromPath[UUID]) -> Action:
    """Close an effective action."""
    return await ActionService(work).close(action_id)


@post(f"{_ACTION}/open-again", permission=Permission.CORRECTIVE_ACTION_DECIDE, status_code=200, tags=_TAGS)
@idempotent(200)
async def open_action_again(
    request: WebRequest, work: RequestWork, action_id: FromPath[UUID], data: JSONBody[Dates]
) -> Action:
    """Reopen an ineffective action with new dates."""
    return await ActionService(work).open_again(action_id, data)


@post(f"{_ACTION}/cancel", permission=Permission.CORRECTIVE_ACTION_DECIDE, status_code=200, tags=_TAGS)
@idempotent(200)
async def cancel_action(
    request: WebRequest, work: RequestWork, action_id: FromPath[UUID], data: JSONBody[Cancellation]
) -> Action:
    """Cancel an action that is not needed."""
    return await ActionService(work).cancel(action_id, data)


@get("/quality-thresholds", permission=Permission.CORRECTIVE_ACTION_DECIDE, tags=_TAGS)
async def list_thresholds(work: RequestWork) -> list[Threshold]:
    """All thresholds, the active ones first."""
    return await ThresholdService(work).thresholds()


@post("/quality-thresholds", permission=Permission.CORRECTIVE_ACTION_DECIDE, tags=_TAGS)
@idempotent()
async def add_threshold(request: WebRequest, work: RequestWork, data: JSONBody[ThresholdCreate]) -> Threshold:
    """Add a threshold, effective from the next evaluation."""
    return await ThresholdService(work).add(data)


@post(
    "/quality-thresholds/{threshold_id:uuid}/retire",
    permission=Permission.CORRECTIVE_ACTION_DECIDE,
    status_code=200,
    tags=_TAGS,
)
@idempotent(200)
async def retire_threshold(request: WebRequest, work: RequestWork, threshold_id: FromPath[UUID]) -> Threshold:
    """Retire a threshold; actions that it opened go on."""
    return await ThresholdService(work).retire(threshold_id)


def throttle_of(request: WebRequest) -> Throttle:
    """What counts letters, for all processes together."""
    runtime = runtime_of(request)
    secret = runtime.settings.secret.get_secret_value().encode()
    return Throttle(runtime.redis, secret=secret, now=runtime.clock.now)


handlers = [
    *handlers_of(__name__),
    *saved_view_api(HQ_ACTIONS, "/network/corrective-actions"),
    *saved_view_api(OWN_ACTIONS, "/corrective-actions"),
]
