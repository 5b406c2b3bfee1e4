"""Client companies and what belongs to them, as JSON."""

from collections.abc import Sequence
from typing import Annotated, Any
from uuid import UUID

from litestar import get, post, put
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter

from app.assets.clients import schemas
from app.assets.clients.labels import RecordState
from app.assets.clients.listing import CLIENTS
from app.assets.clients.repository import matching_clients
from app.assets.clients.services import ClientService, ContactService, DepartmentService, EmployeeService, SiteService
from app.platform.http.idempotency import idempotent
from app.platform.http.openapi_description import links_to
from app.platform.http.pagination import DEFAULT_LIMIT, MAXIMUM_LIMIT, Page, T, decode_position, encode_position
from app.platform.http.registration import handlers_of
from app.platform.http.request_work import RequestWork
from app.platform.http.web_request import WebRequest
from app.platform.lists.web_interface import api_page, saved_view_api
from rbac import Permission

READ = Permission.CLIENT_READ
WRITE = Permission.CLIENT_WRITE
TAGS = ["clients"]

Limit = Annotated[int, QueryParameter(ge=1, le=MAXIMUM_LIMIT)]


def position_of(cursor: str | None) -> schemas.NamePosition | None:
    """
    Raises:
        BadRequest: not a cursor of ours.
    """
    return None if cursor is None else decode_position(cursor, schemas.NamePosition)


def page_of(items: Sequence[Any], limit: int) -> tuple[list[Any], str | None]:
    """The first `limit` of one more than that, and where the next page begins."""
    shown = list(items[:limit])
    if len(items) <= limit:
        return shown, None
    return shown, encode_position(schemas.NamePosition(shown[-1].name, shown[-1].id))


def _page(items: Sequence[T], limit: int) -> Page[T]:
    return Page(*page_of(items, limit))


@get("/clients", permission=READ, tags=TAGS)
async def list_clients(
    work: RequestWork,
    *,
    q: FromQuery[str] = "",
    industry: FromQuery[str] = "",
    city_code: FromQuery[str] = "",
    client_state: Annotated[RecordState | None, QueryParameter(name="state")] = None,
    cursor: FromQuery[str | None] = None,
    limit: Limit = DEFAULT_LIMIT,
    sort: FromQuery[str] = "",
) -> Page[schemas.ClientView]:
    """Client companies by name, or by `sort` (a field such as `industry` or `created_at`, `-` before it for
    downwards); `q` is part of a name or of the code. A client's people get their own company."""
    wanted = schemas.ClientFilter(text=q, industry=industry, city_code=city_code, state=client_state)
    return await api_page(work, CLIENTS, conditions=matching_clients(wanted), sort=sort, cursor=cursor, limit=limit)


@get("/clients/distribution", permission=READ, tags=TAGS)
async def read_distribution(work: RequestWork) -> schemas.Distribution:
    """How the active clients spread over industries and cities."""
    return await ClientService(work).distribution()


@post(
    "/clients",
    permission=WRITE,
    tags=TAGS,
    links=links_to(
        {"client_id": "id"},
        *(f"{method} /clients/{{client_id}}" for method in ("GET", "PUT")),
        *(f"POST /clients/{{client_id}}/{path}" for path in ("state", "sites", "departments", "contacts", "employees")),
    ),
)
@idempotent()
async def create_client(
    request: WebRequest, work: RequestWork, data: JSONBody[schemas.ClientCreate]
) -> schemas.ClientView:
    """Set up a client company."""
    return await ClientService(work).create(data)


@get("/clients/{client_id:uuid}", permission=READ, tags=TAGS)
async def read_client(work: RequestWork, client_id: FromPath[UUID]) -> schemas.ClientView:
    """One client company."""
    return await ClientService(work).get(client_id)


@put("/clients/{client_id:uuid}", permission=WRITE, tags=TAGS)
async def update_client(
    work: RequestWork, client_id: FromPath[UUID], data: JSONBody[schemas.ClientUpdate]
) -> schemas.ClientView:
    """Write the whole file; `version` is the one that was read."""
    return await ClientService(work).update(client_id, data)


