"""JSON: joining, vetting, keeping partners, and the public directory."""

from typing import Annotated, Any
from uuid import UUID

from litestar import get, patch, post
from litestar.datastructures import CacheControlHeader
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter

from app.platform.http.idempotency import idempotent
from app.platform.http.pagination import DEFAULT_LIMIT, MAXIMUM_LIMIT, Cursor, Page
from app.platform.http.registration import handlers_of
from app.platform.http.request_work import RequestWork, public_work, runtime_of
from app.platform.http.web_request import WebRequest
from app.platform.kernel.unit_of_work import UnitOfWork
from app.platform.lists.web_interface import api_page, saved_view_api
from rbac import Access, Permission
from tenants.partners.application_listing import ALL, APPLICATIONS
from tenants.partners.listing import PARTNERS
from tenants.partners.schemas import (
    ApplicationApproval,
    ApplicationCreate,
    ApplicationDetail,
    ApplicationReceipt,
    ApplicationRejection,
    ApplicationStatus,
    ApplicationSummary,
    CodeRequest,
    CodeSent,
    DirectoryEntry,
    PartnerDetail,
    PartnerGrading,
    PartnerStep,
    PartnerSummary,
    PartnerTermination,
    PartnerUpdate,
)
from tenants.partners.services.applications import PartnerApplications
from tenants.partners.services.directory import Directory
from tenants.partners.services.register import PartnerRegister
from tenants.partners.services.verification import AddressVerification, SignUpSettings
from tenants.partners.services.vetting import Vetting

Limit = Annotated[int, QueryParameter(ge=1, le=MAXIMUM_LIMIT)]
CityFilter = Annotated[str, QueryParameter(name="city", max_length=6)]
Place = Annotated[str, QueryParameter(max_length=120)]
SearchText = Annotated[str, QueryParameter(name="q", max_length=80)]
DIRECTORY_SECONDS = 300


@post("/partner-applications/verification-codes", permission=Access.PUBLIC, status_code=202)
async def send_code(request: WebRequest, data: JSONBody[CodeRequest]) -> CodeSent:
    """Send a six-digit code to an e-mail address, or to a mobile where SMS is configured."""
    async with public_work(request) as work:
        return await AddressVerification(work, SignUpSettings.of(runtime_of(request))).send_code(data)


@post("/partner-applications", permission=Access.PUBLIC)
async def apply(request: WebRequest, data: JSONBody[ApplicationCreate]) -> ApplicationReceipt:
    """Apply to join the network, with verified addresses. Takes an Idempotency-Key."""
    async with public_work(request) as work:
        receipt: ApplicationReceipt = await _apply(request=request, work=work, data=data)
    return receipt


@idempotent()
async def _apply(*, request: WebRequest, work: UnitOfWork, data: ApplicationCreate) -> ApplicationReceipt:
    return await PartnerApplications(work, SignUpSettings.of(runtime_of(request))).apply(data)


@get("/partner-applications/status/{token:str}", permission=Access.PUBLIC)
async def application_status(request: WebRequest, token: FromPath[str]) -> ApplicationStatus:
    """Where an application stands, for the holder of its token."""
    async with public_work(request) as work:
        return await PartnerApplications(work, SignUpSettings.of(runtime_of(request))).status(token)


@get("/partner-applications", permission=Permission.APPLICATION_READ)
async def list_applications(
    work: RequestWork,
    application_state: Annotated[str, QueryParameter(name="state", max_length=16)] = "",
    city_code: CityFilter = "",
    words: SearchText = "",
    sort: FromQuery[str] = "",
    cursor: FromQuery[str | None] = None,
    limit: Limit = DEFAULT_LIMIT,
) -> Page[ApplicationSummary]:
    """The queue, newest first, or by `sort` (`legal_name`)."""
    said = {"state": application_state or ALL, "city": city_code or None}
    conditions = APPLICATIONS.conditions(said, words)
    return await api_page(work, APPLICATIONS, conditions=conditions, sort=sort, cursor=cursor, limit=limit)


@get("/partner-applications/{application_id:uuid}", permission=Permission.APPLICATION_READ)
async def read_application(request: WebRequest, work: RequestWork, application_id: FromPath[UUID]) -> ApplicationDetail:
    """One application with the checks that a reviewer decides by."""
    return await _vetting(request, work).application(application_id)


@post("/partner-applications/{application_id:uuid}/approve", permission=Permission.APPLICATION_DECIDE, status_code=200)
@idempotent(200)
async def approve_application(
    request: WebRequest,
    work: RequestWork,
    application_id: FromPath[UUID],
    data: JSONBody[ApplicationApproval],
) -> ApplicationDetail:
    """Approve with star level, territory and authorisations; the tenant is provisioned by the event."""
    return await _vetting(request, work).approve(application_id, data)


@post("/partner-applications/{application_id:uuid}/reject", permission=Permission.APPLICATION_DECIDE, status_code=200)
@idempotent(200)
async def reject_application(
    request: WebRequest,
    work: RequestWork,
    application_id: FromPath[UUID],
    data: JSONBody[ApplicationRejection],
) -> ApplicationDetail:
    """Reject with a reason, which the applicant reads."""
    return await _vetting(request, work).reject(application_id, data)


