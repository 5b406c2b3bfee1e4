"""A figure and its change, as the component draws them. Pure."""

from collections.abc import Sequence
from typing import Any


def months_with_data(tickets: Sequence[Sequence[int]]) -> slice:
    """The steps from the first one in which any of the rows has tickets: what was before the first ticket is no zero
    and is not drawn. All of them where there are none."""
    began = next((place for place, counts in enumerate(zip(*tickets, strict=True)) if any(counts)), 0)
    return slice(began, None)


def figure_of(
    label: str, now: float | None, before: float | None, unit: str, *, better_up: bool | None
) -> dict[str, Any]:
    """`now` against `before`; `better_up` None where more is neither better nor worse."""
    change = round(now - before, 2) if now is not None and before is not None else 0
    return {
        "label": label,
        "value": "–" if now is None else f"{now:g}",
        "unit": "" if now is None else unit,
        "trend": f"{change:+g}" if change else "",
        "better": None if better_up is None or not change else (change > 0) is better_up,
    }