@post("/clients/{client_id:uuid}/state", permission=WRITE, tags=TAGS, status_code=200)
async def change_client_state(
    work: RequestWork, client_id: FromPath[UUID], data: JSONBody[schemas.StateChange]
) -> schemas.ClientView:
    """Take a client out of use, or back into use. Nothing is deleted."""
    return await ClientService(work).change_state(client_id, data)


@get("/clients/{client_id:uuid}/sites", permission=READ, tags=TAGS)
async def list_sites(
    work: RequestWork, client_id: FromPath[UUID], cursor: FromQuery[str | None] = None, limit: Limit = DEFAULT_LIMIT
) -> Page[schemas.SiteView]:
    """All sites by name."""
    found = await SiteService(work).list(client_id, state=None, after=position_of(cursor), limit=limit + 1)
    return _page(found, limit)


@post("/clients/{client_id:uuid}/sites", permission=WRITE, tags=TAGS)
@idempotent()
async def create_site(
    request: WebRequest,
    work: RequestWork,
    client_id: FromPath[UUID],
    data: JSONBody[schemas.SiteCreate],
) -> schemas.SiteView:
    """Add a site."""
    return await SiteService(work).create(client_id, data)


@put("/clients/{client_id:uuid}/sites/{record_id:uuid}", permission=WRITE, tags=TAGS)
async def update_site(
    work: RequestWork, client_id: FromPath[UUID], record_id: FromPath[UUID], data: JSONBody[schemas.SiteUpdate]
) -> schemas.SiteView:
    """Write the whole record; `version` is the one that was read."""
    return await SiteService(work).update(client_id, record_id, data)


@post("/clients/{client_id:uuid}/sites/{record_id:uuid}/state", permission=WRITE, tags=TAGS, status_code=200)
async def change_site_state(
    work: RequestWork, client_id: FromPath[UUID], record_id: FromPath[UUID], data: JSONBody[schemas.StateChange]
) -> schemas.SiteView:
    """Take a site out of use, or back into use."""
    return await SiteService(work).change_state(client_id, record_id, data)


@get("/clients/{client_id:uuid}/departments", permission=READ, tags=TAGS)
async def list_departments(
    work: RequestWork, client_id: FromPath[UUID], cursor: FromQuery[str | None] = None, limit: Limit = DEFAULT_LIMIT
) -> Page[schemas.DepartmentView]:
    """All departments by name."""
    found = await DepartmentService(work).list(client_id, state=None, after=position_of(cursor), limit=limit + 1)
    return _page(found, limit)


@post("/clients/{client_id:uuid}/departments", permission=WRITE, tags=TAGS)
@idempotent()
async def create_department(
    request: WebRequest,
    work: RequestWork,
    client_id: FromPath[UUID],
    data: JSONBody[schemas.DepartmentCreate],
) -> schemas.DepartmentView:
    """Add a department."""
    return await DepartmentService(work).create(client_id, data)


@put("/clients/{client_id:uuid}/departments/{record_id:uuid}", permission=WRITE, tags=TAGS)
async def update_department(
    work: RequestWork, client_id: FromPath[UUID], record_id: FromPath[UUID], data: JSONBody[schemas.DepartmentUpdate]
) -> schemas.DepartmentView:
    """Write the whole record; `version` is the one that was read."""
    return await DepartmentService(work).update(client_id, record_id, data)


@post("/clients/{client_id:uuid}/departments/{record_id:uuid}/state", permission=WRITE, tags=TAGS, status_code=200)
async def change_department_state(
    work: RequestWork, client_id: FromPath[UUID], record_id: FromPath[UUID], data: JSONBody[schemas.StateChange]
) -> schemas.DepartmentView:
    """Take a department out of use, or back into use."""
    return await DepartmentService(work).change_state(client_id, record_id, data)


