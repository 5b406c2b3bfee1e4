"""The ticket queue by due time, with the filters as query parameters; and the search page."""

from collections.abc import Mapping, Sequence
from typing import Any

from litestar import Response, get
from litestar.params import FromQuery

from app.desk.tickets import STATE_NAMES, SearchResults, TicketQueries, TicketSummary
from app.desk.tickets.web_interface import DUE_SOON, QUEUE_VIEWS, TICKETS, queue_filter, queue_view
from app.platform.http.registration import handlers_of
from app.platform.http.request_work import RequestWork
from app.platform.http.web_request import WebRequest
from app.platform.kernel.texts import translator
from app.platform.kernel.unit_of_work import UnitOfWork
from app.platform.lists.web_interface import ListPage, list_handlers, list_page
from app.platform.promises import WAIT_NAMES
from app.platform.web.pages import page
from app.portals.desk import labels
from app.portals.desk.search import search
from rbac import Permission


@get("/workspace/tickets", permission=Permission.TICKET_READ, include_in_schema=False)
async def queue_page(request: WebRequest, work: RequestWork) -> Response[Any]:
    """One page of the queue."""

    async def more(shown: ListPage[TicketSummary]) -> Mapping[str, Any]:
        return {"tabs": await _tabs(work, shown), **await ticket_list_context(work, shown.rows)}

    return await list_page(
        request,
        work,
        TICKETS,
        "desk/queue.html",
        more=more,
        fragment={"list": "found", "facets": "facets"}.get(request.headers.get("hx-target", "")),
        view=queue_view(request.query_params).key,
        may_log_calls=work.actor.may(Permission.TICKET_TRIAGE),
    )


async def _tabs(work: UnitOfWork, shown: ListPage[TicketSummary]) -> list[dict[str, Any]]:
    """The views with their counts, under the other filters."""
    translate, values = translator(work.actor.language), {**shown.values, "state": None}
    standing = await TicketQueries(work).count_by_urgency(queue_filter(work, values, shown.text, whole=True), DUE_SOON)
    tabs: list[dict[str, Any]] = []
    for view in QUEUE_VIEWS.values():
        of_view = [each for each in standing if each.state in view.states]
        tabs.append({"key": view.key, "href": shown.href(view=view.key, state=""), "label": translate(view.label)})
        if view.counted:
            field = "overdue" if view.overdue else "soon" if view.soon else "all"
            tabs[-1]["count"] = sum(getattr(each, field) for each in of_view)
    return tabs


async def ticket_list_context(work: UnitOfWork, tickets: Sequence[TicketSummary]) -> dict[str, Any]:
    """The context of `ticket_rows` besides the tickets: labels, and each ticket's next clock."""
    return {
        "row_keys": labels.row_keys(work.actor),
        "state_names": STATE_NAMES,
        "state_tones": labels.STATE_TONES,
        "wait_names": WAIT_NAMES,
        "clocks": await TicketQueries(work).next_promises([ticket.id for ticket in tickets]),
    }


SUGGESTIONS = "search-suggestions"
"""The element below the search box that asks for its own content while somebody types."""


@get("/workspace/search", permission=Permission.TICKET_READ, include_in_schema=False)
async def search_page(request: WebRequest, work: RequestWork, q: FromQuery[str] = "") -> Response[str]:
    """The search above every page: a number, a name, a telephone number. Its box asks for the answers alone."""
    found = await search(work, q)
    return page(
        request,
        "desk/search_found.html" if request.headers.get("hx-target") == SUGGESTIONS else "desk/search.html",
        q=q,
        found=found,
        nothing=found == SearchResults(),
        **await ticket_list_context(work, found.tickets),
    )


handlers = [*handlers_of(__name__), *list_handlers(TICKETS)]
