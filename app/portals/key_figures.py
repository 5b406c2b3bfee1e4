"""Key figures with their change, as `components/figures.html` takes them. Pure."""

from collections.abc import Sequence
from typing import Any

from app.platform.kernel.texts import N_, Translator
from tenants.partner_metrics import MonthFigures


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


def month_figures(months: Sequence[MonthFigures], _: Translator) -> list[dict[str, Any]]:
    """A client's service in the last of these months, compared with the one before."""
    now, before = months[-1].measures, months[-2].measures
    return [
        key_figure(_(N_("本月服务单")), now.tickets, before.tickets, "", better_up=None),
        key_figure(_(N_("按时到场")), now.arrival.percent, before.arrival.percent, "%", better_up=True),
        key_figure(_(N_("按时解决")), now.resolution.percent, before.resolution.percent, "%", better_up=True),
        key_figure(_(N_("满意度")), now.satisfaction, before.satisfaction, "/ 5", better_up=True),
    ]