@get("/clients/{client_id:uuid}/contacts", permission=READ, tags=TAGS)
async def list_contacts(
    work: RequestWork, client_id: FromPath[UUID], cursor: FromQuery[str | None] = None, limit: Limit = DEFAULT_LIMIT
) -> Page[schemas.ContactView]:
    """All contacts by name."""
    found = await ContactService(work).list(client_id, state=None, after=position_of(cursor), limit=limit + 1)
    return _page(found, limit)


@post("/clients/{client_id:uuid}/contacts", permission=WRITE, tags=TAGS)
@idempotent()
async def create_contact(
    request: WebRequest,
    work: RequestWork,
    client_id: FromPath[UUID],
    data: JSONBody[schemas.ContactCreate],
) -> schemas.ContactView:
    """Add a contact."""
    return await ContactService(work).create(client_id, data)


@put("/clients/{client_id:uuid}/contacts/{record_id:uuid}", permission=WRITE, tags=TAGS)
async def update_contact(
    work: RequestWork, client_id: FromPath[UUID], record_id: FromPath[UUID], data: JSONBody[schemas.ContactUpdate]
) -> schemas.ContactView:
    """Write the whole record; `version` is the one that was read."""
    return await ContactService(work).update(client_id, record_id, data)


@post("/clients/{client_id:uuid}/contacts/{record_id:uuid}/state", permission=WRITE, tags=TAGS, status_code=200)
async def change_contact_state(
    work: RequestWork, client_id: FromPath[UUID], record_id: FromPath[UUID], data: JSONBody[schemas.StateChange]
) -> schemas.ContactView:
    """Take a contact out of use, or back into use."""
    return await ContactService(work).change_state(client_id, record_id, data)


@get("/clients/{client_id:uuid}/employees", permission=READ, tags=TAGS)
async def list_employees(
    work: RequestWork,
    client_id: FromPath[UUID],
    q: FromQuery[str] = "",
    cursor: FromQuery[str | None] = None,
    limit: Limit = DEFAULT_LIMIT,
) -> Page[schemas.EmployeeView]:
    """Employees by name; `q` is looked for in names, telephone and employee numbers."""
    service, after = EmployeeService(work), position_of(cursor)
    if q.strip():
        found = await service.search(q, client_id=client_id, state=None, after=after, limit=limit + 1)
    else:
        found = await service.list(client_id, state=None, after=after, limit=limit + 1)
    return _page(found, limit)


@get("/employees", permission=READ, tags=TAGS)
async def find_employees(
    work: RequestWork, q: FromQuery[str], cursor: FromQuery[str | None] = None, limit: Limit = 20
) -> Page[schemas.EmployeeView]:
    """Active employees of all clients, found as above: who is calling?"""
    found = await EmployeeService(work).search(q, after=position_of(cursor), limit=limit + 1)
    return _page(found, limit)


@post("/clients/{client_id:uuid}/employees", permission=WRITE, tags=TAGS)
@idempotent()
async def create_employee(
    request: WebRequest,
    work: RequestWork,
    client_id: FromPath[UUID],
    data: JSONBody[schemas.EmployeeCreate],
) -> schemas.EmployeeView:
    """Add an employee."""
    return await EmployeeService(work).create(client_id, data)


@put("/clients/{client_id:uuid}/employees/{record_id:uuid}", permission=WRITE, tags=TAGS)
async def update_employee(
    work: RequestWork, client_id: FromPath[UUID], record_id: FromPath[UUID], data: JSONBody[schemas.EmployeeUpdate]
) -> schemas.EmployeeView:
    """Write the whole record; `version` is the one that was read."""
    return await EmployeeService(work).update(client_id, record_id, data)


@post("/clients/{client_id:uuid}/employees/{record_id:uuid}/state", permission=WRITE, tags=TAGS, status_code=200)
async def change_employee_state(
    work: RequestWork, client_id: FromPath[UUID], record_id: FromPath[UUID], data: JSONBody[schemas.StateChange]
) -> schemas.EmployeeView:
    """Take an employee out of use, or back into use."""
    return await EmployeeService(work).change_state(client_id, record_id, data)


handlers = [*handlers_of(__name__), *saved_view_api(CLIENTS, "/clients")]
