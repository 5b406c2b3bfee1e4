"""Corrective actions as pages: one list and one page for both sides, and headquarters' thresholds."""

from collections.abc import Awaitable, Callable
from datetime import date
from typing import Annotated, Any, Final
from urllib.parse import urlencode
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath, QueryParameter

from app.platform.http.authentication import actor_of
from app.platform.http.pagination import DEFAULT_LIMIT, Cursor
from app.platform.http.request_context import origin_of
from app.platform.http.request_work import RequestWork, runtime_of
from app.platform.http.web_request import WebRequest
from app.platform.kernel.actor import HQ_TENANT_ID
from app.platform.kernel.errors import DomainError, Invalid
from app.platform.kernel.texts import N_
from app.platform.kernel.unit_of_work import UnitOfWork
from app.platform.web.forms import form_fields, render_form
from app.platform.web.pages import page, see_other, translator_of
from rbac import Permission
from tenants.corrective_actions.api import before_of
from tenants.corrective_actions.lifecycle import STATE_NAMES, ActionState
from tenants.corrective_actions.schemas import (
    Action,
    Cancellation,
    Comparison,
    Dates,
    OwnerChange,
    Plan,
    Progress,
    ThresholdCreate,
)
from tenants.corrective_actions.services.actions import ActionService
from tenants.corrective_actions.services.thresholds import ThresholdService
from tenants.partner_metrics import FEWEST_CASES, LESS_IS_BETTER, MEASURE_NAMES, Measure

ChosenState = Annotated[str, QueryParameter(name="state", max_length=12)]
Place = Annotated[str, QueryParameter(max_length=120)]

GOING_ON: Final = "going_on"
TONES: Final = {
    ActionState.OPEN: "bad",
    ActionState.PLANNED: "waiting",
    ActionState.IN_PROGRESS: "active",
    ActionState.DONE: "info",
    ActionState.EFFECTIVE: "good",
    ActionState.INEFFECTIVE: "bad",
    ActionState.CLOSED: "good",
    ActionState.CANCELLED: "neutral",
}
LINE_LABELS: Final = {
    "opened": N_("开了整改单"),
    "breached_again": N_("又一个月没有达标"),
    "owner": N_("负责人"),
    "progress": N_("进展"),
    "due": N_("改了日期（完成期限 / 复查）"),
    "plan": N_("制定了措施"),
    "start": N_("开始整改"),
    "finish": N_("完成整改"),
    "confirm": N_("复查有效"),
    "reject": N_("复查无效"),
    "close": N_("关闭"),
    "open_again": N_("重新打开"),
    "cancel": N_("取消"),
}
BELOW_ABOVE: Final = {Comparison.BELOW: N_("低于"), Comparison.ABOVE: N_("高于")}
_TEXT_MISSING: Final = N_("请写几句。")
_FIELDS: Final = ("cause", "planned_measures", "text", "reason", "membership_id", "due_on", "recheck_on")


@get(
    ["/hq/corrective-actions", "/workspace/corrective-actions"],
    permission=Permission.CORRECTIVE_ACTION_READ,
    include_in_schema=False,
)
async def actions_page(
    request: WebRequest, work: RequestWork, chosen_state: ChosenState = GOING_ON, cursor: Place = ""
) -> Response[str]:
    """The list."""
    state = "" if chosen_state == "all" else chosen_state
    found = await ActionService(work).actions(state=state, before=before_of(cursor), limit=DEFAULT_LIMIT + 1)
    shown = found[:DEFAULT_LIMIT]
    next_href = ""
    if len(found) > DEFAULT_LIMIT:
        place = Cursor(shown[-1].opened_at, shown[-1].id).encode()
        next_href = f"{home_of(request)}?{urlencode({'state': chosen_state, 'cursor': place})}"
    return page(
        request,
        "corrective_actions/list.html",
        actions=shown,
        chosen_state=chosen_state,
        next_href=next_href,
        **_vocabulary(request),
    )


@get(
    ["/hq/corrective-actions/{action_id:uuid}", "/workspace/corrective-actions/{action_id:uuid}"],
    permission=Permission.CORRECTIVE_ACTION_READ,
    include_in_schema=False,
)
async def action_page(request: WebRequest, work: RequestWork, action_id: FromPath[UUID]) -> Response[str]:
    """One action, and what the reader may do about it."""
    return await _render_action(request, work, action_id, None, {})


