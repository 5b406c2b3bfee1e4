"""The clients' pages of the partner workspace. Every form works without script."""

import re
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath, FromQuery

from app.assets.clients import forms, schemas
from app.assets.clients.api import page_of, position_of
from app.assets.clients.labels import ENGAGEMENT_NAMES, INDUSTRIES, RecordState
from app.assets.clients.listing import CLIENTS
from app.assets.clients.record import BASE, client_record
from app.assets.clients.services import ClientService, DepartmentService, EmployeeService, SiteService
from app.platform.http.registration import handlers_of
from app.platform.http.request_work import RequestWork
from app.platform.http.web_request import WebRequest
from app.platform.kernel.errors import DomainError
from app.platform.kernel.time_source import PLATFORM_ZONE
from app.platform.kernel.unit_of_work import UnitOfWork
from app.platform.lists.web_interface import list_handlers, list_page
from app.platform.web.charts import Series
from app.platform.web.form_values import FormValues
from app.platform.web.forms import render_form, submit
from app.platform.web.pages import translator_of
from app.platform.web.records import record_page
from rbac import Permission
from tenants.partners import cities_of, provinces

READ = Permission.CLIENT_READ
WRITE = Permission.CLIENT_WRITE
PAGE_SIZE = 50
CHART_BARS = 5
"""Values that the small figure shows by name; the rest is summed up."""
FEWEST_CLIENTS_FOR_A_CHART = 3


def _record_paths(rest: str) -> list[str]:
    return [f"{BASE}/{{client_id:uuid}}/{kind}{rest}" for kind in forms.RECORD_KINDS]


def _record_kind(request: WebRequest) -> forms.RecordKind:
    """Which kind of record the address is about; the handlers' paths let no other through."""
    return forms.RECORD_KINDS[request.scope["path"].split("/")[4]]


@get(BASE, permission=READ, include_in_schema=False)
async def clients_page(request: WebRequest, work: RequestWork) -> Response[Any]:
    """The list, with a small figure of how the clients spread."""
    return await list_page(
        request,
        work,
        CLIENTS,
        "clients/list.html",
        city_name=forms.city_name,
        engagement_names=ENGAGEMENT_NAMES,
        charts=_charts(request, await ClientService(work).distribution()),
    )


def _charts(request: WebRequest, spread: schemas.Distribution) -> list[dict[str, Any]]:
    """The distribution as bars, most first; nothing while there is little to see."""
    translate = translator_of(request)
    total = sum(count.clients for count in spread.industries)
    if total < FEWEST_CLIENTS_FOR_A_CHART:
        return []
    charts_drawn = []
    for caption, client_counts_by, name in (
        (translate("客户按行业分布"), spread.industries, lambda value: value),
        (translate("客户按城市分布"), spread.cities, forms.city_name),
    ):
        bars = [(name(count.value) or translate("未填写"), count.clients) for count in client_counts_by[:CHART_BARS]]
        rest = sum(count.clients for count in client_counts_by[CHART_BARS:])
        if rest:
            bars.append((translate("其他"), rest))
        sentence = translate("%(total)s 家客户，最多的是%(first)s（%(clients)s 家）。")
        charts_drawn.append(
            {
                "caption": caption,
                "labels": [_bar_label(label) for label, _ in bars],
                "series": [Series(caption, [clients for _, clients in bars])],
                "sentence": sentence % {"total": total, "first": bars[0][0], "clients": bars[0][1]},
            }
        )
    return charts_drawn


def _bar_label(label: str) -> str:
    """What stands under a bar: `卫生` of `卫生和社会工作`."""
    return re.split("[、和]", label, maxsplit=1)[0][:6]


@get(f"{BASE}/new", permission=WRITE, include_in_schema=False)
async def new_client_page(request: WebRequest) -> Response[Any]:
    """An empty form."""
    return _client_form(request, FormValues({"time_zone": PLATFORM_ZONE.key}))


