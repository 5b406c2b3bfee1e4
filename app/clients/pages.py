"""The clients' pages of the partner workspace. Every form works without script."""

import re
from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath, FromQuery

from app.clients import forms, schemas
from app.clients.api import page_of, position_of
from app.clients.services import ClientService, DepartmentService, EmployeeService, SiteService
from app.clients.words import ENGAGEMENT_NAMES, INDUSTRIES, RecordState
from app.http.authentication import actor_of
from app.http.idempotency import submitted_once
from app.http.requests import origin_of
from app.http.work import RequestWork, runtime_of
from app.kernel.errors import DomainError
from app.kernel.work import UnitOfWork
from app.web.charts import Series
from app.web.forms import redraw, typed_form
from app.web.pages import page, see_other, speaker
from rbac import Permission
from tenants.partners.regions import cities_of, provinces

Asked = Request[Any, Any, Any]
READ = Permission.CLIENT_READ
WRITE = Permission.CLIENT_WRITE
BASE = "/workspace/clients"
ON_A_PAGE = 50
BARS = 5
"""Values that the small figure shows by name; the rest is summed up."""
FEWEST_FOR_A_FIGURE = 3


def _part_paths(rest: str) -> list[str]:
    return [f"{BASE}/{{client_id:uuid}}/{part}{rest}" for part in forms.PARTS]


def _part_of(request: Asked) -> forms.PartPages:
    """Which kind of record the address is about; the handlers' paths let no other through."""
    return forms.PARTS[request.scope["path"].split("/")[4]]


@get(BASE, permission=READ, include_in_schema=False)
async def clients_page(
    request: Asked,
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
    found = await service.list(wanted, after=position_of(cursor), limit=ON_A_PAGE + 1)
    clients, next_cursor = page_of(found, ON_A_PAGE)
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
        industries=[(share.value, share.value) for share in spread.industries if share.value],
        cities=[(share.value, forms.city_name(share.value)) for share in spread.cities if share.value],
        city_name=forms.city_name,
        engagement_names=ENGAGEMENT_NAMES,
        figures=_figures(request, spread),
    )


def _figures(request: Asked, spread: schemas.Distribution) -> list[dict[str, Any]]:
    """The distribution as bars, most first; nothing while there is little to see."""
    translate = speaker(request)
    total = sum(share.clients for share in spread.industries)
    if total < FEWEST_FOR_A_FIGURE:
        return []
    drawn = []
    for caption, shares, name in (
        (translate("客户按行业分布"), spread.industries, lambda value: value),
        (translate("客户按城市分布"), spread.cities, forms.city_name),
    ):
        bars = [(name(share.value) or translate("未填写"), share.clients) for share in shares[:BARS]]
        rest = sum(share.clients for share in shares[BARS:])
        if rest:
            bars.append((translate("其他"), rest))
        sentence = translate("%(total)s 家客户，最多的是%(first)s（%(clients)s 家）。")
        drawn.append(
            {
                "caption": caption,
                "labels": [_short(label) for label, _ in bars],
                "series": [Series(caption, [clients for _, clients in bars])],
                "sentence": sentence % {"total": total, "first": bars[0][0], "clients": bars[0][1]},
            }
        )
    return drawn


def _short(label: str) -> str:
    """What stands under a bar: `卫生` of `卫生和社会工作`."""
    return re.split("[、和]", label, maxsplit=1)[0][:6]


@get(f"{BASE}/new", permission=WRITE, include_in_schema=False)
async def new_client_page(request: Asked) -> Response[Any]:
    """An empty form."""
    return _client_form(request, {"time_zone": "Asia/Shanghai"}, [])


@post(BASE, permission=WRITE, include_in_schema=False)
async def create_client(request: Asked) -> Response[Any]:
    """Set up a client; a form with faults comes back as it was typed."""
    form = await typed_form(request)
    try:
        data = forms.client_create(form)
        async with runtime_of(request).works.begin(actor_of(request), origin_of(request)) as work:

            async def create() -> str:
                made = await ClientService(work).create(data)
                return f"{BASE}/{made.id}"

            address = await submitted_once(request, work, create)
    except DomainError as error:
        return _client_form(request, form.shown(), form.ticked("engagement_models"), error=error)
    return see_other(request, address)


@get(f"{BASE}/{{client_id:uuid}}", permission=READ, include_in_schema=False)
async def client_page(
    request: Asked,
    work: RequestWork,
    client_id: FromPath[UUID],
    *,
    tab: FromQuery[str] = "sites",
    q: FromQuery[str] = "",
    cursor: FromQuery[str | None] = None,
) -> Response[Any]:
    """One client: a tab for each kind of record, its devices by a link, its service level by address."""
    client = await ClientService(work).get(client_id)
    part = None if tab == "service-level" else forms.PARTS.get(tab, forms.PARTS["sites"])
    records: list[Any] = []
    next_cursor = None
    if part is not None:
        records, next_cursor = await _records(work, part, client_id, q, cursor)
    return page(
        request,
        "clients/client.html",
        fragment="content",
        client=client,
        counts=await ClientService(work).counts(client_id),
        tab=tab if part is None else part.path,
        part=part,
        parts=forms.PARTS,
        records=records,
        next_cursor=next_cursor,
        q=q,
        city_name=forms.city_name,
        engagement_names=ENGAGEMENT_NAMES,
        **await _names(work, client_id),
    )