Step = Callable[[ActionService, dict[str, str]], Awaitable[Action]]


@post(
    "/workspace/corrective-actions/{action_id:uuid}/{step:str}",
    permission=Permission.CORRECTIVE_ACTION_ANSWER,
    include_in_schema=False,
)
async def answer(request: WebRequest, action_id: FromPath[UUID], step: FromPath[str]) -> Response[Any]:
    """The partner's steps."""
    steps: dict[str, Step] = {
        "plan": lambda service, given: service.plan(
            action_id, Plan(text_of(given, "cause"), text_of(given, "planned_measures"))
        ),
        "start": lambda service, _: service.start(action_id),
        "progress": lambda service, given: service.report_progress(action_id, Progress(text_of(given, "text"))),
        "finish": lambda service, given: service.finish(action_id, Progress(text_of(given, "text"))),
        "owner": lambda service, given: service.change_owner(action_id, OwnerChange(_id(given["membership_id"]))),
    }
    return await _take(request, action_id, steps.get(step))


@post(
    "/hq/corrective-actions/{action_id:uuid}/{step:str}",
    permission=Permission.CORRECTIVE_ACTION_DECIDE,
    include_in_schema=False,
)
async def decide(request: WebRequest, action_id: FromPath[UUID], step: FromPath[str]) -> Response[Any]:
    """Headquarters' steps."""
    engine = runtime_of(request).engine("network")
    steps: dict[str, Step] = {
        "dates": lambda service, given: service.change_dates(action_id, dates_of(given)),
        "recheck": lambda service, _: service.recheck(action_id, engine),
        "close": lambda service, _: service.close(action_id),
        "open-again": lambda service, given: service.open_again(action_id, dates_of(given)),
        "cancel": lambda service, given: service.cancel(action_id, Cancellation(text_of(given, "reason"))),
    }
    return await _take(request, action_id, steps.get(step))


@get("/hq/quality-thresholds", permission=Permission.CORRECTIVE_ACTION_DECIDE, include_in_schema=False)
async def thresholds_page(request: WebRequest, work: RequestWork) -> Response[str]:
    """The thresholds, and the form for another."""
    return await _render_thresholds(request, work, None, {})


@post("/hq/quality-thresholds", permission=Permission.CORRECTIVE_ACTION_DECIDE, include_in_schema=False)
async def add_threshold_by_form(request: WebRequest) -> Response[Any]:
    """Add a threshold."""
    given = await form_fields(
        request, "measure", "comparison", "limit", "fewest_cases", "months", "due_days", "recheck_days"
    )
    units_of_work, actor, origin = runtime_of(request).units_of_work, actor_of(request), origin_of(request)
    try:
        async with units_of_work.begin(actor, origin) as work:
            await ThresholdService(work).add(_threshold(given))
    except DomainError as error:
        async with units_of_work.begin(actor, origin) as work:
            return await _render_thresholds(request, work, error, given)
    return see_other(request, "/hq/quality-thresholds")


@post(
    "/hq/quality-thresholds/{threshold_id:uuid}/retire",
    permission=Permission.CORRECTIVE_ACTION_DECIDE,
    include_in_schema=False,
)
async def retire_threshold_by_form(
    request: WebRequest, work: RequestWork, threshold_id: FromPath[UUID]
) -> Response[Any]:
    """Retire a threshold."""
    await ThresholdService(work).retire(threshold_id)
    return see_other(request, "/hq/quality-thresholds")


def home_of(request: WebRequest) -> str:
    """The list on the reader's side."""
    return f"{'/hq' if actor_of(request).tenant_id == HQ_TENANT_ID else '/workspace'}/corrective-actions"


async def _take(request: WebRequest, action_id: UUID, step: Step | None) -> Response[Any]:
    given = await form_fields(request, *_FIELDS)
    units_of_work, actor, origin = runtime_of(request).units_of_work, actor_of(request), origin_of(request)
    try:
        async with units_of_work.begin(actor, origin) as work:
            service = ActionService(work)
            await service.action(action_id)
            if step is None:
                raise Invalid
            await step(service, given)
    except DomainError as error:
        async with units_of_work.begin(actor, origin) as work:
            return await _render_action(request, work, action_id, error, given)
    return see_other(request, f"{home_of(request)}/{action_id}")


