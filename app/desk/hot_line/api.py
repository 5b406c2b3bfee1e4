"""The JSON API of the hot-line: calls, and callers whom nobody knows yet until somebody finds out whose they are."""

from uuid import UUID

from litestar import delete, get, post
from litestar.params import FromPath, JSONBody

from app.desk.hot_line.service import Call, HotLineService
from app.desk.hot_line.unknown_callers import UnknownCallerCreate, UnknownCallers, WaitingCaller
from app.desk.tickets import TicketCreated
from app.desk.tickets.web_interface import LINKS_OF_TICKET
from app.platform.http.idempotency import idempotent
from app.platform.http.openapi_description import links_to
from app.platform.http.registration import handlers_of
from app.platform.http.request_work import RequestWork
from app.platform.http.web_request import WebRequest
from rbac import Permission

TAGS = ["unknown callers"]
PATH = "/unknown-callers"
ONE = f"{PATH}/{{unknown_caller_id:uuid}}"


@post(
    "/calls",
    permission=Permission.TICKET_TRIAGE,
    tags=["tickets"],
    links=links_to({"ticket_id": "id"}, *LINKS_OF_TICKET),
)
@idempotent()
async def log_call(request: WebRequest, work: RequestWork, data: JSONBody[Call]) -> TicketCreated:
    """Log a call to the hot-line: report, and classify and dispatch where that could be said at once."""
    return await HotLineService(work).log(data)


@get(PATH, permission=Permission.TICKET_TRIAGE, tags=TAGS)
async def list_unknown_callers(work: RequestWork) -> list[WaitingCaller]:
    """Who waits, the longest first; at most fifty."""
    return list(await UnknownCallers(work).waiting())


@post(
    PATH,
    permission=Permission.TICKET_TRIAGE,
    tags=TAGS,
    links=links_to(
        {"unknown_caller_id": "id"},
        "GET /unknown-callers/{unknown_caller_id}",
        "POST /unknown-callers/{unknown_caller_id}/ticket",
        "DELETE /unknown-callers/{unknown_caller_id}",
    ),
)
@idempotent()
async def note_unknown_caller(
    request: WebRequest, work: RequestWork, data: JSONBody[UnknownCallerCreate]
) -> WaitingCaller:
    """Write down the call of somebody whom nobody knows."""
    callers = UnknownCallers(work)
    return await callers.find(await callers.note(data))


@get(ONE, permission=Permission.TICKET_TRIAGE, tags=TAGS)
async def get_unknown_caller(work: RequestWork, unknown_caller_id: FromPath[UUID]) -> WaitingCaller:
    """One who waits."""
    return await UnknownCallers(work).find(unknown_caller_id)


@post(
    f"{ONE}/ticket",
    permission=Permission.TICKET_TRIAGE,
    tags=TAGS,
    links=links_to({"ticket_id": "id"}, "GET /tickets/{ticket_id}"),
)
@idempotent()
async def log_call_of_unknown_caller(
    request: WebRequest, work: RequestWork, unknown_caller_id: FromPath[UUID], data: JSONBody[Call]
) -> TicketCreated:
    """It is known whose call it was: make the ticket of the client or device that the body names; the caller waits no
    longer. Of two who do this at once, one makes a ticket."""
    return await HotLineService(work).log(data, unknown_caller_id)


@delete(ONE, permission=Permission.TICKET_TRIAGE, tags=TAGS)
async def dismiss_unknown_caller(work: RequestWork, unknown_caller_id: FromPath[UUID]) -> None:
    """Nothing is to be done about this call after all."""
    await UnknownCallers(work).settle(unknown_caller_id)


handlers = handlers_of(__name__)
