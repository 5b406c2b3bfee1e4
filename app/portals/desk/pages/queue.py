"""The ticket queue by due time, with the filters as query parameters; and the search page."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Annotated, Any, Final, NamedTuple
from urllib.parse import urlencode
from uuid import UUID

from litestar import Response, get
from litestar.params import FromQuery, QueryParameter

from app.agreements.sla import Priority
from app.desk.engineers import EngineerService
from app.desk.tickets import (
    OPEN_STATES,
    STATE_NAMES,
    SearchResults,
    TicketFilter,
    TicketQueries,
    TicketState,
    TicketSummary,
)
from app.desk.tickets.web_interface import TicketOrder, page_of_tickets
from app.platform.http.pagination import DEFAULT_LIMIT
from app.platform.http.request_work import RequestWork
from app.platform.http.web_request import WebRequest
from app.platform.kernel.text_search import MAX_SEARCH_LENGTH
from app.platform.kernel.texts import N_
from app.platform.kernel.unit_of_work import UnitOfWork
from app.platform.promises import WAIT_NAMES
from app.platform.web.pages import page, translator_of
from app.portals.desk import labels, queries
from app.portals.desk.forms import id_or_none
from app.portals.desk.search import search
from rbac import Permission

UNASSIGNED: Final = (TicketState.NEW, TicketState.TRIAGED, TicketState.REOPENED)
OPEN: Final = tuple(sorted(OPEN_STATES))
DUE_SOON: Final = timedelta(hours=1)
ME: Final = "me"


class View(NamedTuple):
    """A tab of the queue; `label` is a source text."""

    key: str
    label: str
    states: tuple[TicketState, ...]
    overdue: bool = False
    soon: bool = False
    order: TicketOrder = TicketOrder.DUE
    counted: bool = True


VIEWS: Final = (
    View("open", N_("进行中"), OPEN),
    View("overdue", N_("已超时"), OPEN, overdue=True),
    View("soon", N_("1 小时内到时"), OPEN, soon=True),
    View("unassigned", N_("待派单"), UNASSIGNED),
    View(
        "working",
        N_("处理中"),
        (
            TicketState.ASSIGNED,
            TicketState.ACCEPTED,
            TicketState.EN_ROUTE,
            TicketState.ON_SITE,
            TicketState.REMOTE,
        ),
    ),
    View("waiting", N_("等待中"), (TicketState.WAITING,)),
    View("resolved", N_("待确认"), (TicketState.RESOLVED,)),
    View(
        "done",
        N_("已结束"),
        (TicketState.CONFIRMED, TicketState.CLOSED, TicketState.CANCELLED),
        order=TicketOrder.NEWEST,
        counted=False,
    ),
)
_BY_KEY: Final = {view.key: view for view in VIEWS}


class QueueFilters(NamedTuple):
    """The filters of the query string; unknown values are ignored."""

    view: View
    state: TicketState | None
    priority: str
    client_id: UUID | None
    engineer: str
    text: str

    def ticket_filter(self, work: UnitOfWork, view: View | None) -> TicketFilter:
        """The repository filter of `view`; with None, over all counted states."""
        states: tuple[TicketState, ...] = view.states if view else (*OPEN, TicketState.RESOLVED)
        if view is self.view and self.state is not None:
            states = (self.state,)
        own = work.actor.engineer_id if self.engineer == ME else id_or_none(self.engineer)
        return TicketFilter(
            states=states,
            priorities=(self.priority,) if self.priority else (),
            client_id=self.client_id,
            engineer_id=own,
            text=self.text,
            due_from=work.now if view and view.soon else None,
            due_before=_due_before(work, view),
        )

    def address(self, **changes: str) -> str:
        """The address of the queue with these filters."""
        values = {
            "view": self.view.key,
            "state": self.state or "",
            "priority": self.priority,
            "client": str(self.client_id or ""),
            "engineer": self.engineer,
            "q": self.text,
            **changes,
        }
        query = urlencode({name: value for name, value in values.items() if value})
        return f"/workspace/tickets?{query}" if query else "/workspace/tickets"


def _due_before(work: UnitOfWork, view: View | None) -> Any:
    if view is None or not (view.overdue or view.soon):
        return None
    return work.now if view.overdue else work.now + DUE_SOON


@get("/workspace/tickets", permission=Permission.TICKET_READ, include_in_schema=False)
async def queue_page(
    request: WebRequest,
    work: RequestWork,
    *,
    view: FromQuery[str] = "open",
    wanted_state: Annotated[str, QueryParameter(name="state")] = "",
    priority: FromQuery[str] = "",
    client: FromQuery[str] = "",
    engineer: FromQuery[str] = "",
    q: FromQuery[str] = "",
    cursor: FromQuery[str | None] = None,
) -> Response[str]:
    """One page of the queue."""
    filters = QueueFilters(
        view=_BY_KEY.get(view, VIEWS[0]),
        state=TicketState(wanted_state) if wanted_state in set(TicketState) else None,
        priority=priority if priority in set(Priority) else "",
        client_id=id_or_none(client),
        engineer=engineer if engineer == ME or id_or_none(engineer) else "",
        text=q.strip()[:MAX_SEARCH_LENGTH],
    )
    found = await page_of_tickets(
        work, filters.ticket_filter(work, filters.view), filters.view.order, cursor, DEFAULT_LIMIT
    )
    part = {"list": "found", "facets": "facets"}.get(request.headers.get("hx-target", ""))
    return page(
        request,
        "desk/queue.html",
        fragment=part,
        filters=filters,
        tickets=found.items,
        next_href=filters.address(cursor=found.next_cursor) if found.next_cursor else "",
        first_href=filters.address() if cursor else "",
        here=filters.address(**({"cursor": cursor} if cursor else {})),
        tabs=await _tabs(work, request, filters),
        **await _choices(work, request),
        **await ticket_list_context(work, found.items),
    )


async def _tabs(work: UnitOfWork, request: WebRequest, filters: QueueFilters) -> list[dict[str, Any]]:
    _ = translator_of(request)
    reading = TicketQueries(work)
    standing = await reading.count_by_state(filters.ticket_filter(work, None))
    tabs: list[dict[str, Any]] = []
    for view in VIEWS:
        count: int | None = None
        if view.overdue or view.soon:
            count = sum((await reading.count_by_state(filters.ticket_filter(work, view))).values())
        elif view.counted:
            count = sum(standing.get(state, 0) for state in view.states)
        tabs.append({"key": view.key, "href": filters.address(view=view.key, state=""), "label": _(view.label)})
        if count is not None:
            tabs[-1]["count"] = count
    return tabs


async def _choices(work: UnitOfWork, request: WebRequest) -> dict[str, Any]:
    _ = translator_of(request)
    engineers = [(str(each.id), each.display_name) for each in await EngineerService(work).list()]
    if work.actor.may(Permission.VISIT_WORK):
        engineers.insert(0, (ME, _(N_("派给我的"))))
    return {
        "clients": await queries.client_names(work.session),
        "engineers": engineers,
        "priorities": [(each.value, each.value) for each in Priority],
        "may_log_calls": work.actor.may(Permission.TICKET_TRIAGE),
    }


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


handlers = [queue_page, search_page]
