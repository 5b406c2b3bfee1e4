"""Requests about employees' personal data as JSON."""

from uuid import UUID

from litestar import get, post
from litestar.params import FromPath, JSONBody

from app.data_exchange.personal_data.permissions import ClientErasurePermission
from app.data_exchange.personal_data.schemas import (
    ClientErasureCreate,
    ClientErasureStanding,
    ClientErasureView,
    ErasureCreate,
    PersonalData,
    PersonalDataRequestView,
)
from app.data_exchange.personal_data.services import ClientErasures, PersonalDataService
from app.platform.http.pagination import Page
from app.platform.http.registration import handlers_of
from app.platform.http.request_work import RequestWork
from rbac import Permission

TAGS = ["personal data"]
PERSON = "/clients/{client_id:uuid}/employees/{employee_id:uuid}/personal-data"


@get(f"{PERSON}/requests", permission=Permission.PERSONAL_DATA_WRITE, tags=TAGS)
async def list_personal_data_requests(
    work: RequestWork, client_id: FromPath[UUID], employee_id: FromPath[UUID]
) -> Page[PersonalDataRequestView]:
    """Requests about an employee with their results, newest first, on one page."""
    return Page(await PersonalDataService(work).requests(client_id, employee_id))


@post(f"{PERSON}/export", permission=Permission.PERSONAL_DATA_WRITE, status_code=200, tags=TAGS)
async def export_personal_data(
    work: RequestWork, client_id: FromPath[UUID], employee_id: FromPath[UUID]
) -> PersonalData:
    """All stored data of an employee, to hand over to them. The export is recorded as a request."""
    return await PersonalDataService(work).export(client_id, employee_id)


@post(f"{PERSON}/erasure", permission=Permission.PERSONAL_DATA_WRITE, status_code=202, tags=TAGS)
async def erase_personal_data(
    work: RequestWork, client_id: FromPath[UUID], employee_id: FromPath[UUID], data: JSONBody[ErasureCreate]
) -> PersonalDataRequestView:
    """Request the erasure of a former employee; done in the background. The devices' service history stays."""
    return await PersonalDataService(work).erase(client_id, employee_id, data)


COMPANY = "/clients/{client_id:uuid}/erasure"


@get(COMPANY, permission=ClientErasurePermission.CLIENT_ERASE, tags=TAGS)
async def read_client_erasure(work: RequestWork, client_id: FromPath[UUID]) -> ClientErasureStanding:
    """Whether a client's company can be forgotten: what of it is still open, and what was asked before."""
    return await ClientErasures(work).standing(client_id)


@post(COMPANY, permission=ClientErasurePermission.CLIENT_ERASE, status_code=202, tags=TAGS)
async def erase_client(
    work: RequestWork, client_id: FromPath[UUID], data: JSONBody[ClientErasureCreate]
) -> ClientErasureView:
    """Have a client's company forgotten; done in the background, and never undone. Refused while anything is open."""
    return await ClientErasures(work).request(client_id, data)


handlers = handlers_of(__name__)
