"""What one ticket contributes to its partner's figures, and the arithmetic of sums (N7). Pure.

- A promise is met when its clock ended in time, and breached from the moment it is late, also if the ticket is
  cancelled afterwards: what was late was late. A promise that still runs in time, or that lost its object in time,
  counts for nothing.
- First-visit fix: of the tickets that were solved with at least one attended visit (somebody arrived or connected),
  those of which no visit ended unresolved and that never came back; two engineers at once may settle it together. What
  was solved from the desk without a planned visit belongs to neither.
- Repeat fault: of the tickets on a device, those reported within `REPEAT_WITHIN` after another ticket of the same
  device, reported earlier, was resolved. It counts where it was reported, so that a past month does not change with
  time. A ticket that was reopened and is still open has no resolution to repeat: it counts as reopened.
"""

from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from operator import add, attrgetter, neg
from typing import Self
from zoneinfo import ZoneInfo

import msgspec

from app.agreements.sla import TargetKind

COUNTED = (TargetKind.RESPONSE, TargetKind.REMOTE_ACCESS, TargetKind.ARRIVAL, TargetKind.RESOLUTION)
"""The promises that headquarters compares."""

REPEAT_WITHIN = timedelta(days=30)
"""How soon after a resolution the same device must be reported again to be a repeat fault."""


class Figures(msgspec.Struct, frozen=True):
    """Counts of one ticket, or the sums of many.

    `resolved` are tickets that were solved at least once, `reopened` those of them that came back, `visited` those that
    took at least one visit and `first_visit_fixed` those of them that the first one settled for good; `on_device` are
    tickets about a device and `repeated` those of them that are repeat faults; `score_sum` is the sum of the `rated`
    tickets' scores, 1 to 5 each.
    """

    tickets: int = 0
    resolved: int = 0
    reopened: int = 0
    response_met: int = 0
    response_breached: int = 0
    remote_access_met: int = 0
    remote_access_breached: int = 0
    arrival_met: int = 0
    arrival_breached: int = 0
    resolution_met: int = 0
    resolution_breached: int = 0
    visited: int = 0
    first_visit_fixed: int = 0
    on_device: int = 0
    repeated: int = 0
    rated: int = 0
    score_sum: int = 0

    def __add__(self, other: Self) -> Self:
        return type(self)(*map(add, _numbers(self), _numbers(other)))

    def __neg__(self) -> Self:
        return type(self)(*map(neg, _numbers(self)))

    def __bool__(self) -> bool:
        return any(_numbers(self))


FIGURE_NAMES: tuple[str, ...] = Figures.__struct_fields__
"""The names of the figures: columns of the fact and of the roll-up too."""

_numbers = attrgetter(*FIGURE_NAMES)


class Promise(msgspec.Struct, frozen=True):
    """One clock of a ticket."""

    kind: str
    stopped_at: datetime | None
    cancelled_at: datetime | None
    breached_at: datetime | None


class MeasuredTicket(msgspec.Struct, frozen=True):
    """The records of one ticket that its figures depend on.

    `visits` counts those at which somebody arrived or connected, `unresolved_visits` those of them that ended without a
    solution; `earlier_resolutions` are those of the device's
    earlier tickets, in no order.
    """

    reported_at: datetime
    resolved_at: datetime | None
    reopened: int
    rating: int | None
    promises: tuple[Promise, ...] = ()
    visits: int = 0
    unresolved_visits: int = 0
    on_device: bool = False
    earlier_resolutions: tuple[datetime, ...] = ()


def day_of(reported_at: datetime, zone: str) -> date:
    """The day on which a ticket counts: when it was reported, on the partner's own calendar."""
    return reported_at.astimezone(ZoneInfo(zone)).date()


def months_until(last: date, count: int) -> list[date]:
    """`count` first days of months in order, ending with that of `last`."""
    found = [month_of(last)]
    while len(found) < count:
        found.append(month_of(found[-1] - timedelta(days=1)))
    return found[::-1]


def month_of(day: date) -> date:
    """The first day of the month."""
    return day.replace(day=1)


def day_itself(day: date) -> date:
    """The grain of days."""
    return day


def contribution(measured: MeasuredTicket) -> Figures:
    """The figures of one ticket as its records stand."""
    came_back = measured.reopened > 0
    solved = measured.resolved_at is not None or came_back
    counted = {f"{kind}_{end}": 0 for kind in COUNTED for end in ("met", "breached")}
    for promise in measured.promises:
        if promise.kind in COUNTED and (end := _end(promise)):
            counted[f"{promise.kind}_{end}"] += 1
    return Figures(
        tickets=1,
        resolved=int(solved),
        reopened=int(came_back),
        visited=int(solved and measured.visits > 0),
        first_visit_fixed=int(solved and measured.visits > 0 and not measured.unresolved_visits and not came_back),
        on_device=int(measured.on_device),
        repeated=int(
            any(timedelta() <= measured.reported_at - at < REPEAT_WITHIN for at in measured.earlier_resolutions)
        ),
        rated=int(measured.rating is not None),
        score_sum=measured.rating or 0,
        **counted,
    )


def _end(promise: Promise) -> str:
    if promise.breached_at is not None:
        return "breached"
    return "met" if promise.stopped_at is not None and promise.cancelled_at is None else ""


def total(figures: Iterable[Figures]) -> Figures:
    """The sum of all."""
    columns = zip(*map(_numbers, figures), strict=True)
    return Figures(*map(sum, columns))


def differences(
    changes: Iterable[tuple[date, Figures, date, Figures]], first_day_of: Callable[[date], date]
) -> dict[date, Figures]:
    """First day → what to add to the sums that begin there, for facts that went from (day, figures) to (day, figures);
    in the order of time. `first_day_of` is the grain: `month_of`, or the day itself."""
    found: dict[date, Figures] = {}
    for day_before, before, day_after, after in changes:
        for first, part in ((first_day_of(day_before), -before), (first_day_of(day_after), after)):
            found[first] = found.get(first, Figures()) + part
    return {first: found[first] for first in sorted(found) if found[first]}
