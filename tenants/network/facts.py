"""What one ticket contributes to its partner's figures, and the arithmetic of sums. Pure.

A promise is met when its clock ended in time, and breached from the moment it is late, also if the ticket is cancelled
afterwards: what was late was late. A promise that still runs in time, or that lost its object in time, counts for
nothing.
"""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Self
from zoneinfo import ZoneInfo

import msgspec

from app.sla import TargetKind

COUNTED = (TargetKind.RESPONSE, TargetKind.ARRIVAL, TargetKind.RESOLUTION)
"""The promises that headquarters compares."""


class Figures(msgspec.Struct, frozen=True, kw_only=True):
    """Counts of one ticket, or the sums of many.

    `resolved` are tickets that were solved at least once, `reopened` those of them that came back; `score_sum` is the
    sum of the `rated` tickets' scores, 1 to 5 each.
    """

    tickets: int = 0
    resolved: int = 0
    reopened: int = 0
    response_met: int = 0
    response_breached: int = 0
    arrival_met: int = 0
    arrival_breached: int = 0
    resolution_met: int = 0
    resolution_breached: int = 0
    rated: int = 0
    score_sum: int = 0

    def __add__(self, other: Self) -> Self:
        return type(self)(**{name: getattr(self, name) + getattr(other, name) for name in NAMES})

    def __neg__(self) -> Self:
        return type(self)(**{name: -getattr(self, name) for name in NAMES})

    def __bool__(self) -> bool:
        return any(getattr(self, name) for name in NAMES)


NAMES: tuple[str, ...] = Figures.__struct_fields__
"""The names of the figures: columns of the fact and of the roll-up too."""


class Promise(msgspec.Struct, frozen=True):
    """What the records say of one clock."""

    kind: str
    stopped_at: datetime | None
    cancelled_at: datetime | None
    breached_at: datetime | None


class Course(msgspec.Struct, frozen=True):
    """What the records say of one ticket, as far as figures go."""

    reported_at: datetime
    resolved_at: datetime | None
    reopened: int
    rating: int | None
    promises: tuple[Promise, ...] = ()


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


def contribution(course: Course) -> Figures:
    """The figures of one ticket as its records stand."""
    came_back = course.reopened > 0
    counted = {f"{kind}_{end}": 0 for kind in COUNTED for end in ("met", "breached")}
    for promise in course.promises:
        if promise.kind in COUNTED and (end := _end(promise)):
            counted[f"{promise.kind}_{end}"] += 1
    return Figures(
        tickets=1,
        resolved=int(course.resolved_at is not None or came_back),
        reopened=int(came_back),
        rated=int(course.rating is not None),
        score_sum=course.rating or 0,
        **counted,
    )


def _end(promise: Promise) -> str:
    if promise.breached_at is not None:
        return "breached"
    return "met" if promise.stopped_at is not None and promise.cancelled_at is None else ""


def total(figures: Iterable[Figures]) -> Figures:
    """The sum of all."""
    return sum(figures, Figures())


def differences(changes: Iterable[tuple[date, Figures, date, Figures]]) -> dict[date, Figures]:
    """Month → what to add to its sums, for facts that went from (day, figures) to (day, figures); months in order."""
    found: dict[date, Figures] = {}
    for day_before, before, day_after, after in changes:
        for month, part in ((month_of(day_before), -before), (month_of(day_after), after)):
            found[month] = found.get(month, Figures()) + part
    return {month: found[month] for month in sorted(found) if found[month]}
