"""The portal's overview and the company's people; collects the portal's handlers."""

from collections.abc import Iterable, Sequence
from typing import Annotated

from litestar import Response, get
from litestar.params import FromQuery, QueryParameter

from app.assets.clients import ContactService, DepartmentService, EmployeeService, NamePosition, SiteService
from app.desk.tickets import STATE_NAMES, TicketFilter, TicketQueries
from app.platform.http.pagination import decode_position, encode_position
from app.platform.http.registration import handlers_of
from app.platform.http.request_work import RequestWork
from app.platform.http.web_request import WebRequest
from app.platform.kernel.text_search import MAX_SEARCH_LENGTH
from app.platform.kernel.texts import N_, Translator
from app.platform.promises import ClockView, Standing
from app.platform.web.charts import Series
from app.platform.web.pages import translator_of
from app.portals.client import (
    addon_pages,
    checkout_pages,
    confidentiality_pages,
    contract_pages,
    credit_pages,
    device_pages,
    insurance_pages,
    invoice_pages,
    payment_pages,
    quote_pages,
    recovery_pages,
    report_pages,
    security_pages,
    ticket_pages,
)
from app.portals.client.labels import AWAITING_CONFIRMATION, TONES, headline
from app.portals.client.page_context import client_of, render_page
from app.portals.key_figures import month_figures, months_with_data
from rbac import Permission
from tenants.partner_metrics import ClientFiguresService, MonthFigures

MOST_OPEN_TICKETS = 50
PEOPLE_PER_PAGE = 50
SearchText = Annotated[str, QueryParameter(name="q", max_length=MAX_SEARCH_LENGTH)]


@get("/portal", permission=Permission.TICKET_READ, include_in_schema=False)
async def overview_page(request: WebRequest, work: RequestWork) -> Response[str]:
    """Open tickets with their clocks, devices with repeated faults, this month against last."""
    _, reading = translator_of(request), TicketQueries(work)
    tickets = await reading.most_urgent(TicketFilter(open_only=True), limit=MOST_OPEN_TICKETS)
    awaited = await reading.newest(TicketFilter(states=tuple(AWAITING_CONFIRMATION)), limit=MOST_OPEN_TICKETS)
    clocks = await reading.next_promises([ticket.id for ticket in tickets])
    figures = await ClientFiguresService(work).of(client_of(work))
    months = figures.months[months_with_data([[each.measures.tickets for each in figures.months]])]
    return await render_page(
        request,
        work,
        "client/overview.html",
        headline=headline(tickets, _late(clocks.values()), _),
        tickets=tickets,
        awaited=awaited,
        clocks=clocks,
        repeated_faults=figures.repeated_faults,
        figures=month_figures(figures.months, _),
        labels=[f"{each.month:%Y-%m}" for each in months],
        volume=[Series(_(N_("服务单")), [each.measures.tickets for each in months])],
        sentence=_compared(figures.months, _),
        state_names=STATE_NAMES,
        tones=TONES,
    )


def _late(clocks: Iterable[ClockView]) -> int:
    return sum(1 for clock in clocks if clock.standing is Standing.BREACHED)


def _compared(months: Sequence[MonthFigures], _: Translator) -> str:
    return _(
        N_("上月 %(before)s 张，这个月 %(now)s 张。"),
        before=months[-2].measures.tickets,
        now=months[-1].measures.tickets,
    )


@get("/portal/people", permission=Permission.CLIENT_READ, include_in_schema=False)
async def people_page(
    request: WebRequest, work: RequestWork, words: SearchText = "", cursor: FromQuery[str | None] = None
) -> Response[str]:
    """The company's employees and contacts as the partner keeps them."""
    client_id = client_of(work)
    after = decode_position(cursor, NamePosition) if cursor else None
    employees = EmployeeService(work)
    if words.strip():
        found = await employees.search(words, client_id=client_id, after=after, limit=PEOPLE_PER_PAGE + 1)
    else:
        found = await employees.list(client_id, after=after, limit=PEOPLE_PER_PAGE + 1)
    shown = found[:PEOPLE_PER_PAGE]
    return await render_page(
        request,
        work,
        "client/people.html",
        employees=shown,
        contacts=await ContactService(work).list(client_id),
        sites={site.id: site.name for site in await SiteService(work).list(client_id, state=None)},
        departments={each.id: each.name for each in await DepartmentService(work).list(client_id, state=None)},
        words=words,
        next_cursor=encode_position(NamePosition(shown[-1].name, shown[-1].id)) if len(found) > PEOPLE_PER_PAGE else "",
    )


handlers = [
    *handlers_of(__name__),
    *ticket_pages.handlers,
    *device_pages.handlers,
    *report_pages.handlers,
    *quote_pages.handlers,
    *confidentiality_pages.handlers,
    *addon_pages.handlers,
    *invoice_pages.handlers,
    *payment_pages.handlers,
    *checkout_pages.handlers,
    *credit_pages.handlers,
    *contract_pages.handlers,
    *insurance_pages.handlers,
    *recovery_pages.handlers,
    *security_pages.handlers,
]
