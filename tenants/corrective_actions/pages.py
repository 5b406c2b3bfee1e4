"""Corrective actions as pages: one list and one page for both sides, and headquarters' thresholds."""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any, Final
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath

from app.platform.http.authentication import actor_of
from app.platform.http.registration import handlers_of
from app.platform.http.request_work import RequestWork, runtime_of
from app.platform.http.web_request import WebRequest
from app.platform.kernel.actor import HQ_TENANT_ID
from app.platform.kernel.errors import DomainError, Invalid
from app.platform.kernel.texts import N_
from app.platform.kernel.unit_of_work import UnitOfWork
from app.platform.lists.web_interface import list_handlers, list_page
from app.platform.web.form_fields import fields_of
from app.platform.web.form_values import FormValues
from app.platform.web.forms import render_form, submit
from app.platform.web.pages import translator_of
from rbac import Permission
from tenants.corrective_actions.lifecycle import STATE_NAMES, ActionState
from tenants.corrective_actions.listing import HQ_ACTIONS, OWN_ACTIONS
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


@get(
    ["/hq/corrective-actions", "/workspace/corrective-actions"],
    permission=Permission.CORRECTIVE_ACTION_READ,
    include_in_schema=False,
)
async def actions_page(request: WebRequest, work: RequestWork) -> Response[Any]:
    """The list: what goes on first."""
    listing = HQ_ACTIONS if work.tenant_id == HQ_TENANT_ID else OWN_ACTIONS
    return await list_page(request, work, listing, "corrective_actions/list.html", **_vocabulary(request))


@get(
    ["/hq/corrective-actions/{action_id:uuid}", "/workspace/corrective-actions/{action_id:uuid}"],
    permission=Permission.CORRECTIVE_ACTION_READ,
    include_in_schema=False,
)
async def action_page(request: WebRequest, work: RequestWork, action_id: FromPath[UUID]) -> Response[str]:
    """One action, and what the reader may do about it."""
    return await _render_action(request, action_id, work)


Step = Callable[[ActionService, FormValues], Awaitable[Action]]


@post(
    "/workspace/corrective-actions/{action_id:uuid}/{step:str}",
    permission=Permission.CORRECTIVE_ACTION_ANSWER,
    include_in_schema=False,
)
async def answer(request: WebRequest, action_id: FromPath[UUID], step: FromPath[str]) -> Response[Any]:
    """The partner's steps."""
    steps: dict[str, Step] = {
        "plan": lambda service, form: service.plan(
            action_id, Plan(text_of(form, "cause"), text_of(form, "planned_measures"))
        ),
        "start": lambda service, _: service.start(action_id),
        "progress": lambda service, form: service.report_progress(action_id, Progress(text_of(form, "text"))),
        "finish": lambda service, form: service.finish(action_id, Progress(text_of(form, "text"))),
        "owner": lambda service, form: service.change_owner(action_id, OwnerChange(_id(form["membership_id"]))),
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
        "dates": lambda service, form: service.change_dates(action_id, dates_of(form)),
        "recheck": lambda service, _: service.recheck(action_id, engine),
        "close": lambda service, _: service.close(action_id),
        "open-again": lambda service, form: service.open_again(action_id, dates_of(form)),
        "cancel": lambda service, form: service.cancel(action_id, Cancellation(text_of(form, "reason"))),
    }
    return await _take(request, action_id, steps.get(step))


@get("/hq/quality-thresholds", permission=Permission.CORRECTIVE_ACTION_DECIDE, include_in_schema=False)
async def thresholds_page(request: WebRequest, work: RequestWork) -> Response[str]:
    """The thresholds, and the form for another."""
    return await _render_thresholds(request, work, FormValues())


@post("/hq/quality-thresholds", permission=Permission.CORRECTIVE_ACTION_DECIDE, include_in_schema=False)
async def add_threshold_by_form(request: WebRequest) -> Response[Any]:
    """Add a threshold."""

    async def act(work: UnitOfWork, form: FormValues) -> str:
        await ThresholdService(work).add(form.read(ThresholdCreate))
        return "/hq/quality-thresholds"

    return await submit(request, act, partial(_render_thresholds, request))


@post(
    "/hq/quality-thresholds/{threshold_id:uuid}/retire",
    permission=Permission.CORRECTIVE_ACTION_DECIDE,
    include_in_schema=False,
)
async def retire_threshold_by_form(request: WebRequest, threshold_id: FromPath[UUID]) -> Response[Any]:
    """Retire a threshold."""

    async def act(work: UnitOfWork, _: FormValues) -> str:
        await ThresholdService(work).retire(threshold_id)
        return "/hq/quality-thresholds"

    return await submit(request, act)


def home_of(request: WebRequest) -> str:
    """The list on the reader's side."""
    return f"{'/hq' if actor_of(request).tenant_id == HQ_TENANT_ID else '/workspace'}/corrective-actions"


async def _take(request: WebRequest, action_id: UUID, step: Step | None) -> Response[Any]:

    async def act(work: UnitOfWork, form: FormValues) -> str:
        service = ActionService(work)
        await service.action(action_id)
        if step is None:
            raise Invalid
        await step(service, form)
        return f"{home_of(request)}/{action_id}"

    return await submit(request, act, partial(_render_action, request, action_id))


async def _render_action(
    request: WebRequest,
    action_id: UUID,
    work: UnitOfWork,
    values: FormValues | None = None,
    error: DomainError | None = None,
) -> Response[str]:
    service = ActionService(work)
    action = await service.action(action_id)
    candidates = await service.candidates() if work.actor.may(Permission.CORRECTIVE_ACTION_ANSWER) else []
    return render_form(
        request,
        "corrective_actions/action.html",
        error,
        action=action,
        values=(values or FormValues()).over(FormValues.of(action, membership_id=action.owner_membership_id)),
        candidates=[(str(each.membership_id), each.name) for each in candidates],
        **_vocabulary(request),
    )


async def _render_thresholds(
    request: WebRequest, work: UnitOfWork, values: FormValues, error: DomainError | None = None
) -> Response[str]:
    _ = translator_of(request)
    return render_form(
        request,
        "corrective_actions/thresholds.html",
        error,
        thresholds=await ThresholdService(work).thresholds(),
        values=values.over(
            {
                "measure": Measure.RESOLUTION,
                "comparison": Comparison.BELOW,
                "limit": "90",
                "fewest_cases": FEWEST_CASES,
                "months": "1",
                "due_days": "14",
                "recheck_days": "35",
            }
        ),
        fields=fields_of(ThresholdCreate),
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


def text_of(form: FormValues, name: str) -> str:
    """
    Raises:
        Invalid: nothing was written, or too much.
    """
    words = form[name].strip()
    if not 0 < len(words) <= LONGEST:
        raise Invalid(fields={name: _TEXT_MISSING if not words else N_("太长了，最多 2000 字。")})
    return words


LONGEST: Final = 2_000


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise Invalid(fields={"membership_id": N_("请选择本公司在职的人。")}) from error


def dates_of(form: FormValues) -> Dates:
    """
    Raises:
        Invalid: naming the field that is no date.
    """
    return form.read(Dates)


handlers = [*handlers_of(__name__), *list_handlers(HQ_ACTIONS), *list_handlers(OWN_ACTIONS)]
