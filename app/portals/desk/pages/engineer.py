"""One engineer as the desk works with them: today and tomorrow, what is overdue, what was finished."""

from typing import Any
from uuid import UUID

from litestar import Response, get
from litestar.params import FromPath, FromQuery

from app.desk.engineers.web_interface import engineer_record
from app.desk.tickets import VISIT, VisitQueries, VisitState
from app.platform.http.registration import handlers_of
from app.platform.http.request_work import RequestWork
from app.platform.http.web_request import WebRequest
from app.platform.kernel.unit_of_work import UnitOfWork
from app.platform.web.records import record_page
from app.portals.desk.ticket_record import label_context
from rbac import Permission

FINISHED_SHOWN = 10


@get("/workspace/engineers/{engineer_id:uuid}", permission=Permission.ENGINEER_READ, include_in_schema=False)
async def engineer_page(
    request: WebRequest, work: RequestWork, engineer_id: FromPath[UUID], tab: FromQuery[str] = ""
) -> Response[Any]:
    """One engineer."""
    context = await engineer_record(work, engineer_id, tab)
    visits = await _visits(work, engineer_id)
    return record_page(request, "desk/engineer.html", **visits, **{**label_context(), **context})


async def _visits(work: UnitOfWork, engineer_id: UUID) -> dict[str, Any]:
    """The visits, for who dispatches and for the engineer; `next_visit` is the first that waits for a step."""
    own = work.actor.engineer_id == engineer_id and work.actor.may(Permission.VISIT_WORK)
    if not own and not work.actor.may(Permission.TICKET_ASSIGN):
        return {"day": None, "finished": [], "next_visit": None}
    reading = VisitQueries(work)
    day = await reading.day(None, engineer_id)
    planned = [*day.overdue, *day.visits, *day.next_day]
    return {
        "day": day,
        "finished": await reading.finished(engineer_id, limit=FINISHED_SHOWN),
        "next_visit": next((each for each in planned if VisitState(each.state) in VISIT.next_moves), None),
    }


handlers = handlers_of(__name__)
