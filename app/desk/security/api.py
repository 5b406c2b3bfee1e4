"""The security service as JSON."""

from uuid import UUID

from litestar import Response, get, post, put
from litestar.params import FromPath, FromQuery, JSONBody

from app.desk.security.listing import BULLETINS, WEEKS
from app.desk.security.models import SecurityBulletin, SecurityWeek
from app.desk.security.permissions import SecurityPermission
from app.desk.security.schemas import (
    BulletinWrite,
    CheckWrite,
    FindingDismissal,
    RecordVersion,
    SecurityBulletinSummary,
    SecurityBulletinView,
    SecurityFindingView,
    SecurityOverview,
    SecurityWeekSummary,
    SecurityWeekView,
    WeekAssessment,
)
from app.desk.security.services.bulletins import SecurityBulletins
from app.desk.security.services.findings import SecurityFindings
from app.desk.security.services.overview import SecurityService
from app.desk.security.services.weeks import SecurityWeeks
from app.platform.documents import Printable
from app.platform.documents.web_interface import document_answer
from app.platform.http.audited_reads import Audited
from app.platform.http.idempotency import idempotent
from app.platform.http.openapi_description import binary
from app.platform.http.pagination import Page
from app.platform.http.registration import handlers_of
from app.platform.http.request_work import RequestWork
from app.platform.http.web_request import WebRequest
from app.platform.kernel.errors import NotFound
from app.platform.kernel.unit_of_work import UnitOfWork
from app.platform.lists.web_interface import api_page, saved_view_api

TAGS = ["security service"]
_READ, _WRITE = SecurityPermission.SECURITY_WEEK_READ, SecurityPermission.SECURITY_WEEK_WRITE
_PUBLISH = SecurityPermission.SECURITY_BULLETIN_WRITE
BULLETIN_DOWNLOAD = Audited("security_bulletin.downloaded", "security_bulletin", "security_bulletin_id")


@get("/security-weeks", permission=_READ, tags=TAGS)
async def list_weeks(
    work: RequestWork,
    *,
    client_id: FromQuery[UUID | None] = None,
    q: FromQuery[str] = "",
    sort: FromQuery[str] = "",
    cursor: FromQuery[str | None] = None,
) -> Page[SecurityWeekSummary]:
    """Weeks, the newest first; of a client's people those of their company that are assessed."""
    conditions = list(WEEKS.conditions({}, q))
    if client_id is not None:
        conditions.append(SecurityWeek.client_id == client_id)
    return await api_page(work, WEEKS, conditions=conditions, sort=sort, cursor=cursor)


@get("/security-weeks/{security_week_id:uuid}", permission=_READ, tags=TAGS)
async def read_week(work: RequestWork, security_week_id: FromPath[UUID]) -> SecurityWeekView:
    """One week with its devices and findings."""
    return await SecurityWeeks(work).get(security_week_id)


@put("/security-weeks/{security_week_id:uuid}/devices/{device_id:uuid}", permission=_WRITE, tags=TAGS)
async def record_device(
    work: RequestWork, security_week_id: FromPath[UUID], device_id: FromPath[UUID], data: JSONBody[CheckWrite]
) -> SecurityWeekView:
    """Write down how a device stands this week."""
    await SecurityWeeks(work).record(security_week_id, device_id, data)
    return await SecurityWeeks(work).get(security_week_id)


@post("/security-weeks/{security_week_id:uuid}/assess", permission=_WRITE, tags=TAGS, status_code=200)
@idempotent(200)
async def assess_week(
    request: WebRequest, work: RequestWork, security_week_id: FromPath[UUID], data: JSONBody[WeekAssessment]
) -> SecurityWeekView:
    """Keep the figures, say what they mean; findings follow."""
    await SecurityWeeks(work).assess(security_week_id, data)
    return await SecurityWeeks(work).get(security_week_id)


@post("/security-findings/{security_finding_id:uuid}/ticket", permission=_WRITE, tags=TAGS, status_code=200)
@idempotent(200)
async def make_ticket(
    request: WebRequest, work: RequestWork, security_finding_id: FromPath[UUID]
) -> SecurityFindingView:
    """The finding's one ticket, made the first time."""
    return await SecurityFindings(work).to_ticket(security_finding_id)


