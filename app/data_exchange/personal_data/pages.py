"""An employee's personal data, in the partner workspace and in the client portal. Forms work without script."""

from functools import partial
from typing import Any, Final
from urllib.parse import quote
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath

from app.assets.clients import EmployeeService
from app.data_exchange.personal_data.schemas import ErasureCreate
from app.data_exchange.personal_data.services import PersonalDataService
from app.platform.http.authentication import actor_of
from app.platform.http.registration import handlers_of
from app.platform.http.request_work import RequestWork
from app.platform.http.web_request import WebRequest
from app.platform.kernel.actor import ActorKind
from app.platform.kernel.errors import DomainError
from app.platform.kernel.unit_of_work import UnitOfWork
from app.platform.web.form_values import FormValues
from app.platform.web.forms import render_form, submit
from app.platform.web.pages import layout_of
from rbac import Permission

_PLACES: Final = (
    "/workspace/clients/{client_id:uuid}/employees/{employee_id:uuid}/personal-data",
    "/portal/people/{client_id:uuid}/{employee_id:uuid}/personal-data",
)


def _paths(rest: str = "") -> list[str]:
    return [f"{place}{rest}" for place in _PLACES]


def _here(request: WebRequest, client_id: UUID, employee_id: UUID) -> str:
    if actor_of(request).kind is ActorKind.CLIENT:
        return f"/portal/people/{client_id}/{employee_id}/personal-data"
    return f"/workspace/clients/{client_id}/employees/{employee_id}/personal-data"


@get(_paths(), permission=Permission.PERSONAL_DATA_WRITE, include_in_schema=False)
async def personal_data_page(
    request: WebRequest, work: RequestWork, client_id: FromPath[UUID], employee_id: FromPath[UUID]
) -> Response[Any]:
    """Past requests about the person, and the forms for export and erasure."""
    return await _page(request, client_id, employee_id, work)


@post(_paths("/export"), permission=Permission.PERSONAL_DATA_WRITE, status_code=200, include_in_schema=False)
async def download_personal_data(
    request: WebRequest, client_id: FromPath[UUID], employee_id: FromPath[UUID]
) -> Response[Any]:
    """All stored data of the person as a file."""

    async def act(work: UnitOfWork, _: FormValues) -> Response[Any]:
        found = await PersonalDataService(work).export(client_id, employee_id)
        content = msgspec.json.format(msgspec.json.encode(found), indent=2)
        name = quote(f"{found.employee['name']}.json", safe="")
        disposition = f"attachment; filename=\"personal-data.json\"; filename*=UTF-8''{name}"
        return Response(content, media_type="application/json", headers={"content-disposition": disposition})

    return await submit(request, act)


@post(_paths("/erasure"), permission=Permission.PERSONAL_DATA_WRITE, include_in_schema=False)
async def ask_for_erasure(request: WebRequest, client_id: FromPath[UUID], employee_id: FromPath[UUID]) -> Response[Any]:
    """Request the person's erasure."""

    async def act(work: UnitOfWork, form: FormValues) -> str:
        await PersonalDataService(work).erase(client_id, employee_id, ErasureCreate(form["reason"][:300]))
        return _here(request, client_id, employee_id)

    return await submit(request, act, partial(_page, request, client_id, employee_id))


async def _page(
    request: WebRequest,
    client_id: UUID,
    employee_id: UUID,
    work: UnitOfWork,
    values: FormValues | None = None,
    error: DomainError | None = None,
) -> Response[Any]:
    actor = actor_of(request)
    return render_form(
        request,
        "personal_data/employee.html",
        error,
        layout=layout_of(actor),
        here=_here(request, client_id, employee_id),
        employee=await EmployeeService(work).get(client_id, employee_id),
        requests=await PersonalDataService(work).requests(client_id, employee_id),
        may_erase=not actor.read_only,
        values=values or FormValues(),
    )


handlers = handlers_of(__name__)