async def _records(
    work: UnitOfWork, part: forms.PartPages, client_id: UUID, q: str, cursor: str | None
) -> tuple[list[Any], str | None]:
    after = position_of(cursor)
    if part.path == "employees" and q.strip():
        found = await EmployeeService(work).search(q, client_id=client_id, state=None, after=after, limit=ON_A_PAGE + 1)
    else:
        found = await part.service(work).list(client_id, state=None, after=after, limit=ON_A_PAGE + 1)
    return page_of(found, ON_A_PAGE)


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
async def edit_client_page(request: Asked, work: RequestWork, client_id: FromPath[UUID]) -> Response[Any]:
    """The form with what is stored."""
    client = await ClientService(work).get(client_id)
    return _client_form(request, _shown(client), list(client.engagement_models), client=client)


@post(f"{BASE}/{{client_id:uuid}}/edit", permission=WRITE, include_in_schema=False)
async def update_client(request: Asked, client_id: FromPath[UUID]) -> Response[Any]:
    """Write the file; a form with faults comes back as it was typed."""
    form = await typed_form(request)
    begin = runtime_of(request).works.begin
    try:
        data = forms.client_update(form)
        async with begin(actor_of(request), origin_of(request)) as work:
            await ClientService(work).update(client_id, data)
    except DomainError as error:
        async with begin(actor_of(request), origin_of(request)) as work:
            client = await ClientService(work).get(client_id)
        return _client_form(request, form.shown(), form.ticked("engagement_models"), client=client, error=error)
    return see_other(request, f"{BASE}/{client_id}")


@post(f"{BASE}/{{client_id:uuid}}/state", permission=WRITE, include_in_schema=False)
async def change_client_state(request: Asked, work: RequestWork, client_id: FromPath[UUID]) -> Response[Any]:
    """Out of use, or back into use."""
    form = await typed_form(request)
    await ClientService(work).change_state(client_id, _state_change(form["state"], forms.version_of(form)))
    return see_other(request, f"{BASE}/{client_id}")


@get(_part_paths("/new"), permission=WRITE, include_in_schema=False)
async def new_part_page(request: Asked, work: RequestWork, client_id: FromPath[UUID]) -> Response[Any]:
    """An empty form."""
    return await _part_form(request, work, client_id, {})


@post(_part_paths("/new"), permission=WRITE, include_in_schema=False)
async def create_part(request: Asked, client_id: FromPath[UUID]) -> Response[Any]:
    """Add a record; a form with faults comes back as it was typed."""
    part, form = _part_of(request), await typed_form(request)
    begin = runtime_of(request).works.begin
    try:
        data = part.to_create(form)
        async with begin(actor_of(request), origin_of(request)) as work:

            async def create() -> str:
                await part.service(work).create(client_id, data)
                return f"{BASE}/{client_id}?tab={part.path}"

            address = await submitted_once(request, work, create)
    except DomainError as error:
        async with begin(actor_of(request), origin_of(request)) as work:
            return await _part_form(request, work, client_id, form.shown(), error=error)
    return see_other(request, address)


@get(_part_paths("/{record_id:uuid}"), permission=WRITE, include_in_schema=False)
async def edit_part_page(
    request: Asked, work: RequestWork, client_id: FromPath[UUID], record_id: FromPath[UUID]
) -> Response[Any]:
    """The form with what is stored."""
    record = await _part_of(request).service(work).get(client_id, record_id)
    return await _part_form(request, work, client_id, _shown(record), record=record)


@post(_part_paths("/{record_id:uuid}"), permission=WRITE, include_in_schema=False)
async def update_part(request: Asked, client_id: FromPath[UUID], record_id: FromPath[UUID]) -> Response[Any]:
    """Write a record; a form with faults comes back as it was typed."""
    part, form = _part_of(request), await typed_form(request)
    begin = runtime_of(request).works.begin
    try:
        data = part.to_update(form)
        async with begin(actor_of(request), origin_of(request)) as work:
            await part.service(work).update(client_id, record_id, data)
    except DomainError as error:
        async with begin(actor_of(request), origin_of(request)) as work:
            record = await part.service(work).get(client_id, record_id)
            return await _part_form(request, work, client_id, form.shown(), record=record, error=error)
    return see_other(request, f"{BASE}/{client_id}?tab={part.path}")


@post(_part_paths("/{record_id:uuid}/state"), permission=WRITE, include_in_schema=False)
async def change_part_state(
    request: Asked, work: RequestWork, client_id: FromPath[UUID], record_id: FromPath[UUID]
) -> Response[Any]:
    """Out of use, or back into use."""
    part, form = _part_of(request), await typed_form(request)
    change = _state_change(form["state"], forms.version_of(form))
    await part.service(work).change_state(client_id, record_id, change)
    return see_other(request, f"{BASE}/{client_id}?tab={part.path}")


def _state_change(state: str, version: int) -> schemas.StateChange:
    wanted = RecordState.INACTIVE if state == RecordState.INACTIVE else RecordState.ACTIVE
    return schemas.StateChange(wanted, version)


def _shown(record: Any) -> dict[str, str]:
    """A stored record as a form shows it."""
    values = {field: getattr(record, field) for field in record.__struct_fields__}
    shown = {field: "" if value is None else str(value) for field, value in values.items()}
    if "city_code" in values:
        shown["city"] = forms.city_name(record.city_code)
    if "vip" in values:
        shown["vip"] = "yes" if record.vip else ""
    return shown


def _client_form(
    request: Asked,
    typed: dict[str, str],
    ticked: list[Any],
    *,
    client: schemas.Client | None = None,
    error: DomainError | None = None,
) -> Response[Any]:
    return redraw(
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


async def _part_form(
    request: Asked,
    work: UnitOfWork,
    client_id: UUID,
    typed: dict[str, str],
    *,
    record: Any = None,
    error: DomainError | None = None,
) -> Response[Any]:
    return redraw(
        request,
        "clients/part_form.html",
        error,
        part=_part_of(request),
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
    new_part_page,
    create_part,
    edit_part_page,
    update_part,
    change_part_state,
]
