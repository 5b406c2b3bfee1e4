"""The portal's overview and the company's people; collects the portal's handlers."""

from collections.abc import Sequence
from typing import Annotated, Any

from litestar import Response, get
from litestar.params import FromQuery, QueryParameter

from app.clients.schemas import NamePosition
from app.clients.services import ContactService, DepartmentService, EmployeeService, SiteService
from app.faces.figures import figure_of, months_with_data
from app.faces.portal import confidentiality_pages, device_pages, report_pages, ticket_pages
from app.faces.portal.surroundings import Asked, client_of, draw
from app.faces.portal.words import AWAITED, TONES, headline
from app.faces.promises import Look, look_of
from app.http.pagination import decode_position, encode_position
from app.http.work import RequestWork
from app.kernel.searching import LONGEST_SEARCH
from app.kernel.texts import N_, Translator
from app.tickets import STATE_NAMES, ReadingService, TicketFilter
from app.web.charts import Series
from app.web.pages import speaker
from rbac import Permission
from tenants.network import ClientFiguresService, Month

MOST_OPEN = 50
ON_A_PAGE = 50
Typed = Annotated[str, QueryParameter(name="q", max_length=LONGEST_SEARCH)]


@get("/portal", permission=Permission.TICKET_READ, include_in_schema=False)
async def overview_page(request: Asked, work: RequestWork) -> Response[str]:
    """Open tickets with their clocks, devices with repeated faults, this month against last."""
    _, reading = speaker(request), ReadingService(work)
    tickets = await reading.most_urgent(TicketFilter(open_only=True), limit=MOST_OPEN)
    awaited = await reading.newest(TicketFilter(states=tuple(AWAITED)), limit=MOST_OPEN)
    promises = {
        ticket_id: look_of(clock)
        for ticket_id, clock in (await reading.next_promises([ticket.id for ticket in tickets])).items()
    }
    figures = await ClientFiguresService(work).of(client_of(work))
    months = figures.months[months_with_data([[each.measures.tickets for each in figures.months]])]
    return await draw(
        request,
        work,
        "portal/overview.html",
        headline=headline(tickets, _late(promises.values()), _),
        tickets=tickets,
        awaited=awaited,
        promises=promises,
        repeated=figures.repeated_faults,
        figures=_figures(figures.months, _),
        labels=[f"{each.month:%Y-%m}" for each in months],
        volume=[Series(_(N_("服务单")), [each.measures.tickets for each in months])],
        sentence=_compared(figures.months, _),
        state_names=STATE_NAMES,
        tones=TONES,
    )


def _late(looks: Any) -> int:
    return sum(1 for look in looks if isinstance(look, Look) and look.state == "breached")


def _compared(months: Sequence[Month], _: Translator) -> str:
    return _(
        N_("上月 %(before)s 张，这个月 %(now)s 张。"),
        before=months[-2].measures.tickets,
        now=months[-1].measures.tickets,
    )


def _figures(months: Sequence[Month], _: Translator) -> list[dict[str, Any]]:
    now, before = months[-1].measures, months[-2].measures
    return [
        figure_of(_(N_("本月服务单")), now.tickets, before.tickets, "", better_up=None),
        figure_of(_(N_("按时到场")), now.arrival.percent, before.arrival.percent, "%", better_up=True),
        figure_of(_(N_("按时解决")), now.resolution.percent, before.resolution.percent, "%", better_up=True),
        figure_of(_(N_("满意度")), now.satisfaction, before.satisfaction, "/ 5", better_up=True),
    ]


@get("/portal/people", permission=Permission.CLIENT_READ, include_in_schema=False)
async def people_page(
    request: Asked, work: RequestWork, words: Typed = "", cursor: FromQuery[str | None] = None
) -> Response[str]:
    """The company's employees and contacts as the partner keeps them."""
    client_id = client_of(work)
    after = decode_position(cursor, NamePosition) if cursor else None
    employees = EmployeeService(work)
    if words.strip():
        found = await employees.search(words, client_id=client_id, after=after, limit=ON_A_PAGE + 1)
    else:
        found = await employees.list(client_id, after=after, limit=ON_A_PAGE + 1)
    shown = found[:ON_A_PAGE]
    return await draw(
        request,
        work,
        "portal/people.html",
        employees=shown,
        contacts=await ContactService(work).list(client_id),
        sites={site.id: site.name for site in await SiteService(work).list(client_id, state=None)},
        departments={each.id: each.name for each in await DepartmentService(work).list(client_id, state=None)},
        words=words,
        next_cursor=encode_position(NamePosition(shown[-1].name, shown[-1].id)) if len(found) > ON_A_PAGE else "",
    )


handlers = [
    overview_page,
    people_page,
    *ticket_pages.handlers,
    *device_pages.handlers,
    *report_pages.handlers,
    *confidentiality_pages.handlers,
]
