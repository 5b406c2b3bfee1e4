"""The geometry of small charts, drawn by the server as SVG: no script, readable in print.

Across, places are percentages of whatever width the page gives; down, they are pixels. So a chart fits a phone and a
desk without its words growing or shrinking.
"""

from collections.abc import Sequence
from itertools import pairwise
from math import ceil, floor, log10

import msgspec

TOP, BOTTOM = 12, 28
FULL = 100.0


class Series(msgspec.Struct, frozen=True):
    """One named row of figures, one for each label of the chart; None where there is no figure."""

    name: str
    values: Sequence[float | None]


class Mark(msgspec.Struct, frozen=True):
    """One figure at its place: `x` and `width` in percent, `y` and `height` in pixels."""

    label: str
    value: float
    x: float
    y: float
    width: float = 0
    height: float = 0


class Step(msgspec.Struct, frozen=True):
    """A piece of a line between two neighbouring figures."""

    x1: float
    y1: float
    x2: float
    y2: float


class Plot(msgspec.Struct, frozen=True):
    """What the chart component draws; each inner sequence belongs to one series."""

    height: int
    floor: float
    grid: Sequence[tuple[float, str]]
    ticks: Sequence[tuple[float, str]]
    bars: Sequence[Sequence[Mark]]
    points: Sequence[Sequence[Mark]]
    steps: Sequence[Sequence[Step]]


def round_scale(lowest: float, highest: float, steps: int = 4) -> tuple[float, float, float]:
    """Bottom, top and step in round numbers (1, 2, 2.5 or 5 times a power of ten) around the figures."""
    span = (highest - lowest) or abs(highest) or 1.0
    rough = span / steps
    power = 10.0 ** floor(log10(rough))
    step = next(power * factor for factor in (1, 2, 2.5, 5, 10) if power * factor >= rough)
    bottom, top = floor(lowest / step) * step, ceil(highest / step) * step
    return bottom, top if top > bottom else bottom + step, step


def plot(labels: Sequence[str], series: Sequence[Series], *, height: int = 220, from_zero: bool = True) -> Plot:
    """Place `series` over `labels`. Bars must start at zero; lines may start where the figures are."""
    values = [value for row in series for value in row.values if value is not None]
    values = [*values, 0.0] if from_zero or not values else values
    bottom, top, step = round_scale(min(values), max(values))
    base = height - BOTTOM
    slot = FULL / max(1, len(labels))
    bar = slot * 0.66 / max(1, len(series))

    def y_of(value: float) -> float:
        return round(base - (value - bottom) / (top - bottom) * (base - TOP), 1)

    def middle(place: int) -> float:
        return round(slot * (place + 0.5), 2)

    def figures(row: Series) -> list[tuple[int, float]]:
        return [(place, value) for place, value in enumerate(row.values) if value is not None]

    def points(row: Series) -> list[Mark]:
        return [Mark(labels[place], value, middle(place), y_of(value)) for place, value in figures(row)]

    def bars(index: int, row: Series) -> list[Mark]:
        shift = bar * (index - len(series) / 2)
        zero = y_of(max(bottom, 0.0))
        return [
            Mark(
                labels[place],
                value,
                round(slot * (place + 0.5) + shift + bar * 0.06, 2),
                min(zero, y_of(value)),
                round(bar * 0.88, 2),
                round(abs(zero - y_of(value)), 1),
            )
            for place, value in figures(row)
        ]

    def steps(row: Series) -> list[Step]:
        found = figures(row)
        return [
            Step(middle(place), y_of(value), middle(after), y_of(value_after))
            for (place, value), (after, value_after) in pairwise(found)
            if after == place + 1
        ]

    return Plot(
        height=height,
        floor=base,
        grid=[
            (y_of(bottom + step * number), f"{bottom + step * number:g}")
            for number in range(round((top - bottom) / step) + 1)
        ],
        ticks=[(middle(place), label) for place, label in enumerate(labels)],
        bars=[bars(index, row) for index, row in enumerate(series)],
        points=[
            [Mark(labels[place], value, middle(place), y_of(value)) for place, value in figures(row)] for row in series
        ],
        steps=[steps(row) for row in series],
    )
