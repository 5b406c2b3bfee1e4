"""Key figures, charts and sentences of the quality pages. Pure."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

from app.platform.kernel.texts import N_, Translator
from app.platform.web.charts import Axis, Series, Target
from app.portals.key_figures import key_figure, months_with_data
from tenants.partner_metrics import (
    FEWEST_CASES,
    LESS_IS_BETTER,
    MEASURE_NAMES,
    Concern,
    Grain,
    Measure,
    Measures,
    NetworkQuality,
    Period,
    PeriodFigures,
    TargetAttainment,
    label,
)

MEASURE_MEANINGS: Final = {
    Measure.RESPONSE: N_("在承诺时间内响应的服务单"),
    Measure.REMOTE_ACCESS: N_("在承诺时间内远程接入的服务单"),
    Measure.ARRIVAL: N_("在承诺时间内到场的服务单"),
    Measure.RESOLUTION: N_("在承诺时间内解决的服务单"),
    Measure.FIRST_VISIT_FIX: N_("上过门（或远程）并解决的单里，一次就修好、没有再打开的"),
    Measure.REOPENED: N_("解决过的单里又打开的"),
    Measure.REPEATED: N_("有设备的单里，同一台设备上次解决后 30 天内又报修的"),
    Measure.SATISFACTION: N_("客户评分，1 到 5 分"),
}
Limits = Mapping[Measure, float]
"""Threshold values by measure."""
TARGET_MEASURES: Final = (Measure.RESPONSE, Measure.REMOTE_ACCESS, Measure.ARRIVAL, Measure.RESOLUTION)
REPEAT_MEASURES: Final = (Measure.REOPENED, Measure.REPEATED)
GRAIN_NAMES: Final = {Grain.DAY: N_("按日"), Grain.MONTH: N_("按月"), Grain.QUARTER: N_("按季")}
_PREVIOUS: Final = {Grain.DAY: N_("前一日"), Grain.MONTH: N_("上月"), Grain.QUARTER: N_("上季")}
_TREND: Final = {Grain.DAY: N_("逐日走势"), Grain.MONTH: N_("逐月走势"), Grain.QUARTER: N_("逐季走势")}


def period_context(period: Period, _: Translator) -> dict[str, Any]:
    """The template context that all quality pages share: period form, labels and formatting functions."""
    return {
        "period": period,
        "grains": [(grain, _(name)) for grain, name in GRAIN_NAMES.items()],
        "first": label(period.grain, period.first),
        "last": label(period.grain, period.last),
        "period_label": period_label(period, _),
        "trend_name": _(_TREND[period.grain]),
        "measures": [(measure, _(name), _(MEASURE_MEANINGS[measure])) for measure, name in MEASURE_NAMES.items()],
        "fewest_cases": FEWEST_CASES,
        "concern_label": lambda concern: concern_label_of(concern, _),
        "value_of": value_of,
        "cases_of": cases_of,
        "unit_of": unit_of,
    }


def period_label(period: Period, _: Translator) -> str:
    """`2026-11`, or `2026-09 至 2026-11`."""
    first, last = label(period.grain, period.first), label(period.grain, period.last)
    return last if first == last else _(N_("%(first)s 至 %(last)s"), first=first, last=last)


def labels_of(grain: Grain, steps: Sequence[PeriodFigures]) -> list[str]:
    """The axis labels of a chart."""
    return [short_label(grain, each.first_day) for each in steps]


def short_label(grain: Grain, first: date) -> str:
    """`11-03`, `26-11`, `26-Q4`: short enough for an axis."""
    return f"{first:%m-%d}" if grain is Grain.DAY else label(grain, first)[2:]


def value_of(measures: Measures, measure: Measure) -> float | None:
    """One measure as a number."""
    match measure:
        case Measure.FIRST_VISIT_FIX:
            return measures.first_visit_fix_percent
        case Measure.REOPENED:
            return measures.reopened_percent
        case Measure.REPEATED:
            return measures.repeated_percent
        case Measure.SATISFACTION:
            return measures.satisfaction
        case _:
            return attainment_of(measures, measure).percent


def attainment_of(measures: Measures, measure: Measure) -> TargetAttainment:
    """The attainment of one target kind."""
    kept: TargetAttainment = getattr(measures, measure)
    return kept


def cases_of(measures: Measures, measure: Measure) -> int:
    """The number of cases behind a measure."""
    match measure:
        case Measure.FIRST_VISIT_FIX:
            return measures.visited
        case Measure.REOPENED:
            return measures.resolved
        case Measure.REPEATED:
            return measures.on_device
        case Measure.SATISFACTION:
            return measures.rated
        case _:
            kept = attainment_of(measures, measure)
            return kept.met + kept.breached


def unit_of(measure: Measure) -> str:
    """The unit of a measure: `%`, or empty for scores."""
    return "" if measure is Measure.SATISFACTION else "%"


def figures_of(now: Measures, before: Measures, _: Translator) -> list[dict[str, Any]]:
    """The period's figures with their change since the one before."""
    return [
        key_figure(_(N_("服务单")), now.tickets, before.tickets, "", better_up=None),
        *(
            key_figure(
                _(name),
                value_of(now, measure),
                value_of(before, measure),
                "/ 5" if measure is Measure.SATISFACTION else "%",
                better_up=measure not in LESS_IS_BETTER,
            )
            for measure, name in MEASURE_NAMES.items()
        ),
    ]


