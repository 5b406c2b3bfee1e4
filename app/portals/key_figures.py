"""Key figures with their change, as `components/figures.html` takes them. Pure."""

from collections.abc import Sequence
from typing import Any


def months_with_data(tickets: Sequence[Sequence[int]]) -> slice:
    """The slice from the first period in which any row has tickets; all of it where none has.

    Periods before the first ticket are left out of charts: they are not zeros.
    """
    began = next((place for place, counts in enumerate(zip(*tickets, strict=True)) if any(counts)), 0)
    return slice(began, None)


def key_figure(
    label: str, now: float | None, before: float | None, unit: str, *, better_up: bool | None
) -> dict[str, Any]:
    """`now` with its change since `before`; `better_up` is None where more is neither better nor worse."""
    change = round(now - before, 2) if now is not None and before is not None else 0
    return {
        "label": label,
        "value": "–" if now is None else f"{now:g}",
        "unit": "" if now is None else unit,
        "trend": f"{change:+g}" if change else "",
        "better": None if better_up is None or not change else (change > 0) is better_up,
    }
