"""Headquarters' page of the network's quality: every partner's month, outliers first, and one partner's months."""

from collections.abc import Sequence
from typing import Annotated, Any
from uuid import UUID

from litestar import Request, Response, get
from litestar.params import FromPath, QueryParameter

from app.faces.figures import figure_of
from app.http.work import RequestWork, runtime_of
from app.kernel.texts import N_, Translator
from app.kernel.work import UnitOfWork
from app.web.charts import Series
from app.web.pages import page, speaker
from rbac import Permission
from tenants.network import (
    Concern,
    Kept,
    Measure,
    Measures,
    Month,
    NetworkQuality,
    NetworkQualityService,
    month_from,
)

Asked = Request[Any, Any, Any]
ChosenMonth = Annotated[str, QueryParameter(name="month", max_length=7)]

MEASURE_NAMES = {
    Measure.RESPONSE: N_("按时响应"),
    Measure.ARRIVAL: N_("按时到场"),
    Measure.RESOLUTION: N_("按时解决"),
    Measure.REOPENED: N_("重开率"),
    Measure.SATISFACTION: N_("满意度"),
}
_KEPT = (Measure.RESPONSE, Measure.ARRIVAL, Measure.RESOLUTION)


@get("/hq", permission=Permission.NETWORK_QUALITY_READ, include_in_schema=False)
async def network_page(request: Asked, work: RequestWork, month: ChosenMonth = "") -> Response[str]:
    """The network on one page."""
    service, _ = _service(request, work), speaker(request)
    quality = await service.of_month(month_from(month))
    months = [each.month.strftime("%Y-%m") for each in quality.trend]
    return page(
        request,
        "hq/quality.html",
        quality=quality,
        shown=f"{quality.month:%Y-%m}",
        months=[f"{each:%Y-%m}" for each in await service.months()],
        lead=lead_of(quality, _),
        figures=figures_of(quality.trend, _),
        labels=months,
        sentences=sentences_of(quality.trend, _),
        **_drawn(quality.trend, _),
    )


@get("/hq/quality/{partner_id:uuid}", permission=Permission.NETWORK_QUALITY_READ, include_in_schema=False)
async def partner_quality_page(request: Asked, work: RequestWork, partner_id: FromPath[UUID]) -> Response[str]:
    """One partner's numbers by month, beside the network's."""
    _ = speaker(request)
    quality = await _service(request, work).of_partner(partner_id)
    return page(
        request,
        "hq/quality_partner.html",
        quality=quality,
        figures=figures_of(quality.months, _),
        labels=[f"{each.month:%y-%m}" for each in quality.months],
        beside=beside(quality.months, quality.network, _),
        words_of=lambda concern: concern_words(concern, _),
        measure_names=MEASURE_NAMES,
    )


def _service(request: Asked, work: UnitOfWork) -> NetworkQualityService:
    return NetworkQualityService(work, runtime_of(request).engine("network"))


def _drawn(trend: Sequence[Month], _: Translator) -> dict[str, Any]:
    return {
        "attainment": [
            Series(_(MEASURE_NAMES[kind]), [getattr(each.measures, kind).percent for each in trend]) for kind in _KEPT
        ],
        "volume": [Series(_(N_("服务单")), [each.measures.tickets for each in trend])],
        "reopened": [Series(_(MEASURE_NAMES[Measure.REOPENED]), [each.measures.reopened_percent for each in trend])],
        "satisfaction": [
            Series(_(MEASURE_NAMES[Measure.SATISFACTION]), [each.measures.satisfaction for each in trend])
        ],
        "words_of": lambda concern: concern_words(concern, _),
        "measure_names": MEASURE_NAMES,
    }