@get("/partners", permission=Permission.PARTNER_READ)
async def list_partners(
    *,
    work: RequestWork,
    partner_state: Annotated[str, QueryParameter(name="state", max_length=16)] = "",
    city_code: CityFilter = "",
    words: SearchText = "",
    cursor: Place = "",
    limit: Limit = DEFAULT_LIMIT,
    sort: Annotated[str, QueryParameter(max_length=40)] = "",
) -> Page[PartnerSummary]:
    """Headquarters' partners, latest authorised first, or by `sort`: a field such as `name` or `star_level`, with
    `-` before it for downwards."""
    said = {"state": partner_state, "city": city_code}
    conditions = PARTNERS.conditions({name: value or None for name, value in said.items()}, words)
    return await api_page(work, PARTNERS, conditions=conditions, sort=sort, cursor=cursor, limit=limit)


@get("/partners/{partner_id:uuid}", permission=Permission.PARTNER_READ)
async def read_partner(work: RequestWork, partner_id: FromPath[UUID]) -> PartnerDetail:
    """One partner with its history."""
    return await PartnerRegister(work).partner(partner_id)


@patch("/partners/{partner_id:uuid}", permission=Permission.PARTNER_GRADE)
async def update_partner(work: RequestWork, partner_id: FromPath[UUID], data: JSONBody[PartnerUpdate]) -> PartnerDetail:
    """Change what the directory tells: hot-line and introduction."""
    return await PartnerRegister(work).update(partner_id, data)


@post("/partners/{partner_id:uuid}/grading", permission=Permission.PARTNER_GRADE, status_code=200)
@idempotent(200)
async def grade_partner(
    request: WebRequest, work: RequestWork, partner_id: FromPath[UUID], data: JSONBody[PartnerGrading]
) -> PartnerDetail:
    """Set star level, territory, authorisations, with a reason."""
    return await PartnerRegister(work).grade(partner_id, data)


@post("/partners/{partner_id:uuid}/activate", permission=Permission.PARTNER_SUSPEND, status_code=200)
@idempotent(200)
async def activate_partner(
    request: WebRequest, work: RequestWork, partner_id: FromPath[UUID], data: JSONBody[PartnerStep]
) -> PartnerDetail:
    """End the trial."""
    return await PartnerRegister(work).activate(partner_id, data)


@post("/partners/{partner_id:uuid}/suspend", permission=Permission.PARTNER_SUSPEND, status_code=200)
@idempotent(200)
async def suspend_partner(
    request: WebRequest, work: RequestWork, partner_id: FromPath[UUID], data: JSONBody[PartnerStep]
) -> PartnerDetail:
    """Make the partner's tenant read-only; its data stays."""
    return await PartnerRegister(work).suspend(partner_id, data)


@post("/partners/{partner_id:uuid}/reactivate", permission=Permission.PARTNER_SUSPEND, status_code=200)
@idempotent(200)
async def reactivate_partner(
    request: WebRequest, work: RequestWork, partner_id: FromPath[UUID], data: JSONBody[PartnerStep]
) -> PartnerDetail:
    """Undo a suspension."""
    return await PartnerRegister(work).reactivate(partner_id, data)


@post("/partners/{partner_id:uuid}/terminate", permission=Permission.PARTNER_TERMINATE, status_code=200)
@idempotent(200)
async def terminate_partner(
    request: WebRequest, work: RequestWork, partner_id: FromPath[UUID], data: JSONBody[PartnerTermination]
) -> PartnerDetail:
    """End the membership: nobody works any more, the owner may export, and after the retention all is erased."""
    return await PartnerRegister(work).terminate(partner_id, data, runtime_of(request).settings.tenant_retention_days)


@post("/partners/{partner_id:uuid}/reinstate", permission=Permission.PARTNER_TERMINATE, status_code=200)
@idempotent(200)
async def reinstate_partner(
    request: WebRequest, work: RequestWork, partner_id: FromPath[UUID], data: JSONBody[PartnerStep]
) -> PartnerDetail:
    """Go back from a termination to the suspension, while the records are there."""
    return await PartnerRegister(work).reinstate(partner_id, data)


@get(
    "/directory",
    permission=Access.PUBLIC,
    cache_control=CacheControlHeader(public=True, max_age=DIRECTORY_SECONDS),
    exclude_from_csrf=True,  # an answer that caches share carries no cookie
)
async def directory(
    request: WebRequest,
    city_code: CityFilter = "",
    category: Annotated[str, QueryParameter(max_length=40)] = "",
    cursor: Place = "",
    limit: Limit = DEFAULT_LIMIT,
) -> Page[DirectoryEntry]:
    """Authorised partners by city (GB/T 2260) and service category, best star level first."""
    async with public_work(request) as work:
        entries, next_cursor = await Directory(work).entries(
            city_code=city_code, category=category, cursor=cursor, limit=limit
        )
    return Page(entries, next_cursor)


def _vetting(request: WebRequest, work: UnitOfWork) -> Vetting:
    return Vetting(work, SignUpSettings.of(runtime_of(request)).public_url + "/join")


def _before(cursor: str) -> tuple[Any, UUID] | None:
    if not cursor:
        return None
    place = Cursor.decode(cursor)
    return place.moment, place.id


handlers = [
    *handlers_of(__name__),
    *saved_view_api(PARTNERS, "/partners"),
    *saved_view_api(APPLICATIONS, "/partner-applications"),
]
