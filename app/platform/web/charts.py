"""The geometry of small charts, drawn by the server as SVG: no script, readable in print.

Horizontal coordinates are percentages of the available width, vertical ones are pixels, so a chart fits a phone and a
desktop without scaling its text.

An axis is chosen by what is measured, not by the figures alone: a share ends at 100 %, a score runs from 1 to 5, a
count begins at zero and has whole steps. Where an axis of shares shows a part of 0 to 100, the chart says so.
"""

from collections.abc import Sequence
from enum import StrEnum
from itertools import pairwise
from math import ceil, floor, log10

import msgspec

TOP, BOTTOM = 12, 28
FULL_PERCENT = 100.0
LABEL_HEIGHT = 15
"""Pixels between two value labels that are written below each other."""


class Axis(StrEnum):
    """What is measured."""

    COUNT = "count"
    PERCENT = "percent"
    """A share that ought to be high: the axis ends at 100 %."""
    SMALL_PERCENT = "small_percent"
    """A share that ought to be low: the axis begins at 0 %."""
    SCORE = "score"
    """From 1 to 5."""


_BANDS = {
    Axis.PERCENT: ((80.0, 100.0, 5.0), (50.0, 100.0, 10.0), (0.0, 100.0, 25.0)),
    Axis.SMALL_PERCENT: ((0.0, 10.0, 2.0), (0.0, 20.0, 5.0), (0.0, 50.0, 10.0), (0.0, 100.0, 25.0)),
    Axis.SCORE: ((1.0, 5.0, 1.0),),
}
"""Bottom, top and step of possible axes, the narrowest first; the last one covers every value."""


class Series(msgspec.Struct, frozen=True):
    """One named row of figures, one for each label of the chart; None where there is no figure."""

    name: str
    values: Sequence[float | None]


class Target(msgspec.Struct, frozen=True):
    """A target value, drawn as a line across the chart."""

    name: str
    value: float


class ChartMark(msgspec.Struct, frozen=True):
    """One value with its coordinates: `x` and `width` in percent, `y` and `height` in pixels."""

    label: str
    value: float
    x: float
    y: float
    width: float = 0
    height: float = 0


class LineSegment(msgspec.Struct, frozen=True):
    """A line segment between two neighbouring values."""

    x1: float
    y1: float
    x2: float
    y2: float


class Plot(msgspec.Struct, frozen=True):
    """What the chart component draws; each inner sequence belongs to one series.

    `newest` has one mark for each series that has a figure, at the height where its words stand beside the chart:
    `x` is the number of the series, from 1. `band` is what the axis shows, where it is a part of 0 to 100 %.
    """

    height: int
    floor: float
    band: tuple[float, float] | None
    grid: Sequence[tuple[float, str]]
    ticks: Sequence[tuple[float, str]]
    bars: Sequence[Sequence[ChartMark]]
    points: Sequence[Sequence[ChartMark]]
    steps: Sequence[Sequence[LineSegment]]
    newest: Sequence[ChartMark]
    targets: Sequence[ChartMark]


def round_scale(lowest: float, highest: float, steps: int = 4) -> tuple[float, float, float]:
    """Bottom, top and step in round whole numbers (1, 2 or 5 times a power of ten) around the figures."""
    span = (highest - lowest) or abs(highest) or 1.0
    rough = max(1.0, span / steps)
    power = 10.0 ** floor(log10(rough))
    step = next(power * factor for factor in (1, 2, 5, 10) if power * factor >= rough)
    bottom, top = floor(lowest / step) * step, ceil(highest / step) * step
    return bottom, top if top > bottom else bottom + step, step


def scale_of(axis: Axis, values: Sequence[float]) -> tuple[float, float, float]:
    """Bottom, top and step of the axis for these figures."""
    if axis == Axis.COUNT:
        return round_scale(min(0.0, *values), max(0.0, *values)) if values else (0.0, 1.0, 1.0)
    bands = _BANDS[axis]
    if not values:
        return bands[-1]
    return next((band for band in bands if band[0] <= min(values) and max(values) <= band[1]), bands[-1])


