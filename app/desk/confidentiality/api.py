"""Confidentiality agreements and admissions as JSON."""

from uuid import UUID

from litestar import get, post, put
from litestar.params import FromPath, JSONBody

from app.desk.confidentiality.schemas import Admission, AdmissionUpdate, Agreement, AgreementCreate, AgreementUpdate
from app.desk.confidentiality.service import ConfidentialityService
from app.platform.http.idempotency import idempotent
from app.platform.http.pagination import Page
from app.platform.http.registration import handlers_of
from app.platform.http.request_work import RequestWork
from app.platform.http.web_request import WebRequest
from rbac import Permission

TAGS = ["confidentiality"]
CLIENT = "/clients/{client_id:uuid}"


@get(f"{CLIENT}/confidentiality-agreements", permission=Permission.CLIENT_READ, tags=TAGS)
async def list_agreements(work: RequestWork, client_id: FromPath[UUID]) -> Page[Agreement]:
    """A client's agreements, the newest first, on one page."""
    return Page(await ConfidentialityService(work).agreements(client_id))


@post(f"{CLIENT}/confidentiality-agreements", permission=Permission.CLIENT_WRITE, tags=TAGS)
@idempotent()
async def add_agreement(
    request: WebRequest, work: RequestWork, client_id: FromPath[UUID], data: JSONBody[AgreementCreate]
) -> Agreement:
    """Record a signed agreement."""
    return await ConfidentialityService(work).add_agreement(client_id, data)


@put(f"{CLIENT}/confidentiality-agreements/{{agreement_id:uuid}}", permission=Permission.CLIENT_WRITE, tags=TAGS)
async def change_agreement(
    work: RequestWork, client_id: FromPath[UUID], agreement_id: FromPath[UUID], data: JSONBody[AgreementUpdate]
) -> Agreement:
    """Correct an agreement, or end it."""
    return await ConfidentialityService(work).change_agreement(client_id, agreement_id, data)


@get(f"{CLIENT}/admissions", permission=Permission.CLIENT_READ, tags=TAGS)
async def list_admissions(work: RequestWork, client_id: FromPath[UUID]) -> Page[Admission]:
    """A client's admissions by engineer name, on one page."""
    return Page(await ConfidentialityService(work).admissions(client_id))


@put(f"{CLIENT}/admissions/{{engineer_id:uuid}}", permission=Permission.CLIENT_WRITE, tags=TAGS)
async def admit_engineer(
    work: RequestWork, client_id: FromPath[UUID], engineer_id: FromPath[UUID], data: JSONBody[AdmissionUpdate]
) -> Admission:
    """Record an engineer's admission with the pass, or its end."""
    return await ConfidentialityService(work).admit(client_id, engineer_id, data)


@get("/admissions/expiring", permission=Permission.CLIENT_READ, tags=TAGS)
async def list_expiring_admissions(work: RequestWork) -> Page[Admission]:
    """Passes that end within 30 days or have ended, the first to end first."""
    return Page(await ConfidentialityService(work).expiring())


handlers = handlers_of(__name__)
