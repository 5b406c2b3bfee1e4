"""The desk's start page."""

from litestar import Response, get

from app.desk.tickets import TicketFilter, TicketQueries, TicketState
from app.platform.http.request_work import RequestWork
from app.platform.http.web_request import WebRequest
from app.platform.web.pages import page
from app.portals.desk.pages.queue import DUE_SOON, OPEN, UNASSIGNED, ticket_list_context
from rbac import Permission

URGENT_SHOWN = 12
SIDE_LIST_SHOWN = 5
BEING_WORKED_ON = tuple(state for state in OPEN if state is not TicketState.WAITING)


@get("/workspace", permission=Permission.TICKET_READ, include_in_schema=False)
async def today_page(request: WebRequest, work: RequestWork) -> Response[str]:
    """Counts by urgency and state, and the most urgent tickets."""
    reading = TicketQueries(work)
    standing = await reading.count_by_state(TicketFilter(states=(*OPEN, TicketState.RESOLVED)))
    overdue = await reading.count_by_state(TicketFilter(states=OPEN, due_before=work.now))
    soon = await reading.count_by_state(TicketFilter(states=OPEN, due_from=work.now, due_before=work.now + DUE_SOON))
    urgent = await reading.most_urgent(TicketFilter(states=BEING_WORKED_ON), limit=URGENT_SHOWN)
    waiting = await reading.most_urgent(TicketFilter(states=(TicketState.WAITING,)), limit=SIDE_LIST_SHOWN)
    unconfirmed = await reading.most_urgent(TicketFilter(states=(TicketState.RESOLVED,)), limit=SIDE_LIST_SHOWN)
    counts = {
        "overdue": sum(overdue.values()),
        "soon": sum(soon.values()),
        "unassigned": sum(standing.get(state, 0) for state in UNASSIGNED),
        "waiting": standing.get(TicketState.WAITING, 0),
        "resolved": standing.get(TicketState.RESOLVED, 0),
        "open": sum(standing.get(state, 0) for state in OPEN),
    }
    return page(
        request,
        "desk/today.html",
        fragment="now",
        counts=counts,
        urgent=urgent,
        waiting=waiting,
        unconfirmed=unconfirmed,
        may_log_calls=work.actor.may(Permission.TICKET_TRIAGE),
        **await ticket_list_context(work, [*urgent, *waiting, *unconfirmed]),
    )


handlers = [today_page]