def lead_of(quality: NetworkQuality, _: Translator) -> str:
    """The month in one breath: how much, how well against last month, who needs a look."""
    now, before = quality.trend[-1].measures, quality.trend[-2].measures
    if not now.tickets:
        return _(N_("这个月还没有服务单。"))
    said = [_(N_("全网 %(tickets)s 张服务单。"), tickets=now.tickets)]
    if now.resolution.percent is not None:
        said.append(
            _(
                N_("按时解决 %(percent)s%%，%(change)s。"),
                percent=now.resolution.percent,
                change=_change(now.resolution, before.resolution, _),
            )
        )
    out = sum(1 for each in quality.partners if each.concerns)
    said.append(_(N_("%(count)s 家服务商需要留意。"), count=out) if out else _(N_("没有服务商明显落后。")))
    return "".join(said)


def _change(now: Kept, before: Kept, _: Translator) -> str:
    if now.percent is None or before.percent is None:
        return _(N_("上月没有可比的数"))
    points = round(now.percent - before.percent, 1)
    if points == 0:
        return _(N_("和上月持平"))
    if points > 0:
        return _(N_("比上月高 %(points)s 个百分点"), points=points)
    return _(N_("比上月低 %(points)s 个百分点"), points=-points)


def sentences_of(trend: Sequence[Month], _: Translator) -> dict[str, str]:
    """What each chart of the trend says in words."""
    now, before = trend[-1].measures, trend[-2].measures
    return {
        "attainment": _change(now.resolution, before.resolution, _),
        "volume": _(N_("上月 %(before)s 张，这个月 %(now)s 张。"), before=before.tickets, now=now.tickets),
        "reopened": _(N_("%(solved)s 张解决过的单，%(back)s 张又打开。"), solved=now.resolved, back=now.reopened),
        "satisfaction": _(N_("%(rated)s 位客户评价过。"), rated=now.rated),
    }


def figures_of(months: Sequence[Month], _: Translator) -> list[dict[str, Any]]:
    """The latest month's figures with their change since the month before."""
    now, before = months[-1].measures, months[-2].measures
    return [
        figure_of(_(N_("服务单")), now.tickets, before.tickets, "", better_up=None),
        *(
            figure_of(
                _(MEASURE_NAMES[kind]), getattr(now, kind).percent, getattr(before, kind).percent, "%", better_up=True
            )
            for kind in _KEPT
        ),
        figure_of(
            _(MEASURE_NAMES[Measure.REOPENED]), now.reopened_percent, before.reopened_percent, "%", better_up=False
        ),
        figure_of(_(MEASURE_NAMES[Measure.SATISFACTION]), now.satisfaction, before.satisfaction, "/ 5", better_up=True),
    ]


def beside(own: Sequence[Month], network: Sequence[Month], _: Translator) -> list[dict[str, Any]]:
    """A chart for each measure: the partner's line and the network's."""
    return [
        {
            "name": _(name),
            "unit": "" if measure is Measure.SATISFACTION else "%",
            "series": [
                Series(_(N_("本服务商")), [_value(each.measures, measure) for each in own]),
                Series(_(N_("全网")), [_value(each.measures, measure) for each in network]),
            ],
            "sentence": _against(_value(own[-1].measures, measure), _value(network[-1].measures, measure), _),
        }
        for measure, name in MEASURE_NAMES.items()
    ]


def _value(measures: Measures, measure: Measure) -> float | None:
    match measure:
        case Measure.REOPENED:
            return measures.reopened_percent
        case Measure.SATISFACTION:
            return measures.satisfaction
        case _:
            kept: Kept = getattr(measures, measure)
            return kept.percent


def _against(own: float | None, network: float | None, _: Translator) -> str:
    if own is None or network is None:
        return _(N_("这个月还没有数。"))
    return _(N_("这个月 %(own)s，全网 %(network)s。"), own=f"{own:g}", network=f"{network:g}")


def concern_words(concern: Concern, _: Translator) -> str:
    """`按时到场 71.4，全网 92.1`."""
    return _(
        N_("%(measure)s %(value)s，全网 %(network)s"),
        measure=_(MEASURE_NAMES[concern.measure]),
        value=f"{concern.value:g}",
        network=f"{concern.network:g}",
    )


handlers = [network_page, partner_quality_page]
