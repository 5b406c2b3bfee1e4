"""The desk's start page."""

from typing import Any

from litestar import Request, Response, get

from app.faces.workspace.pages.queue import RUNNING, SOON, UNASSIGNED, lines_context
from app.http.work import RequestWork
from app.tickets import ReadingService, TicketFilter, TicketState
from app.web.pages import page
from rbac import Permission

MOST_URGENT = 12
AT_THE_SIDE = 5
AT_WORK = tuple(state for state in RUNNING if state is not TicketState.WAITING)


@get("/workspace", permission=Permission.TICKET_READ, include_in_schema=False)
async def today_page(request: Request[Any, Any, Any], work: RequestWork) -> Response[str]:
    """Counts by urgency and state, and the most urgent tickets."""
    reading = ReadingService(work)
    standing = await reading.count_by_state(TicketFilter(states=(*RUNNING, TicketState.RESOLVED)))
    overdue = await reading.count_by_state(TicketFilter(states=RUNNING, due_before=work.now))
    soon = await reading.count_by_state(TicketFilter(states=RUNNING, due_from=work.now, due_before=work.now + SOON))
    urgent = await reading.most_urgent(TicketFilter(states=AT_WORK), limit=MOST_URGENT)
    waiting = await reading.most_urgent(TicketFilter(states=(TicketState.WAITING,)), limit=AT_THE_SIDE)
    unconfirmed = await reading.most_urgent(TicketFilter(states=(TicketState.RESOLVED,)), limit=AT_THE_SIDE)
    counts = {
        "overdue": sum(overdue.values()),
        "soon": sum(soon.values()),
        "unassigned": sum(standing.get(state, 0) for state in UNASSIGNED),
        "waiting": standing.get(TicketState.WAITING, 0),
        "resolved": standing.get(TicketState.RESOLVED, 0),
        "open": sum(standing.get(state, 0) for state in RUNNING),
    }
    return page(
        request,
        "workspace/today.html",
        fragment="now",
        counts=counts,
        urgent=urgent,
        waiting=waiting,
        unconfirmed=unconfirmed,
        may_log_calls=work.actor.may(Permission.TICKET_TRIAGE),
        **await lines_context(work, [*urgent, *waiting, *unconfirmed]),
    )


handlers = [today_page]