@post("/security-findings/{security_finding_id:uuid}/dismiss", permission=_WRITE, tags=TAGS, status_code=200)
@idempotent(200)
async def dismiss_finding(
    request: WebRequest, work: RequestWork, security_finding_id: FromPath[UUID], data: JSONBody[FindingDismissal]
) -> SecurityFindingView:
    """Nothing is done about it, with the reason."""
    return await SecurityFindings(work).dismiss(security_finding_id, data)


@get("/security-overview", permission=_READ, tags=TAGS)
async def read_overview(work: RequestWork, client_id: FromQuery[UUID | None] = None) -> SecurityOverview:
    """The trend, findings and bulletins of a client that bought the service; 404 where it did not. A client's people
    need not name their company, and read no other."""
    wanted = work.actor.client_id or client_id
    if wanted is None or (client_id is not None and client_id != wanted):
        raise NotFound
    return await SecurityService(work).of_client(wanted)


@get("/security-bulletins", permission=_READ, tags=TAGS)
async def list_bulletins(
    work: RequestWork,
    *,
    client_id: FromQuery[UUID | None] = None,
    q: FromQuery[str] = "",
    sort: FromQuery[str] = "",
    cursor: FromQuery[str | None] = None,
) -> Page[SecurityBulletinSummary]:
    """Bulletins, the newest first; of a client's people those of their company that are published."""
    conditions = list(BULLETINS.conditions({}, q))
    if client_id is not None:
        conditions.append(SecurityBulletin.client_id == client_id)
    return await api_page(work, BULLETINS, conditions=conditions, sort=sort, cursor=cursor)


@get("/security-bulletins/{security_bulletin_id:uuid}", permission=_READ, tags=TAGS)
async def read_bulletin(work: RequestWork, security_bulletin_id: FromPath[UUID]) -> SecurityBulletinView:
    """One bulletin with the weeks that it is about."""
    return await SecurityBulletins(work).get(security_bulletin_id)


@put("/security-bulletins/{security_bulletin_id:uuid}", permission=_PUBLISH, tags=TAGS)
async def write_bulletin(
    work: RequestWork, security_bulletin_id: FromPath[UUID], data: JSONBody[BulletinWrite]
) -> SecurityBulletinView:
    """Keep the words of a draft."""
    await SecurityBulletins(work).write(security_bulletin_id, data)
    return await SecurityBulletins(work).get(security_bulletin_id)


@post("/security-bulletins/{security_bulletin_id:uuid}/publish", permission=_PUBLISH, tags=TAGS, status_code=200)
@idempotent(200)
async def publish_bulletin(
    request: WebRequest, work: RequestWork, security_bulletin_id: FromPath[UUID], data: JSONBody[RecordVersion]
) -> SecurityBulletinView:
    """The client reads it from now on, and its people hear of it."""
    await SecurityBulletins(work).publish(security_bulletin_id, data)
    return await SecurityBulletins(work).get(security_bulletin_id)


async def bulletin_answer(request: WebRequest, bulletin_id: UUID) -> Response[bytes]:
    """The bulletin's PDF."""

    async def read(work: UnitOfWork) -> Printable:
        return await SecurityBulletins(work).document(bulletin_id)

    return await document_answer(request, read)


@get(
    "/security-bulletins/{security_bulletin_id:uuid}/document",
    permission=_READ,
    tags=TAGS,
    audited=BULLETIN_DOWNLOAD,
    responses=binary("application/pdf", "The bulletin."),
)
async def download_bulletin(request: WebRequest, security_bulletin_id: FromPath[UUID]) -> Response[bytes]:
    """A published bulletin as PDF."""
    return await bulletin_answer(request, security_bulletin_id)


handlers = [
    *handlers_of(__name__),
    *saved_view_api(WEEKS, "/security-weeks"),
    *saved_view_api(BULLETINS, "/security-bulletins"),
]