@post(BASE, permission=WRITE, include_in_schema=False)
async def create_client(request: WebRequest) -> Response[Any]:
    """Set up a client."""

    async def act(work: UnitOfWork, form: FormValues) -> str:
        made = await ClientService(work).create(forms.client_create(form))
        return f"{BASE}/{made.id}"

    async def show_again(_: UnitOfWork, form: FormValues, error: DomainError) -> Response[Any]:
        return _client_form(request, form, error=error)

    return await submit(request, act, show_again)


@get(_record_paths(""), permission=READ, include_in_schema=False)
async def records_page(
    request: WebRequest,
    work: RequestWork,
    client_id: FromPath[UUID],
    *,
    q: FromQuery[str] = "",
    cursor: FromQuery[str | None] = None,
) -> Response[Any]:
    """A tab of the client's page with one kind of its records."""
    kind = _record_kind(request)
    context = await client_record(work, client_id, kind.path)
    records, next_cursor = await _records(work, kind, client_id, q, cursor)
    return record_page(
        request,
        "clients/records.html",
        kind=kind,
        records=records,
        next_cursor=next_cursor,
        q=q,
        **context,
        **await _names(work, client_id),
    )


async def _records(
    work: UnitOfWork, kind: forms.RecordKind, client_id: UUID, q: str, cursor: str | None
) -> tuple[list[Any], str | None]:
    after = position_of(cursor)
    if kind.path == "employees" and q.strip():
        found = await EmployeeService(work).search(q, client_id=client_id, state=None, after=after, limit=PAGE_SIZE + 1)
    else:
        found = await kind.service(work).list(client_id, state=None, after=after, limit=PAGE_SIZE + 1)
    return page_of(found, PAGE_SIZE)


async def _names(work: UnitOfWork, client_id: UUID) -> dict[str, Any]:
    """What the client's sites and departments are called, for lists and choices."""
    sites = await SiteService(work).list(client_id, state=None)
    departments = await DepartmentService(work).list(client_id, state=None)
    return {
        "site_names": {site.id: site.name for site in sites},
        "department_names": {department.id: department.name for department in departments},
        "site_choices": [(str(site.id), site.name) for site in sites],
        "department_choices": [(str(department.id), department.name) for department in departments],
    }


@get(f"{BASE}/{{client_id:uuid}}/edit", permission=WRITE, include_in_schema=False)
async def edit_client_page(request: WebRequest, work: RequestWork, client_id: FromPath[UUID]) -> Response[Any]:
    """The form with what is stored."""
    client = await ClientService(work).get(client_id)
    return _client_form(request, _form_values(client), client=client)


@post(f"{BASE}/{{client_id:uuid}}/edit", permission=WRITE, include_in_schema=False)
async def update_client(request: WebRequest, client_id: FromPath[UUID]) -> Response[Any]:
    """Write the file."""

    async def act(work: UnitOfWork, form: FormValues) -> str:
        await ClientService(work).update(client_id, forms.client_update(form))
        return f"{BASE}/{client_id}"

    async def show_again(work: UnitOfWork, form: FormValues, error: DomainError) -> Response[Any]:
        return _client_form(request, form, client=await ClientService(work).get(client_id), error=error)

    return await submit(request, act, show_again)


@post(f"{BASE}/{{client_id:uuid}}/state", permission=WRITE, include_in_schema=False)
async def change_client_state(request: WebRequest, client_id: FromPath[UUID]) -> Response[Any]:
    """Out of use, or back into use."""

    async def act(work: UnitOfWork, form: FormValues) -> str:
        await ClientService(work).change_state(client_id, _state_change(form))
        return f"{BASE}/{client_id}"

    return await submit(request, act)


@get(_record_paths("/new"), permission=WRITE, include_in_schema=False)
async def new_record_page(request: WebRequest, work: RequestWork, client_id: FromPath[UUID]) -> Response[Any]:
    """An empty form."""
    return await _record_form(request, work, client_id, FormValues())


