"""Forms of headquarters about a partner's figure: opening a corrective action, a letter to the owners."""

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath, QueryParameter

from app.platform.http.registration import handlers_of
from app.platform.http.request_work import RequestWork, runtime_of
from app.platform.http.web_request import WebRequest
from app.platform.kernel.errors import DomainError, Invalid, NotFound
from app.platform.kernel.texts import N_
from app.platform.kernel.unit_of_work import UnitOfWork
from app.platform.web.form_values import FormValues
from app.platform.web.forms import render_form, submit
from app.platform.web.pages import translator_of
from rbac import Permission
from tenants.corrective_actions.api import throttle_of
from tenants.corrective_actions.pages import BELOW_ABOVE, LONGEST, dates_of, text_of
from tenants.corrective_actions.schemas import ActionCreate, Comparison, LetterCreate, Proposal
from tenants.corrective_actions.services.opening import OpeningService
from tenants.partner_metrics import MEASURE_NAMES, Measure

ChosenMeasure = Annotated[str, QueryParameter(max_length=20)]
ChosenMonth = Annotated[str, QueryParameter(max_length=10)]
ChosenPartner = Annotated[UUID, QueryParameter(name="partner")]

_LETTER = N_(
    "您好：\n\n贵公司 %(month)s 的“%(measure)s”为 %(value)s，全网为 %(network)s。"
    "请告诉我们原因和打算，需要总部做什么也请写明。"
)


@get("/hq/corrective-actions/new", permission=Permission.CORRECTIVE_ACTION_DECIDE, include_in_schema=False)
async def new_action_page(
    request: WebRequest, work: RequestWork, partner: ChosenPartner, measure: ChosenMeasure, month: ChosenMonth
) -> Response[str]:
    """The form, filled with what is known of the figure."""
    proposal = await _service(request, work).proposal(partner, _measure(measure), _month(month))
    return _render_action_form(request, proposal, FormValues())


@post("/hq/corrective-actions", permission=Permission.CORRECTIVE_ACTION_DECIDE, include_in_schema=False)
async def open_action_by_form(request: WebRequest) -> Response[Any]:
    """Ask for the correction."""

    async def act(work: UnitOfWork, form: FormValues) -> str:
        dates = dates_of(form)
        wanted = ActionCreate(
            partner_id=_id(form["partner_id"]),
            measure=_measure(form["measure"]),
            month=_month(form["month"]),
            limit=_limit(form["limit"]),
            due_on=dates.due_on,
            recheck_on=dates.recheck_on,
            reason=text_of(form, "reason") if form["reason"].strip() else "",
        )
        return f"/hq/corrective-actions/{(await _service(request, work).open(wanted)).id}"

    async def show_again(work: UnitOfWork, form: FormValues, error: DomainError) -> Response[Any]:
        partner_id, measure, month = _id(form["partner_id"]), _measure(form["measure"]), _month(form["month"])
        proposal = await _service(request, work).proposal(partner_id, measure, month)
        return _render_action_form(request, proposal, form, error)

    return await submit(request, act, show_again)


@get("/hq/quality/{partner_id:uuid}/letter", permission=Permission.CORRECTIVE_ACTION_DECIDE, include_in_schema=False)
async def letter_page(
    request: WebRequest, work: RequestWork, partner_id: FromPath[UUID], measure: ChosenMeasure, month: ChosenMonth
) -> Response[str]:
    """A letter about one figure, begun."""
    proposal = await _service(request, work).proposal(partner_id, _measure(measure), _month(month))
    return _render_letter_form(request, proposal, FormValues())


@post("/hq/quality/{partner_id:uuid}/letter", permission=Permission.CORRECTIVE_ACTION_DECIDE, include_in_schema=False)
async def write_letter_by_form(request: WebRequest, partner_id: FromPath[UUID]) -> Response[Any]:
    """Send it."""

    async def act(work: UnitOfWork, form: FormValues) -> str:
        letter = LetterCreate(
            measure=_measure(form["measure"]), month=_month(form["month"]), text=text_of(form, "text")
        )
        await _service(request, work).write(partner_id, letter, throttle_of(request))
        return f"/hq/quality/{partner_id}?written=1"

    async def show_again(work: UnitOfWork, form: FormValues, error: DomainError) -> Response[Any]:
        measure, month = _measure(form["measure"]), _month(form["month"])
        proposal = await _service(request, work).proposal(partner_id, measure, month)
        return _render_letter_form(request, proposal, form, error)

    return await submit(request, act, show_again)


def _service(request: WebRequest, work: UnitOfWork) -> OpeningService:
    return OpeningService(work, runtime_of(request).engine("network"))


def _render_action_form(
    request: WebRequest, proposal: Proposal, values: FormValues, error: DomainError | None = None
) -> Response[str]:
    suggested = {
        "limit": f"{proposal.limit:g}",
        "due_on": proposal.due_on.isoformat(),
        "recheck_on": proposal.recheck_on.isoformat(),
        "reason": "",
    }
    return render_form(
        request,
        "corrective_actions/new.html",
        error,
        values=values.over(suggested),
        longest=LONGEST,
        **_proposal_context(request, proposal),
    )


def _render_letter_form(
    request: WebRequest, proposal: Proposal, values: FormValues, error: DomainError | None = None
) -> Response[str]:
    context = _proposal_context(request, proposal)
    suggested = translator_of(request)(
        _LETTER,
        month=context["month"],
        measure=context["measure_name"],
        value=context["value"],
        network=context["network_value"],
    )
    return render_form(
        request,
        "corrective_actions/letter.html",
        error,
        values=values.over({"text": suggested}),
        longest=LONGEST,
        **context,
    )


def _proposal_context(request: WebRequest, proposal: Proposal) -> dict[str, Any]:
    _ = translator_of(request)
    unit = "" if proposal.measure is Measure.SATISFACTION else "%"
    return {
        "proposal": proposal,
        "month": f"{proposal.month:%Y-%m}",
        "measure_name": _(MEASURE_NAMES[proposal.measure]),
        "value": f"{proposal.value:g}{unit}",
        "network_value": "–" if proposal.network_value is None else f"{proposal.network_value:g}{unit}",
        "side": _(BELOW_ABOVE[Comparison(proposal.comparison)]),
        "unit": unit,
    }


def _measure(text: str) -> Measure:
    """
    Raises:
        NotFound: no such measure: the address or the hidden field is not ours.
    """
    try:
        return Measure(text)
    except ValueError as error:
        raise NotFound from error


def _month(text: str) -> date:
    """`2026-10`, or any day of it. Raises like `_measure`."""
    try:
        return date.fromisoformat(text if len(text) > len("2026-10") else f"{text}-01")
    except ValueError as error:
        raise NotFound from error


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise NotFound from error


def _limit(text: str) -> float:
    try:
        limit = float(text)
    except ValueError as error:
        raise Invalid(fields={"limit": N_("请填写数字。")}) from error
    if not 0 <= limit <= 100:
        raise Invalid(fields={"limit": N_("这个数超出了范围。")})
    return limit


handlers = handlers_of(__name__)