async def _render_action(
    request: WebRequest, work: UnitOfWork, action_id: UUID, error: DomainError | None, given: dict[str, str]
) -> Response[str]:
    service = ActionService(work)
    action = await service.action(action_id)
    candidates = await service.candidates() if work.actor.may(Permission.CORRECTIVE_ACTION_ANSWER) else []
    return render_form(
        request,
        "corrective_actions/action.html",
        error,
        action=action,
        given={
            "cause": action.cause,
            "planned_measures": action.planned_measures,
            "due_on": action.due_on.isoformat(),
            "recheck_on": action.recheck_on.isoformat(),
            "membership_id": str(action.owner_membership_id or ""),
            **{name: words for name, words in given.items() if words},
        },
        candidates=[(str(each.membership_id), each.name) for each in candidates],
        **_vocabulary(request),
    )


async def _render_thresholds(
    request: WebRequest, work: UnitOfWork, error: DomainError | None, given: dict[str, str]
) -> Response[str]:
    _ = translator_of(request)
    return render_form(
        request,
        "corrective_actions/thresholds.html",
        error,
        thresholds=await ThresholdService(work).thresholds(),
        given={
            "measure": Measure.RESOLUTION,
            "comparison": Comparison.BELOW,
            "limit": "90",
            "fewest_cases": str(FEWEST_CASES),
            "months": "1",
            "due_days": "14",
            "recheck_days": "35",
            **given,
        },
        measures=[(measure, _(name)) for measure, name in MEASURE_NAMES.items()],
        comparisons=[(each, _(words)) for each, words in BELOW_ABOVE.items()],
        **_vocabulary(request),
    )


def _vocabulary(request: WebRequest) -> dict[str, Any]:
    return {
        "home": home_of(request),
        "measure_names": MEASURE_NAMES,
        "state_names": STATE_NAMES,
        "tones": TONES,
        "line_words": LINE_LABELS,
        "below_above": BELOW_ABOVE,
        "less_is_better": LESS_IS_BETTER,
        "unit_of": lambda measure: "" if measure == Measure.SATISFACTION else "%",
    }


def _threshold(given: dict[str, str]) -> ThresholdCreate:
    """
    Raises:
        Invalid: naming the fields that are none.
    """
    wanted: dict[str, Any] = {"measure": given["measure"], "comparison": given["comparison"]}
    faults = {}
    for name in ("limit", "fewest_cases", "months", "due_days", "recheck_days"):
        try:
            wanted[name] = float(given[name]) if name == "limit" else int(given[name])
        except ValueError:
            faults[name] = N_("请填写数字。")
    if faults:
        raise Invalid(fields=faults)
    try:
        return msgspec.convert(wanted, ThresholdCreate)
    except msgspec.ValidationError as error:
        field = str(error).rpartition("$.")[2].rstrip("`")
        raise Invalid(fields={field: N_("这个数超出了范围。")}) from error


def text_of(given: dict[str, str], name: str) -> str:
    """
    Raises:
        Invalid: nothing was written, or too much.
    """
    words = given[name].strip()
    if not 0 < len(words) <= LONGEST:
        raise Invalid(fields={name: _TEXT_MISSING if not words else N_("太长了，最多 2000 字。")})
    return words


LONGEST: Final = 2_000


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise Invalid(fields={"membership_id": N_("请选择本公司在职的人。")}) from error


def dates_of(given: dict[str, str]) -> Dates:
    """
    Raises:
        Invalid: naming the field that is no date.
    """
    found = {}
    for name in ("due_on", "recheck_on"):
        try:
            found[name] = date.fromisoformat(given[name])
        except ValueError as error:
            raise Invalid(fields={name: N_("请选择日期。")}) from error
    return Dates(**found)


handlers = [
    actions_page,
    action_page,
    answer,
    decide,
    thresholds_page,
    add_threshold_by_form,
    retire_threshold_by_form,
]
