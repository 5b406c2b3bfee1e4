"""The engineer's pages; their forms are handled in `app.portals.field.visit_actions`."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from litestar import Response, get
from litestar.params import FromPath, FromQuery

from app.desk.tickets import TicketQueries, VisitQueries
from app.platform.http.registration import handlers_of
from app.platform.http.request_work import RequestWork
from app.platform.http.web_request import WebRequest
from app.platform.web.form_values import FormValues
from app.portals.field import offline, recovery_pages, visit_actions
from app.portals.field.rendering import render_correction, render_page, render_report, render_visit
from app.portals.field.visit_steps import next_visit
from rbac import Permission

VISIT = "/field/visits/{visit_id:uuid}"


@get("/field", permission=Permission.VISIT_WORK, include_in_schema=False)
async def today(request: WebRequest, work: RequestWork, day: FromQuery[date | None] = None) -> Response[Any]:
    """A day's visits in order, with overdue ones before and the next day's after."""
    shown = await VisitQueries(work).day(day)
    visits = [*shown.overdue, *shown.visits, *shown.next_day]
    clocks = await TicketQueries(work).next_promises({visit.ticket_id for visit in visits})
    return render_page(
        request,
        "today.html",
        "today" if day is None else "",
        shown=shown,
        clocks=clocks,
        is_today=day is None,
        next_visit=next_visit([*shown.overdue, *shown.visits]) if day is None else None,
        before=shown.day - timedelta(days=1),
        after=shown.day + timedelta(days=1),
    )


@get("/field/finished", permission=Permission.VISIT_WORK, include_in_schema=False)
async def finished(request: WebRequest, work: RequestWork) -> Response[Any]:
    """Recently finished visits; unsigned reports are marked."""
    return render_page(request, "finished.html", "finished", visits=await VisitQueries(work).finished())


@get(VISIT, permission=Permission.VISIT_WORK, include_in_schema=False)
async def visit(request: WebRequest, work: RequestWork, visit_id: FromPath[UUID]) -> Response[Any]:
    """One visit with its next step."""
    return await render_visit(request, visit_id, work, FormValues(), None)


@get(f"{VISIT}/correct", permission=Permission.VISIT_WORK, include_in_schema=False)
async def correction(request: WebRequest, work: RequestWork, visit_id: FromPath[UUID]) -> Response[Any]:
    """The form to correct the report of finished work."""
    return await render_correction(request, visit_id, work, FormValues(), None)


@get(f"{VISIT}/report", permission=Permission.VISIT_WORK, include_in_schema=False)
async def report(request: WebRequest, work: RequestWork, visit_id: FromPath[UUID]) -> Response[Any]:
    """The service report, before and after the client signs."""
    return await render_report(request, visit_id, work, FormValues(), None)


handlers = [*handlers_of(__name__), *visit_actions.handlers, *recovery_pages.handlers, *offline.handlers]