def summary_sentence(quality: NetworkQuality, period: Period, _: Translator) -> str:
    """The summary of the period: tickets, resolution against the period before, number of outliers."""
    now, before = quality.network, quality.before
    if not now.tickets:
        return _(N_("这段时间还没有服务单。"))
    sentences = [_(N_("全网 %(tickets)s 张服务单。"), tickets=now.tickets)]
    if now.resolution.percent is not None:
        sentences.append(
            _(
                N_("按时解决 %(percent)s%%，%(change)s。"),
                percent=now.resolution.percent,
                change=change_sentence(now.resolution.percent, before.resolution.percent, previous(period, _), _),
            )
        )
    count = quality.outliers
    sentences.append(_(N_("%(count)s 家服务商需要留意。"), count=count) if count else _(N_("没有服务商明显落后。")))
    return "".join(sentences)


def previous(period: Period, _: Translator) -> str:
    """The label of the previous period."""
    return _(_PREVIOUS[period.grain] if period.first == period.last else N_("前一段同样长的时间"))


def change_sentence(now: float | None, before: float | None, previous_name: str, _: Translator) -> str:
    """`比上月高 3.2 个百分点`."""
    if now is None or before is None:
        return _(N_("%(previous)s没有可比的数"), previous=previous_name)
    points = round(now - before, 1)
    if points == 0:
        return _(N_("和%(previous)s持平"), previous=previous_name)
    if points > 0:
        return _(N_("比%(previous)s高 %(points)s 个百分点"), previous=previous_name, points=points)
    return _(N_("比%(previous)s低 %(points)s 个百分点"), previous=previous_name, points=-points)


def periods_with_data(*rows: Sequence[PeriodFigures]) -> slice:
    """The slice of periods that charts and tables show."""
    return months_with_data([[step.measures.tickets for step in row] for row in rows])


def axis_of(measure: Measure) -> Axis:
    """The axis kind of a measure."""
    if measure is Measure.SATISFACTION:
        return Axis.SCORE
    return Axis.SMALL_PERCENT if measure in LESS_IS_BETTER else Axis.PERCENT


def targets_of(measures: Sequence[Measure], limits: Limits, _: Translator) -> list[Target]:
    """The threshold lines of the measures that have one."""
    return [
        Target(_(N_("%(measure)s 阈值"), measure=_(MEASURE_NAMES[each])), limits[each])
        for each in measures
        if each in limits
    ]


def trend_charts(trend: Sequence[PeriodFigures], period: Period, limits: Limits, _: Translator) -> list[dict[str, Any]]:
    """The network's charts: target attainment, ticket volume, first-visit fixes, repeat faults, satisfaction."""
    now, before = trend[-1].measures, trend[-2].measures
    name = previous(Period(period.grain, period.last, period.last), _)
    drawn = trend[periods_with_data(trend)]

    def series(*measures: Measure) -> list[Series]:
        return [Series(_(MEASURE_NAMES[each]), [value_of(step.measures, each) for step in drawn]) for each in measures]

    return [
        {
            "name": _(N_("按时率")),
            "series": series(*TARGET_MEASURES),
            "sentence": change_sentence(now.resolution.percent, before.resolution.percent, name, _),
            "unit": "%",
            "axis": Axis.PERCENT,
            "targets": targets_of(TARGET_MEASURES, limits, _),
        },
        {
            "name": _(N_("服务单")),
            "series": [Series(_(N_("服务单")), [step.measures.tickets for step in drawn])],
            "sentence": _(
                N_("%(previous)s %(before)s 张，这次 %(now)s 张。"),
                previous=name,
                before=before.tickets,
                now=now.tickets,
            ),
            "unit": "",
            "bars": True,
        },
        {
            "name": _(MEASURE_NAMES[Measure.FIRST_VISIT_FIX]),
            "series": series(Measure.FIRST_VISIT_FIX),
            "sentence": _(MEASURE_MEANINGS[Measure.FIRST_VISIT_FIX]),
            "unit": "%",
            "axis": Axis.PERCENT,
            "targets": targets_of([Measure.FIRST_VISIT_FIX], limits, _),
        },
        {
            "name": _(N_("修得牢不牢")),
            "series": series(*REPEAT_MEASURES),
            "sentence": _(N_("%(solved)s 张解决过的单，%(back)s 张又打开。"), solved=now.resolved, back=now.reopened),
            "unit": "%",
            "axis": Axis.SMALL_PERCENT,
            "targets": targets_of(REPEAT_MEASURES, limits, _),
        },
        {
            "name": _(MEASURE_NAMES[Measure.SATISFACTION]),
            "series": series(Measure.SATISFACTION),
            "sentence": _(N_("%(rated)s 位客户评价过。"), rated=now.rated),
            "unit": "",
            "axis": Axis.SCORE,
            "targets": targets_of([Measure.SATISFACTION], limits, _),
        },
    ]


def measure_charts(rows: Mapping[str, Sequence[PeriodFigures]], limits: Limits, _: Translator) -> list[dict[str, Any]]:
    """A chart for each measure, a line for each name of `rows`."""
    return [
        {
            "name": _(name),
            "unit": unit_of(measure),
            "series": [
                Series(who, [value_of(step.measures, measure) for step in steps]) for who, steps in rows.items()
            ],
            "sentence": _(MEASURE_MEANINGS[measure]),
            "axis": axis_of(measure),
            "targets": targets_of([measure], limits, _),
        }
        for measure, name in MEASURE_NAMES.items()
    ]


def concern_label_of(concern: Concern, _: Translator) -> str:
    """`按时到场 71.4，全网 92.1`."""
    return _(
        N_("%(measure)s %(value)s，全网 %(network)s"),
        measure=_(MEASURE_NAMES[concern.measure]),
        value=f"{concern.value:g}",
        network=f"{concern.network:g}",
    )
