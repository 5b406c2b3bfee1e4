"""One visit at the desk: when and who, minutes and travel, what was done, its report and photos."""

from typing import Any
from uuid import UUID

from litestar import Response, get
from litestar.params import FromPath, FromQuery

from app.desk.tickets import VISIT, TicketQueries, VisitState, goodwill_of, still_on_phone
from app.platform.http.registration import handlers_of
from app.platform.http.request_work import RequestWork
from app.platform.http.web_request import WebRequest
from app.platform.web.records import RecordHead, record_page
from app.portals.desk import queries
from app.portals.desk.ticket_record import label_context
from rbac import Permission


@get("/workspace/visits/{visit_id:uuid}", permission=Permission.TICKET_READ, include_in_schema=False)
async def visit_page(
    request: WebRequest, work: RequestWork, visit_id: FromPath[UUID], tab: FromQuery[str] = ""
) -> Response[Any]:
    """One visit, for whoever may read its ticket."""
    ticket = await TicketQueries(work).ticket(await queries.ticket_of_visit(work.session, visit_id))
    visit = next(each for each in ticket.visits if each.id == visit_id)
    own = visit.planned and visit.engineer_id == work.actor.engineer_id and work.actor.may(Permission.VISIT_WORK)
    record = RecordHead(
        kind="visit",
        id=visit.id,
        title=ticket.subject,
        base=f"/workspace/visits/{visit.id}",
        list_href=f"/workspace/tickets/{ticket.id}",
        list_label=ticket.number,
        tab=tab,
        live=f"ticket:{ticket.id}",
    )
    return record_page(
        request,
        "desk/visit.html",
        record,
        ticket=ticket,
        visit=visit,
        reports=[each for each in await queries.newest_reports(work.session, ticket.id) if each.visit_id == visit.id],
        photos=await queries.photos(work.session, [visit.id]),
        goodwill_reason=(await goodwill_of(work.session, [visit.id])).get(visit.id, ""),
        still_on_phone=(await still_on_phone(work.session, [visit.id])).get(visit.id, []),
        next_move=VISIT.next_moves.get(VisitState(visit.state)) if own and not work.actor.read_only else None,
        **label_context(),
    )


handlers = handlers_of(__name__)
