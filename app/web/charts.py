"""The geometry of small charts, drawn by the server as SVG: no script, readable in print."""

from collections.abc import Sequence
from math import ceil, floor, log10

import msgspec

WIDTH = 640
LEFT, RIGHT, TOP, BOTTOM = 44, 12, 16, 30


class Series(msgspec.Struct, frozen=True):
    """One named row of figures, one for each label of the chart; None where there is no figure."""

    name: str
    values: Sequence[float | None]


class Mark(msgspec.Struct, frozen=True):
    """One figure at its place, in the units of the drawing."""

    label: str
    value: float
    x: float
    y: float
    width: float = 0
    height: float = 0


class Plot(msgspec.Struct, frozen=True):
    """What the chart component draws."""

    width: int
    height: int
    left: float
    right: float
    floor: float
    grid: Sequence[tuple[float, str]]
    ticks: Sequence[tuple[float, str]]
    marks: Sequence[Sequence[Mark]]
    points: Sequence[Sequence[Mark]]
    paths: Sequence[str]


def _round_scale(lowest: float, highest: float, steps: int = 4) -> tuple[float, float, float]:
    """Bounds and step in round numbers (1, 2, 2.5, 5 × a power of ten) around the figures."""
    span = (highest - lowest) or abs(highest) or 1.0
    rough = span / steps
    power = 10.0 ** floor(log10(rough))
    step = next(power * factor for factor in (1, 2, 2.5, 5, 10) if power * factor >= rough)
    return floor(lowest / step) * step, ceil(highest / step) * step, step


def _number(value: float) -> str:
    return f"{value:g}" if abs(value) >= 1 else f"{value:.2g}"


def plot(
    labels: Sequence[str],
    series: Sequence[Series],
    *,
    height: int = 220,
    from_zero: bool = True,
    target: float | None = None,
) -> Plot:
    """Place `series` over `labels`. Bars must start at zero; lines may start where the figures are."""
    values = [value for row in series for value in row.values if value is not None]
    if target is not None:
        values.append(target)
    lowest = min([*values, 0.0]) if from_zero else min(values, default=0.0)
    bottom, top, step = _round_scale(lowest, max(values, default=1.0))
    base = height - BOTTOM

    def y_of(value: float) -> float:
        return round(base - (value - bottom) / (top - bottom) * (base - TOP), 1)

    slot = (WIDTH - LEFT - RIGHT) / max(1, len(labels))
    bar = min(36.0, slot * 0.66 / max(1, len(series)))

    def bars(index: int, row: Series) -> list[Mark]:
        marks = []
        for place, value in enumerate(row.values):
            if value is None:
                continue
            x = LEFT + slot * (place + 0.5) + bar * (index - len(series) / 2)
            y = y_of(value)
            marks.append(Mark(labels[place], value, round(x, 1), y, round(bar - 2, 1), round(y_of(bottom) - y, 1)))
        return marks

    def points(row: Series) -> list[Mark]:
        return [
            Mark(labels[place], value, round(LEFT + slot * (place + 0.5), 1), y_of(value))
            for place, value in enumerate(row.values)
            if value is not None
        ]

    def path(row: Series) -> str:
        """A line through the figures, broken where one is missing."""
        steps, pen = [], "M"
        for place, value in enumerate(row.values):
            if value is None:
                pen = "M"
                continue
            steps.append(f"{pen}{round(LEFT + slot * (place + 0.5), 1)} {y_of(value)}")
            pen = "L"
        return "".join(steps)

    every = ceil(len(labels) / 13)
    return Plot(
        width=WIDTH,
        height=height,
        left=LEFT,
        right=WIDTH - RIGHT,
        floor=base,
        grid=[
            (y_of(bottom + step * number), _number(bottom + step * number))
            for number in range(round((top - bottom) / step) + 1)
        ],
        ticks=[
            (round(LEFT + slot * (place + 0.5), 1), label) for place, label in enumerate(labels) if place % every == 0
        ],
        marks=[bars(index, row) for index, row in enumerate(series)],
        points=[points(row) for row in series],
        paths=[path(row) for row in series],
    )
