"""The desk's start page."""

from litestar import Response, get

from app.desk.tickets import TicketFilter, TicketQueries, TicketState
from app.desk.tickets.web_interface import DUE_SOON, OPEN, UNASSIGNED
from app.platform.http.registration import handlers_of
from app.platform.http.request_work import RequestWork
from app.platform.http.web_request import WebRequest
from app.platform.web.pages import page
from app.portals.desk.pages.queue import ticket_list_context
from rbac import Permission

URGENT_SHOWN = 12
SIDE_LIST_SHOWN = 5
BEING_WORKED_ON = tuple(state for state in OPEN if state is not TicketState.WAITING)


@get("/workspace", permission=Permission.TICKET_READ, include_in_schema=False)
async def today_page(request: WebRequest, work: RequestWork) -> Response[str]:
    """Counts by urgency and state, and the most urgent tickets."""
    reading = TicketQueries(work)
    standing = await reading.count_by_urgency(TicketFilter(states=(*OPEN, TicketState.RESOLVED)), DUE_SOON)
    urgent = await reading.most_urgent(TicketFilter(states=BEING_WORKED_ON), limit=URGENT_SHOWN)
    waiting = await reading.most_urgent(TicketFilter(states=(TicketState.WAITING,)), limit=SIDE_LIST_SHOWN)
    unconfirmed = await reading.most_urgent(TicketFilter(states=(TicketState.RESOLVED,)), limit=SIDE_LIST_SHOWN)
    of_state = {each.state: each.all for each in standing}
    counts = {
        "overdue": sum(each.overdue for each in standing if each.state in OPEN),
        "soon": sum(each.soon for each in standing if each.state in OPEN),
        "unassigned": sum(of_state.get(state, 0) for state in UNASSIGNED),
        "waiting": of_state.get(TicketState.WAITING, 0),
        "resolved": of_state.get(TicketState.RESOLVED, 0),
        "open": sum(of_state.get(state, 0) for state in OPEN),
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


handlers = handlers_of(__name__)
