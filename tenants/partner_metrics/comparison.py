"""Shares, ranks and outliers, computed from sums. Pure.

A share of few cases says nothing: with three tickets one late engineer makes a third. So a partner takes part in the
comparison of a measure from `FEWEST_CASES` cases on (of what the share is a share of: ended promises, solved tickets,
ratings); below that the figure is shown, marked, and neither ranked nor an outlier. A minimum volume was chosen over an
interval (Wilson's) because those who are ranked can check it with their own numbers.

Outliers lie `OUTLIER_DISTANCE` scaled median absolute deviations on the bad side of the partners' median [Iglewicz and
Hoaglin 1993], so that one terrible partner does not hide the next, as it would with mean and standard deviation; and at
least `MARGINS` away from it, so that a network in which all are nearly alike has no outliers by the second decimal.
With fewer than `FEWEST_PARTNERS` to compare a median says little: then it is the margin to the network's own value
alone.
"""

from collections.abc import Callable, Mapping, Sequence
from operator import attrgetter
from statistics import median
from uuid import UUID

from tenants.partner_metrics.facts import Figures
from tenants.partner_metrics.schemas import LESS_IS_BETTER, Concern, Measure, Measures, TargetAttainment

FEWEST_CASES = 10
FEWEST_PARTNERS = 5
OUTLIER_DISTANCE = 3.5
DEVIATION_SCALE = 0.6745
"""Makes the median absolute deviation comparable with a standard deviation."""

MARGINS = dict.fromkeys(Measure, 5.0) | {Measure.SATISFACTION: 0.3}
"""How much worse is clearly worse: percentage points, or points of the score."""

_PART_AND_WHOLE = {
    Measure.FIRST_VISIT_FIX: ("first_visit_fixed", "visited"),
    Measure.REOPENED: ("reopened", "resolved"),
    Measure.REPEATED: ("repeated", "on_device"),
    Measure.SATISFACTION: ("score_sum", "rated"),
}


def _counts(measure: Measure) -> Callable[[Figures], tuple[int, int]]:
    """The function that returns numerator and denominator of a measure for some figures."""
    if measure in _PART_AND_WHOLE:
        part_and_whole: Callable[[Figures], tuple[int, int]] = attrgetter(*_PART_AND_WHOLE[measure])
        return part_and_whole
    met_and_breached = attrgetter(f"{measure}_met", f"{measure}_breached")

    def met_of_ended(figures: Figures) -> tuple[int, int]:
        met, breached = met_and_breached(figures)
        return met, met + breached

    return met_of_ended


_COUNTS = {measure: _counts(measure) for measure in Measure}
_SCALE = dict.fromkeys(Measure, (100, 1)) | {Measure.SATISFACTION: (1, 2)}
"""Percentages with one digit, the average score with two."""


def measures_of(figures: Figures) -> Measures:
    """Sums as shares."""
    return Measures(
        tickets=figures.tickets,
        resolved=figures.resolved,
        reopened=figures.reopened,
        reopened_percent=value_of(figures, Measure.REOPENED)[0],
        response=_attainment(figures, Measure.RESPONSE),
        remote_access=_attainment(figures, Measure.REMOTE_ACCESS),
        arrival=_attainment(figures, Measure.ARRIVAL),
        resolution=_attainment(figures, Measure.RESOLUTION),
        visited=figures.visited,
        first_visit_fixed=figures.first_visit_fixed,
        first_visit_fix_percent=value_of(figures, Measure.FIRST_VISIT_FIX)[0],
        on_device=figures.on_device,
        repeated=figures.repeated,
        repeated_percent=value_of(figures, Measure.REPEATED)[0],
        rated=figures.rated,
        satisfaction=value_of(figures, Measure.SATISFACTION)[0],
    )


def _attainment(figures: Figures, kind: Measure) -> TargetAttainment:
    met, breached = getattr(figures, f"{kind}_met"), getattr(figures, f"{kind}_breached")
    return TargetAttainment(met, breached, value_of(figures, kind)[0])


def value_of(figures: Figures, measure: Measure) -> tuple[float | None, int]:
    """The value of one measure, and how many cases it stands on."""
    part, whole = _COUNTS[measure](figures)
    times, digits = _SCALE[measure]
    return (round(times * part / whole, digits) if whole else None), whole


def worse_by(measure: Measure, value: float, than: float) -> float:
    """How much worse `value` is; below zero: better."""
    return value - than if measure in LESS_IS_BETTER else than - value


def too_few(figures: Figures) -> list[Measure]:
    """The measures that have a value on fewer cases than count."""
    return [measure for measure in Measure if 0 < value_of(figures, measure)[1] < FEWEST_CASES]


def comparable(partners: Mapping[UUID, Figures], measure: Measure) -> dict[UUID, float]:
    """The values of those partners that have enough cases."""
    times, digits = _SCALE[measure]
    counted = zip(partners, map(_COUNTS[measure], partners.values()), strict=True)
    return {
        partner_id: round(times * part / whole, digits)
        for partner_id, (part, whole) in counted
        if whole >= FEWEST_CASES
    }


def concerns_of(partners: Mapping[UUID, Figures], network: Figures) -> dict[UUID, list[Concern]]:
    """By partner: in what it is clearly worse than the others, the worst first; who has no concerns is left out."""
    found: dict[UUID, list[Concern]] = {}
    for measure in Measure:
        values, (usual, _) = comparable(partners, measure), value_of(network, measure)
        if usual is None:
            continue
        middle, deviation = _spread(values) if len(values) >= FEWEST_PARTNERS else (usual, 0.0)
        margin, sign = MARGINS[measure], -1 if measure in LESS_IS_BETTER else 1
        for partner_id, value in [each for each in values.items() if sign * (middle - each[1]) >= margin]:
            worse = worse_by(measure, value, middle)
            distance = round(DEVIATION_SCALE * worse / deviation, 1) if deviation else None
            if distance is not None and distance < OUTLIER_DISTANCE:
                continue
            found.setdefault(partner_id, []).append(Concern(measure, value, usual, distance))
    return {
        partner_id: sorted(concerns, key=lambda each: -concern_weight(each)) for partner_id, concerns in found.items()
    }


def _spread(values: Mapping[UUID, float]) -> tuple[float, float]:
    """Median and median absolute deviation."""
    middle = median(values.values())
    return middle, median(abs(value - middle) for value in values.values())


def concern_weight(concern: Concern) -> float:
    """The weight of a concern, in margins, so that points and percentages can be added."""
    return abs(concern.value - concern.network) / MARGINS[concern.measure]


def ranks(partners: Mapping[UUID, Figures], measure: Measure) -> dict[UUID, int]:
    """By partner: its place, 1 is best; equals share a place; who has too few cases has none."""
    values = comparable(partners, measure)
    ordered: Sequence[tuple[UUID, float]] = sorted(values.items(), key=lambda each: worse_by(measure, each[1], 0.0))
    places: dict[UUID, int] = {}
    for place, (partner_id, value) in enumerate(ordered, 1):
        _, previous = ordered[place - 2]
        places[partner_id] = places[ordered[place - 2][0]] if place > 1 and previous == value else place
    return places
