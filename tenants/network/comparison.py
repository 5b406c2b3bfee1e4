"""From sums to shares, and who stands out. Pure."""

from collections.abc import Iterable

from tenants.network.facts import Figures
from tenants.network.schemas import Concern, Kept, Measure, Measures, PartnerMonth

FEWEST_CASES = 5
"""Below this a share says nothing about a partner."""

MARGINS = {
    Measure.RESPONSE: 5.0,
    Measure.ARRIVAL: 5.0,
    Measure.RESOLUTION: 5.0,
    Measure.REOPENED: 5.0,
    Measure.SATISFACTION: 0.3,
}
"""How much worse than the network is clearly worse: percentage points, or points of the score."""


def measures_of(figures: Figures) -> Measures:
    """The sums of a month as shares."""
    return Measures(
        tickets=figures.tickets,
        resolved=figures.resolved,
        reopened=figures.reopened,
        reopened_percent=_percent(figures.reopened, figures.resolved),
        response=_kept(figures.response_met, figures.response_breached),
        remote_access=_kept(figures.remote_access_met, figures.remote_access_breached),
        arrival=_kept(figures.arrival_met, figures.arrival_breached),
        resolution=_kept(figures.resolution_met, figures.resolution_breached),
        visited=figures.visited,
        first_visit_fixed=figures.first_visit_fixed,
        first_visit_fix_percent=_percent(figures.first_visit_fixed, figures.visited),
        on_device=figures.on_device,
        repeated=figures.repeated,
        repeated_percent=_percent(figures.repeated, figures.on_device),
        rated=figures.rated,
        satisfaction=round(figures.score_sum / figures.rated, 2) if figures.rated else None,
    )


def _percent(part: int, whole: int) -> float | None:
    return round(100 * part / whole, 1) if whole else None


def _kept(met: int, breached: int) -> Kept:
    return Kept(met, breached, _percent(met, met + breached))


def value_of(measures: Measures, measure: Measure) -> tuple[float | None, int]:
    """The value of one measure, and how many cases it stands on."""
    if measure is Measure.REOPENED:
        return measures.reopened_percent, measures.resolved
    if measure is Measure.SATISFACTION:
        return measures.satisfaction, measures.rated
    kept: Kept = getattr(measures, measure)
    return kept.percent, kept.met + kept.breached


def concerns_of(measures: Measures, network: Measures) -> list[Concern]:
    """In what these figures are clearly worse than the network's, the worst first."""
    found: list[tuple[float, Concern]] = []
    for measure, margin in MARGINS.items():
        value, cases = value_of(measures, measure)
        usual, _ = value_of(network, measure)
        if value is None or usual is None or cases < FEWEST_CASES:
            continue
        worse = value - usual if measure is Measure.REOPENED else usual - value
        if worse >= margin:
            found.append((worse / margin, Concern(measure, value, usual)))
    return [concern for _, concern in sorted(found, key=lambda each: -each[0])]


def outliers_first(partners: Iterable[PartnerMonth]) -> list[PartnerMonth]:
    """Who has most to answer for comes first, then by solving in time; who had no tickets comes last."""

    def place(each: PartnerMonth) -> tuple[bool, float, float, str]:
        far = sum(abs(concern.value - concern.network) / MARGINS[concern.measure] for concern in each.concerns)
        solved = each.measures.resolution.percent
        return each.measures.tickets == 0, -far, 101.0 if solved is None else solved, each.partner.name

    return sorted(partners, key=place)