def plot(
    labels: Sequence[str],
    series: Sequence[Series],
    *,
    height: int = 220,
    axis: Axis = Axis.COUNT,
    targets: Sequence[Target] = (),
) -> Plot:
    """The coordinates of `series` and `targets` over `labels`."""
    values = [value for row in series for value in row.values if value is not None]
    bottom, top, step = scale_of(axis, [*values, *(target.value for target in targets)])
    shares = axis in {Axis.PERCENT, Axis.SMALL_PERCENT}
    unit = "%" if shares else ""
    base = height - BOTTOM
    slot = FULL_PERCENT / max(1, len(labels))
    bar = slot * 0.66 / max(1, len(series))

    def y_of(value: float) -> float:
        return round(base - (value - bottom) / (top - bottom) * (base - TOP), 1)

    def middle(position: int) -> float:
        return round(slot * (position + 0.5), 2)

    def figures(row: Series) -> list[tuple[int, float]]:
        return [(position, value) for position, value in enumerate(row.values) if value is not None]

    def points(row: Series) -> list[ChartMark]:
        return [ChartMark(labels[position], value, middle(position), y_of(value)) for position, value in figures(row)]

    def bars(index: int, row: Series) -> list[ChartMark]:
        shift = bar * (index - len(series) / 2)
        zero = y_of(max(bottom, 0.0))
        return [
            ChartMark(
                labels[position],
                value,
                round(slot * (position + 0.5) + shift + bar * 0.06, 2),
                min(zero, y_of(value)),
                round(bar * 0.88, 2),
                round(abs(zero - y_of(value)), 1),
            )
            for position, value in figures(row)
        ]

    def steps(row: Series) -> list[LineSegment]:
        found = figures(row)
        return [
            LineSegment(middle(position), y_of(value), middle(after), y_of(value_after))
            for (position, value), (after, value_after) in pairwise(found)
            if after == position + 1
        ]

    marks = [points(row) for row in series]
    return Plot(
        height=height,
        floor=base,
        band=(bottom, top) if shares and (bottom, top) != (0.0, FULL_PERCENT) else None,
        grid=[
            (y_of(bottom + step * number), f"{bottom + step * number:g}{unit}")
            for number in range(round((top - bottom) / step) + 1)
        ],
        ticks=[(middle(position), label) for position, label in enumerate(labels)],
        bars=[bars(index, row) for index, row in enumerate(series)],
        points=marks,
        steps=[steps(row) for row in series],
        newest=_spread_labels([(number, row[-1]) for number, row in enumerate(marks, 1) if row], base),
        targets=[ChartMark(target.name, target.value, 0, y_of(target.value)) for target in targets],
    )


def _spread_labels(last: Sequence[tuple[int, ChartMark]], base: float) -> list[ChartMark]:
    """The latest value of each series, moved apart where labels would overlap."""
    found: list[ChartMark] = []
    ordered = sorted(last, key=lambda each: each[1].y)
    for position, (number, mark) in enumerate(ordered):
        below = LABEL_HEIGHT * (len(ordered) - 1 - position)
        least = found[-1].y + LABEL_HEIGHT if found else TOP
        found.append(ChartMark(mark.label, mark.value, number, max(least, min(mark.y, base - below))))
    return found


def sparkline(values: Sequence[float | None], *, height: int = 28) -> Sequence[LineSegment]:
    """The run of a figure as a small line without axis: it shows the direction, and the figure beside it the value."""
    known = [value for value in values if value is not None]
    lowest, span = min(known, default=0.0), (max(known, default=0.0) - min(known, default=0.0)) or 1.0
    slot = FULL_PERCENT / max(1, len(values) - 1)

    def y_of(value: float) -> float:
        return round(height - 3 - (value - lowest) / span * (height - 6), 1)

    return [
        LineSegment(round(slot * place, 2), y_of(value), round(slot * (place + 1), 2), y_of(after))
        for place, (value, after) in enumerate(pairwise(values))
        if value is not None and after is not None
    ]