@post(_record_paths("/new"), permission=WRITE, include_in_schema=False)
async def create_record(request: WebRequest, client_id: FromPath[UUID]) -> Response[Any]:
    """Add a record."""
    kind = _record_kind(request)

    async def act(work: UnitOfWork, form: FormValues) -> str:
        await kind.service(work).create(client_id, kind.to_create(form))
        return f"{BASE}/{client_id}/{kind.path}"

    async def show_again(work: UnitOfWork, form: FormValues, error: DomainError) -> Response[Any]:
        return await _record_form(request, work, client_id, form, error=error)

    return await submit(request, act, show_again)


@get(_record_paths("/{record_id:uuid}"), permission=WRITE, include_in_schema=False)
async def edit_record_page(
    request: WebRequest, work: RequestWork, client_id: FromPath[UUID], record_id: FromPath[UUID]
) -> Response[Any]:
    """The form with what is stored."""
    record = await _record_kind(request).service(work).get(client_id, record_id)
    return await _record_form(request, work, client_id, _form_values(record), record=record)


@post(_record_paths("/{record_id:uuid}"), permission=WRITE, include_in_schema=False)
async def update_record(request: WebRequest, client_id: FromPath[UUID], record_id: FromPath[UUID]) -> Response[Any]:
    """Write a record."""
    kind = _record_kind(request)

    async def act(work: UnitOfWork, form: FormValues) -> str:
        await kind.service(work).update(client_id, record_id, kind.to_update(form))
        return f"{BASE}/{client_id}/{kind.path}"

    async def show_again(work: UnitOfWork, form: FormValues, error: DomainError) -> Response[Any]:
        record = await kind.service(work).get(client_id, record_id)
        return await _record_form(request, work, client_id, form, record=record, error=error)

    return await submit(request, act, show_again)


@post(_record_paths("/{record_id:uuid}/state"), permission=WRITE, include_in_schema=False)
async def change_record_state(
    request: WebRequest, client_id: FromPath[UUID], record_id: FromPath[UUID]
) -> Response[Any]:
    """Out of use, or back into use."""
    kind = _record_kind(request)

    async def act(work: UnitOfWork, form: FormValues) -> str:
        await kind.service(work).change_state(client_id, record_id, _state_change(form))
        return f"{BASE}/{client_id}/{kind.path}"

    return await submit(request, act)


def _state_change(form: FormValues) -> schemas.StateChange:
    wanted = RecordState.INACTIVE if form["state"] == RecordState.INACTIVE else RecordState.ACTIVE
    return schemas.StateChange(wanted, form.whole_number("version"))


def _form_values(record: Any) -> FormValues:
    """A stored record as a form shows it."""
    return FormValues.of(record, city=forms.city_name(getattr(record, "city_code", "")))


def _client_form(
    request: WebRequest,
    values: FormValues,
    *,
    client: schemas.ClientView | None = None,
    error: DomainError | None = None,
) -> Response[Any]:
    return render_form(
        request,
        "clients/client_form.html",
        error,
        values=values,
        client=client,
        engagement_names=ENGAGEMENT_NAMES,
        industries=INDUSTRIES,
        cities=_city_names(),
    )


async def _record_form(
    request: WebRequest,
    work: UnitOfWork,
    client_id: UUID,
    values: FormValues,
    *,
    record: Any = None,
    error: DomainError | None = None,
) -> Response[Any]:
    return render_form(
        request,
        "clients/record_form.html",
        error,
        kind=_record_kind(request),
        client=await ClientService(work).get(client_id),
        values=values,
        record=record,
        cities=_city_names(),
        **await _names(work, client_id),
    )


def _city_names() -> list[str]:
    return [each.name for province in provinces() for each in cities_of(province.code)]


handlers = [*handlers_of(__name__), *list_handlers(CLIENTS)]
