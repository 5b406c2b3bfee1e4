"""The engineer's pages; their forms are handled in `app.faces.field.steps`."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from litestar import Response, get
from litestar.params import FromPath, FromQuery

from app.faces.field import installable, steps
from app.faces.field.drawing import Asked, draw_correction, draw_report, draw_visit, drawn
from app.faces.field.views import first_open
from app.faces.promises import look_of
from app.http.work import RequestWork
from app.tickets import ReadingService, VisitReadingService
from rbac import Permission

VISIT = "/field/visits/{visit_id:uuid}"


@get("/field", permission=Permission.VISIT_WORK, include_in_schema=False)
async def today(request: Asked, work: RequestWork, day: FromQuery[date | None] = None) -> Response[Any]:
    """A day's visits in order, with overdue ones before and the next day's after."""
    shown = await VisitReadingService(work).day(day)
    visits = [*shown.overdue, *shown.visits, *shown.next_day]
    promises = await ReadingService(work).next_promises({visit.ticket_id for visit in visits})
    return drawn(
        request,
        "today.html",
        "today" if day is None else "",
        shown=shown,
        promises={ticket_id: look_of(clock) for ticket_id, clock in promises.items()},
        is_today=day is None,
        ahead=first_open([*shown.overdue, *shown.visits]) if day is None else None,
        before=shown.day - timedelta(days=1),
        after=shown.day + timedelta(days=1),
    )


@get("/field/finished", permission=Permission.VISIT_WORK, include_in_schema=False)
async def finished(request: Asked, work: RequestWork) -> Response[Any]:
    """Recently finished visits; unsigned reports are marked."""
    return drawn(request, "finished.html", "finished", visits=await VisitReadingService(work).finished())


@get(VISIT, permission=Permission.VISIT_WORK, include_in_schema=False)
async def visit(request: Asked, visit_id: FromPath[UUID]) -> Response[Any]:
    """One visit with its next step."""
    return await draw_visit(request, visit_id, None, {})


@get(f"{VISIT}/correct", permission=Permission.VISIT_WORK, include_in_schema=False)
async def correction(request: Asked, visit_id: FromPath[UUID]) -> Response[Any]:
    """The form to correct the report of finished work."""
    return await draw_correction(request, visit_id, None, {})


@get(f"{VISIT}/report", permission=Permission.VISIT_WORK, include_in_schema=False)
async def report(request: Asked, visit_id: FromPath[UUID]) -> Response[Any]:
    """The service report, before and after the client signs."""
    return await draw_report(request, visit_id, None, {})


handlers = [today, finished, visit, correction, report, *steps.handlers, *installable.handlers]
