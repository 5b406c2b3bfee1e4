"""Headquarters' first page: what waits for a decision, who is out of line and what to do, a few figures."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, Final

from litestar import Response, get
from litestar.response import Redirect

from app.platform.http.registration import handlers_of
from app.platform.http.request_work import RequestWork, runtime_of
from app.platform.http.web_request import WebRequest
from app.platform.kernel.texts import N_, Translator
from app.platform.kernel.time_source import platform_day
from app.platform.kernel.unit_of_work import UnitOfWork
from app.platform.web.pages import page, translator_of
from app.portals.hq import quality_labels
from app.portals.hq.applications_pages import application_service
from app.portals.hq.decisions import decisions_of
from app.portals.hq.quality_pages import corrective_action_context, limits_of, quality_query
from app.portals.key_figures import key_figure
from rbac import Permission
from tenants.partner_metrics import (
    LESS_IS_BETTER,
    MEASURE_NAMES,
    Grain,
    Listing,
    Measure,
    NetworkQuality,
    NetworkQualityService,
    Period,
    beginning,
    preceding,
)

OUTLIERS_SHOWN: Final = 6
FIGURES: Final = (Measure.ARRIVAL, Measure.RESOLUTION, Measure.FIRST_VISIT_FIX, Measure.SATISFACTION)
SETTLING: Final = timedelta(days=7)
"""So long after its beginning a month has too few tickets to say anything; the month before is shown."""


@get("/hq", permission=Permission.NETWORK_QUALITY_READ, include_in_schema=False)
async def today_page(request: WebRequest, work: RequestWork) -> Response[Any]:
    """The first page; an address with a period is one of before, when the network's quality stood here."""
    if request.scope["query_string"]:
        return Redirect(f"/hq/quality?{request.scope['query_string'].decode('latin-1')}")
    _ = translator_of(request)
    period = _settled_month(work)
    service = NetworkQualityService(work, runtime_of(request).engine("network"))
    quality = await service.of_network(period, Listing(limit=OUTLIERS_SHOWN))
    outliers = [each for each in quality.partners if each.concerns]
    limits = await limits_of(work)
    attainment, tickets = quality_labels.trend_charts(quality.trend, period, limits, _)[:2]
    return page(
        request,
        "hq/today.html",
        fragment="now",
        queue=await decisions_of(work, application_service(request, work), _),
        outliers=outliers,
        more_outliers=quality.outliers - len(outliers),
        figures=_figures(quality, limits, _),
        summary=quality_labels.summary_sentence(quality, period, _),
        charts=[attainment, tickets],
        labels=quality_labels.labels_of(period.grain, quality.trend[quality_labels.periods_with_data(quality.trend)]),
        partner_query=quality_query(period),
        **await corrective_action_context(work, [each.partner.id for each in outliers], period),
        **quality_labels.period_context(period, _),
    )


def _settled_month(work: UnitOfWork) -> Period:
    """The present month, or the one before while this one has hardly begun."""
    today = platform_day(work.now)
    month = beginning(Grain.MONTH, today)
    if today - month < SETTLING:
        month = preceding(Grain.MONTH, month)
    return Period(Grain.MONTH, month, month)


def _figures(quality: NetworkQuality, limits: Mapping[Measure, float], _: Translator) -> list[dict[str, Any]]:
    """Figures with their target, and the months before as a small line."""
    drawn = quality.trend[quality_labels.periods_with_data(quality.trend)]
    found = []
    for measure in FIGURES:
        now = quality_labels.value_of(quality.network, measure)
        figure = key_figure(
            _(MEASURE_NAMES[measure]),
            now,
            quality_labels.value_of(quality.before, measure),
            "/ 5" if measure is Measure.SATISFACTION else "%",
            better_up=measure not in LESS_IS_BETTER,
        )
        months: Sequence[float | None] = [quality_labels.value_of(step.measures, measure) for step in drawn]
        found.append({**figure, "sentence": _target_sentence(now, limits.get(measure), _), "months": months})
    return found


def _target_sentence(now: float | None, target: float | None, _: Translator) -> str:
    if target is None:
        return _(N_("没有定目标"))
    if now is None or now >= target:
        return _(N_("目标 %(target)s"), target=f"{target:g}")
    return _(N_("目标 %(target)s，还差 %(missing)s"), target=f"{target:g}", missing=f"{target - now:.3g}")


handlers = handlers_of(__name__)
