"""Quality figures for headquarters: all partners, outliers first; one partner; two compared."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Any
from urllib.parse import urlencode
from uuid import UUID

from litestar import Response, get
from litestar.params import FromPath, QueryParameter

from app.platform.http.registration import handlers_of
from app.platform.http.request_work import RequestWork, runtime_of
from app.platform.http.web_request import WebRequest
from app.platform.kernel.errors import Invalid
from app.platform.kernel.texts import N_, Translator
from app.platform.kernel.time_source import platform_day
from app.platform.kernel.unit_of_work import UnitOfWork
from app.platform.web.pages import page, translator_of
from app.portals.hq import quality_labels
from rbac import Permission
from tenants.corrective_actions import ActionService, ThresholdService
from tenants.partner_metrics import (
    LESS_IS_BETTER,
    MEASURE_NAMES,
    OUTLIERS,
    TICKETS,
    Direction,
    Grain,
    Listing,
    Measure,
    NetworkQualityService,
    PartnerComparison,
    PartnerQuality,
    PartnerView,
    Period,
    beginning,
    label,
    preceding,
)

ChosenGrain = Annotated[str, QueryParameter(name="grain", max_length=8)]
First = Annotated[str, QueryParameter(name="from", max_length=10)]
Last = Annotated[str, QueryParameter(name="to", max_length=10)]
Sort = Annotated[str, QueryParameter(max_length=20)]
Order = Annotated[str, QueryParameter(name="order", max_length=5)]
PageNumber = Annotated[int, QueryParameter(name="page", ge=1, le=100_000)]
LetterSent = Annotated[int, QueryParameter(ge=0, le=1)]
ChosenPartner = Annotated[str, QueryParameter(max_length=36)]

PARTNERS_PER_PAGE = 25
"""Partners per page of the ranking; outliers are on the first."""
CHOICES = {Grain.MONTH: 24, Grain.QUARTER: 12}
"""How many past periods are offered; days are picked from a calendar."""


@get("/hq/quality", permission=Permission.NETWORK_QUALITY_READ, include_in_schema=False)
async def network_page(
    *,
    request: WebRequest,
    work: RequestWork,
    grain: ChosenGrain = "",
    first: First = "",
    last: Last = "",
    sort: Sort = OUTLIERS,
    order: Order = Direction.BEST,
    number: PageNumber = 1,
) -> Response[str]:
    """The figures of the whole network and the ranking of partners."""
    service, _ = _service(request, work), translator_of(request)
    period = service.period(grain, first, last)
    listing = Listing.of(sort, order, (number - 1) * PARTNERS_PER_PAGE, PARTNERS_PER_PAGE)
    quality = await service.of_network(period, listing)
    shown = listing.offset + len(quality.partners)
    return page(
        request,
        "hq/quality.html",
        quality=quality,
        listing=listing,
        summary=quality_labels.summary_sentence(quality, period, _),
        figures=quality_labels.figures_of(quality.network, quality.before, _),
        labels=quality_labels.labels_of(period.grain, quality.trend[quality_labels.periods_with_data(quality.trend)]),
        charts=quality_labels.trend_charts(quality.trend, period, await limits_of(work), _),
        columns=_columns(period, listing, _),
        outliers_href=_address("/hq/quality", period),
        comparison_href=_address("/hq/quality-comparison", period),
        partner_query=quality_query(period),
        count=_(N_("%(count)s 家服务商"), count=quality.count),
        **await corrective_action_context(
            work, [each.partner.id for each in quality.partners if each.concerns], period
        ),
        next_href=_page_address(period, listing, number + 1) if shown < quality.count else "",
        previous_href=_page_address(period, listing, number - 1) if number > 1 else "",
        **_choice(period, work, _),
    )


@get("/hq/quality/{partner_id:uuid}", permission=Permission.NETWORK_QUALITY_READ, include_in_schema=False)
async def partner_quality_page(
    *,
    request: WebRequest,
    work: RequestWork,
    partner_id: FromPath[UUID],
    grain: ChosenGrain = "",
    first: First = "",
    last: Last = "",
    letter_sent: LetterSent = 0,
) -> Response[str]:
    """One partner's figures by period, compared with the network's."""
    service, _ = _service(request, work), translator_of(request)
    period = service.period(grain, first, last)
    quality = await service.of_partner(partner_id, period)
    with_data = quality_labels.periods_with_data(quality.steps, quality.network)
    steps, network = quality.steps[with_data], quality.network[with_data]
    return page(
        request,
        "hq/quality_partner.html",
        quality=quality,
        figures=quality_labels.figures_of(quality.measures, quality.before, _),
        steps=steps,
        labels=quality_labels.labels_of(period.grain, steps),
        charts=quality_labels.measure_charts(
            {_(N_("本服务商")): steps, _(N_("全网")): network}, await limits_of(work), _
        ),
        step_labels=[label(period.grain, each.first_day) for each in steps],
        network_href=_address("/hq/quality", period),
        comparison_href=_address("/hq/quality-comparison", period, one=str(partner_id)),
        letter_sent=letter_sent,
        **await corrective_action_context(work, [partner_id] if quality.concerns else [], period),
        **_choice(period, work, _),
    )


@get("/hq/quality-comparison", permission=Permission.NETWORK_QUALITY_READ, include_in_schema=False)
async def comparison_page(
    *,
    request: WebRequest,
    work: RequestWork,
    one: ChosenPartner = "",
    other: ChosenPartner = "",
    grain: ChosenGrain = "",
    first: First = "",
    last: Last = "",
) -> Response[str]:
    """The figures of two partners compared."""
    service, _ = _service(request, work), translator_of(request)
    period = service.period(grain, first, last)
    comparison = await service.compared(_id(one), _id(other), period) if one and other else None
    drawn = {} if comparison is None else _compared(comparison, period, await limits_of(work), _)
    return page(
        request,
        "hq/quality_comparison.html",
        current_page="quality",
        partners=_partner_choices(await service.partners()),
        one=one,
        other=other,
        comparison=comparison,
        network_href=_address("/hq/quality", period),
        partner_query=quality_query(period),
        **drawn,
        **_choice(period, work, _),
    )


def _service(request: WebRequest, work: UnitOfWork) -> NetworkQualityService:
    return NetworkQualityService(work, runtime_of(request).engine("network"))


async def limits_of(work: UnitOfWork) -> quality_labels.Limits:
    """The thresholds by measure; empty for actors who may not read them."""
    return await ThresholdService(work).limits() if work.actor.may(Permission.CORRECTIVE_ACTION_READ) else {}


async def corrective_action_context(work: UnitOfWork, partner_ids: Sequence[UUID], period: Period) -> dict[str, Any]:
    """Context of the corrective action links: the month that an action would refer to (the period's last one that has
    begun), and the ongoing actions by partner and measure."""
    may_read = work.actor.may(Permission.CORRECTIVE_ACTION_READ)
    found = await ActionService(work).going_on(partner_ids) if partner_ids and may_read else []
    month = beginning(Grain.MONTH, min(period.end, max(period.first, platform_day(work.now))))
    return {
        "action_month": label(Grain.MONTH, month),
        "going_on": {(each.partner_id, each.measure): each for each in found},
    }


def _compared(
    comparison: PartnerComparison, period: Period, limits: quality_labels.Limits, _: Translator
) -> dict[str, Any]:
    one, other = comparison.one, comparison.other
    with_data = quality_labels.periods_with_data(one.steps, other.steps, one.network)
    rows = {
        one.partner.name: one.steps[with_data],
        other.partner.name: other.steps[with_data],
        _(N_("全网")): one.network[with_data],
    }
    return {
        "labels": quality_labels.labels_of(period.grain, one.steps[with_data]),
        "charts": quality_labels.measure_charts(rows, limits, _),
        "better": {measure: _better(one, other, measure) for measure in Measure},
    }


def _better(one: PartnerQuality, other: PartnerQuality, measure: Measure) -> str:
    """`one` or `other`; empty where they are equal or either has too few cases."""
    if measure in one.too_few or measure in other.too_few:
        return ""
    first, second = quality_labels.value_of(one.measures, measure), quality_labels.value_of(other.measures, measure)
    if first is None or second is None or first == second:
        return ""
    return "one" if (first > second) is (measure not in LESS_IS_BETTER) else "other"


def _partner_choices(partners: Sequence[PartnerView]) -> list[tuple[str, str]]:
    return [(str(partner.id), partner.name) for partner in partners]


def _columns(period: Period, listing: Listing, _: Translator) -> list[dict[str, Any]]:
    """The columns of the ranking; each heading sorts, the active one reverses the order."""

    def sorting(key: str) -> dict[str, Any]:
        chosen = listing.sort == key
        turned = Direction.WORST if chosen and listing.direction is Direction.BEST else Direction.BEST
        arrow = "" if not chosen else " ↓" if listing.direction is Direction.BEST else " ↑"
        return {"sort": _address("/hq/quality", period, sort=key, order=turned), "number": True, "arrow": arrow}

    def head(key: str, name: str) -> dict[str, Any]:
        made = sorting(key)
        return {**made, "label": f"{name}{made['arrow']}"}

    return [
        {"label": _(N_("服务商"))},
        {"label": _(N_("需要留意"))},
        head(TICKETS, _(N_("服务单"))),
        *(head(measure, _(name)) for measure, name in MEASURE_NAMES.items()),
    ]


def _choice(period: Period, work: UnitOfWork, _: Translator) -> dict[str, Any]:
    """The context of the period form with its options."""
    return {**quality_labels.period_context(period, _), "choices": _choices(period, platform_day(work.now))}


def _choices(period: Period, today: date) -> list[str]:
    """Labels of the periods on offer, latest first, the chosen ones included; none for days."""
    if period.grain is Grain.DAY:
        return []
    step = beginning(period.grain, max(period.last, today))
    steps = {period.first, period.last}
    for _ in range(CHOICES[period.grain]):
        steps.add(step)
        step = preceding(period.grain, step)
    return [label(period.grain, each) for each in sorted(steps, reverse=True)]


def quality_query(period: Period, **more: str) -> str:
    stretch = {
        "grain": str(period.grain),
        "from": label(period.grain, period.first),
        "to": label(period.grain, period.last),
    }
    return urlencode({**stretch, **more})


def _address(path: str, period: Period, **more: str) -> str:
    return f"{path}?{quality_query(period, **more)}"


def _page_address(period: Period, listing: Listing, number: int) -> str:
    return _address("/hq/quality", period, sort=listing.sort, order=str(listing.direction), page=str(number))


def _id(text: str) -> UUID:
    """
    Raises:
        Invalid: it is no id.
    """
    try:
        return UUID(text)
    except ValueError as error:
        raise Invalid(fields={"one": N_("请选择两家服务商。")}) from error


handlers = handlers_of(__name__)
