"""The clients' pages of the partner workspace. Every form works without script."""

import re
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath, FromQuery

from app.assets.clients import forms, schemas
from app.assets.clients.api import page_of, position_of
from app.assets.clients.labels import ENGAGEMENT_NAMES, INDUSTRIES, RecordState
from app.assets.clients.services import ClientService, DepartmentService, EmployeeService, SiteService
from app.platform.http.authentication import actor_of
from app.platform.http.idempotency import submit_once
from app.platform.http.request_context import origin_of
from app.platform.http.request_work import RequestWork, runtime_of
from app.platform.http.web_request import WebRequest
from app.platform.kernel.errors import DomainError
from app.platform.kernel.time_source import PLATFORM_ZONE
from app.platform.kernel.unit_of_work import UnitOfWork
from app.platform.web.charts import Series
from app.platform.web.forms import render_form, submitted_form
from app.platform.web.pages import page, see_other, translator_of
from rbac import Permission
from tenants.partners import cities_of, provinces

READ = Permission.CLIENT_READ
WRITE = Permission.CLIENT_WRITE
BASE = "/workspace/clients"
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
async def clients_page(
    request: WebRequest,
    work: RequestWork,
    *,
    q: FromQuery[str] = "",
    industry: FromQuery[str] = "",
    city: FromQuery[str] = "",
    inactive: FromQuery[str] = "",
    cursor: FromQuery[str | None] = None,
) -> Response[Any]:
    """The list, with a small figure of how the clients spread."""
    service = ClientService(work)
    state = RecordState.INACTIVE if inactive else RecordState.ACTIVE
    wanted = schemas.ClientFilter(text=q, industry=industry, city_code=city, state=state)
    found = await service.list(wanted, after=position_of(cursor), limit=PAGE_SIZE + 1)
    clients, next_cursor = page_of(found, PAGE_SIZE)
    spread = await service.distribution()
    return page(
        request,
        "clients/list.html",
        clients=clients,
        next_cursor=next_cursor,
        q=q,
        industry=industry,
        city=city,
        inactive=inactive,
        industries=[(count.value, count.value) for count in spread.industries if count.value],
        cities=[(count.value, forms.city_name(count.value)) for count in spread.cities if count.value],
        city_name=forms.city_name,
        engagement_names=ENGAGEMENT_NAMES,
        charts=_charts(request, spread),
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
    return _client_form(request, {"time_zone": PLATFORM_ZONE.key}, [])


@post(BASE, permission=WRITE, include_in_schema=False)
async def create_client(request: WebRequest) -> Response[Any]:
    """Set up a client; a form with faults comes back as it was typed."""
    form = await submitted_form(request)
    try:
        data = forms.client_create(form)
        async with runtime_of(request).units_of_work.begin(actor_of(request), origin_of(request)) as work:

            async def create() -> str:
                made = await ClientService(work).create(data)
                return f"{BASE}/{made.id}"

            address = await submit_once(request, work, create)
    except DomainError as error:
        return _client_form(request, form.texts(), form.checked("engagement_models"), error=error)
    return see_other(request, address)


@get(f"{BASE}/{{client_id:uuid}}", permission=READ, include_in_schema=False)
async def client_page(
    request: WebRequest,
    work: RequestWork,
    client_id: FromPath[UUID],
    *,
    tab: FromQuery[str] = "sites",
    q: FromQuery[str] = "",
    cursor: FromQuery[str | None] = None,
) -> Response[Any]:
    """One client: a tab for each kind of record, its devices by a link, its service level by address."""
    client = await ClientService(work).get(client_id)
    kind = None if tab == "service-level" else forms.RECORD_KINDS.get(tab, forms.RECORD_KINDS["sites"])
    records: list[Any] = []
    next_cursor = None
    if kind is not None:
        records, next_cursor = await _records(work, kind, client_id, q, cursor)
    return page(
        request,
        "clients/client.html",
        fragment="content",
        client=client,
        counts=await ClientService(work).counts(client_id),
        tab=tab if kind is None else kind.path,
        kind=kind,
        record_kinds=forms.RECORD_KINDS,
        records=records,
        next_cursor=next_cursor,
        q=q,
        city_name=forms.city_name,
        engagement_names=ENGAGEMENT_NAMES,
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
    return _client_form(request, _form_values(client), list(client.engagement_models), client=client)


@post(f"{BASE}/{{client_id:uuid}}/edit", permission=WRITE, include_in_schema=False)
async def update_client(request: WebRequest, client_id: FromPath[UUID]) -> Response[Any]:
    """Write the file; a form with faults comes back as it was typed."""
    form = await submitted_form(request)
    begin = runtime_of(request).units_of_work.begin
    try:
        data = forms.client_update(form)
        async with begin(actor_of(request), origin_of(request)) as work:
            await ClientService(work).update(client_id, data)
    except DomainError as error:
        async with begin(actor_of(request), origin_of(request)) as work:
            client = await ClientService(work).get(client_id)
        return _client_form(request, form.texts(), form.checked("engagement_models"), client=client, error=error)
    return see_other(request, f"{BASE}/{client_id}")


@post(f"{BASE}/{{client_id:uuid}}/state", permission=WRITE, include_in_schema=False)
async def change_client_state(request: WebRequest, work: RequestWork, client_id: FromPath[UUID]) -> Response[Any]:
    """Out of use, or back into use."""
    form = await submitted_form(request)
    await ClientService(work).change_state(client_id, _state_change(form["state"], forms.version_of(form)))
    return see_other(request, f"{BASE}/{client_id}")


@get(_record_paths("/new"), permission=WRITE, include_in_schema=False)
async def new_record_page(request: WebRequest, work: RequestWork, client_id: FromPath[UUID]) -> Response[Any]:
    """An empty form."""
    return await _record_form(request, work, client_id, {})


@post(_record_paths("/new"), permission=WRITE, include_in_schema=False)
async def create_record(request: WebRequest, client_id: FromPath[UUID]) -> Response[Any]:
    """Add a record; a form with faults comes back as it was typed."""
    kind, form = _record_kind(request), await submitted_form(request)
    begin = runtime_of(request).units_of_work.begin
    try:
        data = kind.to_create(form)
        async with begin(actor_of(request), origin_of(request)) as work:

            async def create() -> str:
                await kind.service(work).create(client_id, data)
                return f"{BASE}/{client_id}?tab={kind.path}"

            address = await submit_once(request, work, create)
    except DomainError as error:
        async with begin(actor_of(request), origin_of(request)) as work:
            return await _record_form(request, work, client_id, form.texts(), error=error)
    return see_other(request, address)


@get(_record_paths("/{record_id:uuid}"), permission=WRITE, include_in_schema=False)
async def edit_record_page(
    request: WebRequest, work: RequestWork, client_id: FromPath[UUID], record_id: FromPath[UUID]
) -> Response[Any]:
    """The form with what is stored."""
    record = await _record_kind(request).service(work).get(client_id, record_id)
    return await _record_form(request, work, client_id, _form_values(record), record=record)


@post(_record_paths("/{record_id:uuid}"), permission=WRITE, include_in_schema=False)
async def update_record(request: WebRequest, client_id: FromPath[UUID], record_id: FromPath[UUID]) -> Response[Any]:
    """Write a record; a form with faults comes back as it was typed."""
    kind, form = _record_kind(request), await submitted_form(request)
    begin = runtime_of(request).units_of_work.begin
    try:
        data = kind.to_update(form)
        async with begin(actor_of(request), origin_of(request)) as work:
            await kind.service(work).update(client_id, record_id, data)
    except DomainError as error:
        async with begin(actor_of(request), origin_of(request)) as work:
            record = await kind.service(work).get(client_id, record_id)
            return await _record_form(request, work, client_id, form.texts(), record=record, error=error)
    return see_other(request, f"{BASE}/{client_id}?tab={kind.path}")


@post(_record_paths("/{record_id:uuid}/state"), permission=WRITE, include_in_schema=False)
async def change_record_state(
    request: WebRequest, work: RequestWork, client_id: FromPath[UUID], record_id: FromPath[UUID]
) -> Response[Any]:
    """Out of use, or back into use."""
    kind, form = _record_kind(request), await submitted_form(request)
    change = _state_change(form["state"], forms.version_of(form))
    await kind.service(work).change_state(client_id, record_id, change)
    return see_other(request, f"{BASE}/{client_id}?tab={kind.path}")


def _state_change(state: str, version: int) -> schemas.StateChange:
    wanted = RecordState.INACTIVE if state == RecordState.INACTIVE else RecordState.ACTIVE
    return schemas.StateChange(wanted, version)


def _form_values(record: Any) -> dict[str, str]:
    """A stored record as a form shows it."""
    values = {field: getattr(record, field) for field in record.__struct_fields__}
    shown = {field: "" if value is None else str(value) for field, value in values.items()}
    if "city_code" in values:
        shown["city"] = forms.city_name(record.city_code)
    if "vip" in values:
        shown["vip"] = "yes" if record.vip else ""
    return shown


def _client_form(
    request: WebRequest,
    typed: dict[str, str],
    ticked: list[Any],
    *,
    client: schemas.ClientView | None = None,
    error: DomainError | None = None,
) -> Response[Any]:
    return render_form(
        request,
        "clients/client_form.html",
        error,
        typed=typed,
        ticked=ticked,
        client=client,
        engagement_names=ENGAGEMENT_NAMES,
        industries=INDUSTRIES,
        cities=_city_names(),
    )


async def _record_form(
    request: WebRequest,
    work: UnitOfWork,
    client_id: UUID,
    typed: dict[str, str],
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
        typed=typed,
        record=record,
        cities=_city_names(),
        **await _names(work, client_id),
    )


def _city_names() -> list[str]:
    return [each.name for province in provinces() for each in cities_of(province.code)]


handlers = [
    clients_page,
    new_client_page,
    create_client,
    client_page,
    edit_client_page,
    update_client,
    change_client_state,
    new_record_page,
    create_record,
    edit_record_page,
    update_record,
    change_record_state,
]
