"""The figures counted once more, slowly and by other means: ticket by ticket in plain Python, over plain rows."""

from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import text

from app.platform.kernel.unit_of_work import UnitOfWork

XIAMEN = ZoneInfo("Asia/Shanghai")


async def slow_count(work: UnitOfWork, first_day_of: Callable[[date], date]) -> dict[date, Counter[str]]:
    """First day of each stretch that has tickets → its figures that are not nought."""
    tickets = await _rows(work, "SELECT id, device_id, reported_at, resolved_at, reopened, rating FROM ticket")
    visits = await _rows(work, "SELECT ticket_id, outcome, arrived_at FROM visit WHERE planned")
    clocks = await _rows(work, "SELECT ticket_id, kind, stopped_at, cancelled_at, breached_at FROM clock")
    counted: dict[date, Counter[str]] = {}
    for ticket in tickets:
        first = first_day_of(ticket.reported_at.astimezone(XIAMEN).date())
        into = counted.setdefault(first, Counter())
        into["tickets"] += 1
        solved = bool(ticket.resolved_at or ticket.reopened)
        if solved:
            into["resolved"] += 1
        if ticket.reopened:
            into["reopened"] += 1
        attended = [visit for visit in visits if visit.ticket_id == ticket.id and visit.arrived_at]
        if solved and attended:
            into["visited"] += 1
            if all(visit.outcome != "unresolved" for visit in attended) and not ticket.reopened:
                into["first_visit_fixed"] += 1
        if ticket.device_id:
            into["on_device"] += 1
            if any(_repeats(ticket, other) for other in tickets):
                into["repeated"] += 1
        if ticket.rating:
            into["rated"] += 1
            into["score_sum"] += ticket.rating
        for clock in clocks:
            if clock.ticket_id != ticket.id:
                continue
            if clock.breached_at:
                into[f"{clock.kind}_breached"] += 1
            elif clock.stopped_at and not clock.cancelled_at:
                into[f"{clock.kind}_met"] += 1
    return {first: +figures for first, figures in counted.items()}


def _repeats(ticket: Any, other: Any) -> bool:
    if other.device_id != ticket.device_id or other.reported_at >= ticket.reported_at or other.resolved_at is None:
        return False
    return bool(timedelta(0) <= ticket.reported_at - other.resolved_at < timedelta(days=30))


async def _rows(work: UnitOfWork, statement: str) -> list[Any]:
    return list(await work.session.execute(text(statement)))
