"""The service levels' pages of the partner workspace. Every form works without script."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath, FromQuery

from app.agreements.sla import forms, labels, schemas
from app.agreements.sla.events import TermsChanged
from app.agreements.sla.policy import SlaPolicyDocument
from app.agreements.sla.preview_pages import CONFIRMED, save_or_confirm
from app.agreements.sla.services import AssignmentService, CalendarService, EscalationContactService, PolicyService
from app.agreements.sla.starter_templates import CALENDAR_TEMPLATES, POLICY_TEMPLATES
from app.agreements.sla.vocabulary import MEASURED_TARGETS, SENDING_CHANNELS, Impact, Priority, Urgency
from app.assets.clients.web_interface import client_record
from app.platform.http.authentication import actor_of
from app.platform.http.registration import handlers_of
from app.platform.http.request_work import RequestWork
from app.platform.http.web_request import WebRequest
from app.platform.kernel.errors import DomainError, NotFound
from app.platform.kernel.unit_of_work import UnitOfWork
from app.platform.promises import WAIT_NAMES, InvalidDocument, WaitReason
from app.platform.web.form_values import FormValues
from app.platform.web.forms import render_form, submit
from app.platform.web.pages import page, translator_of
from app.platform.web.records import record_page
from rbac import Permission

READ = Permission.CLIENT_READ
WRITE = Permission.SERVICE_LEVEL_WRITE
BASE = "/workspace/service-levels"


@get(BASE, permission=READ, include_in_schema=False)
async def service_levels_page(
    request: WebRequest, work: RequestWork, tab: FromQuery[str] = "policies"
) -> Response[Any]:
    """Promises, hours, who is served by what, and whom escalations reach."""
    translate, may_write = translator_of(request), actor_of(request).may(WRITE)
    policies, calendars = await PolicyService(work).list(), await CalendarService(work).list()
    contacts = EscalationContactService(work)
    return page(
        request,
        "sla/service_levels.html",
        tab=tab,
        may_write=may_write and not actor_of(request).read_only,
        policies=[(policy, labels.policy_rows(policy.policy, translate)) for policy in policies],
        calendars=[(calendar, labels.week_rows(calendar.calendar, translate)) for calendar in calendars],
        unpublished=sorted({year for each in calendars if each.active for year in each.unpublished_years}),
        assignments=await AssignmentService(work).list(),
        levels=await contacts.list() if may_write else [],
        candidates=await contacts.candidates() if may_write else [],
        level_names=labels.LEVEL_NAMES,
        policy_choices=[(each.code, each.policy.name) for each in POLICY_TEMPLATES],
        calendar_choices=[(each.code, each.name) for each in CALENDAR_TEMPLATES],
    )


@get(f"{BASE}/calendars/new", permission=WRITE, include_in_schema=False)
async def new_calendar_page(request: WebRequest, template: FromQuery[str] = "five_by_eight_lunch") -> Response[Any]:
    """A form that begins as a template."""
    chosen = _template(CALENDAR_TEMPLATES, template)
    fields = {**forms.calendar_fields(chosen.calendar), "name": "", "template": chosen.code, "active": "yes"}
    return _calendar_form(request, FormValues(fields), calendar=None)


@get(f"{BASE}/calendars/{{calendar_id:uuid}}", permission=WRITE, include_in_schema=False)
async def calendar_page(request: WebRequest, work: RequestWork, calendar_id: FromPath[UUID]) -> Response[Any]:
    """The form with what holds now."""
    calendar = await CalendarService(work).get(calendar_id)
    fields = {
        **forms.calendar_fields(calendar.calendar),
        "name": calendar.name,
        "version": calendar.version,
        "active": calendar.active,
    }
    return _calendar_form(request, FormValues(fields), calendar=calendar)


@post([f"{BASE}/calendars/new", f"{BASE}/calendars/{{calendar_id:uuid}}"], permission=WRITE, include_in_schema=False)
async def write_calendar(request: WebRequest, calendar_id: FromPath[UUID | None] = None) -> Response[Any]:
    """Make a calendar or a new version of one."""
    address = f"{BASE}?tab=calendars"

    async def act(work: UnitOfWork, form: FormValues) -> str | Response[Any]:
        if form[CONFIRMED] == "back":
            return await show_again(work, form)
        calendar = forms.calendar_from(form)
        if calendar_id is None:
            data = schemas.CalendarCreate(name=form["name"], calendar=calendar, template=form["template"][:40])
            await CalendarService(work).create(data)
            return address
        change = schemas.CalendarUpdate(
            name=form["name"],
            calendar=calendar,
            version=form.whole_number("version"),
            active=form["active"] == "yes",
        )
        return await save_or_confirm(
            request,
            work,
            form,
            lambda work: CalendarService(work).update(calendar_id, change),
            changed=TermsChanged(calendar_id=calendar_id),
            address=address,
        )

    async def show_again(work: UnitOfWork, form: FormValues, error: DomainError | None = None) -> Response[Any]:
        calendar = None if calendar_id is None else await CalendarService(work).get(calendar_id)
        _to_form_fields(error, forms.calendar_field_of)
        return _calendar_form(request, form, calendar=calendar, error=error)

    return await submit(request, act, show_again)


@get(f"{BASE}/policies/new", permission=WRITE, include_in_schema=False)
async def new_policy_page(request: WebRequest, template: FromQuery[str] = "office_hours") -> Response[Any]:
    """A form that begins as a template."""
    chosen = _template(POLICY_TEMPLATES, template)
    fields = {**forms.policy_fields(chosen.policy), "name": "", "template": chosen.code, "active": "yes"}
    return _policy_form(request, FormValues(fields), policy=None)


@get(f"{BASE}/policies/{{policy_id:uuid}}", permission=WRITE, include_in_schema=False)
async def policy_page(request: WebRequest, work: RequestWork, policy_id: FromPath[UUID]) -> Response[Any]:
    """The form with what holds now."""
    policy = await PolicyService(work).get(policy_id)
    fields = {**forms.policy_fields(policy.policy), "version": policy.version, "active": policy.active}
    return _policy_form(request, FormValues(fields), policy=policy)


@post([f"{BASE}/policies/new", f"{BASE}/policies/{{policy_id:uuid}}"], permission=WRITE, include_in_schema=False)
async def write_policy(request: WebRequest, policy_id: FromPath[UUID | None] = None) -> Response[Any]:
    """Make a policy or a new version of one."""
    address = f"{BASE}?tab=policies"

    async def act(work: UnitOfWork, form: FormValues) -> str | Response[Any]:
        if form[CONFIRMED] == "back":
            return await show_again(work, form)
        document, _ = forms.policy_from(form, await _base_of(work, policy_id, form))
        if policy_id is None:
            await PolicyService(work).create(schemas.PolicyCreate(policy=document, template=form["template"]))
            return address
        change = schemas.PolicyUpdate(
            policy=document, version=form.whole_number("version"), active=form["active"] == "yes"
        )
        return await save_or_confirm(
            request,
            work,
            form,
            lambda work: PolicyService(work).update(policy_id, change),
            changed=TermsChanged(policy_id=policy_id),
            address=address,
        )

    async def show_again(work: UnitOfWork, form: FormValues, error: DomainError | None = None) -> Response[Any]:
        policy = None if policy_id is None else await PolicyService(work).get(policy_id)
        _, field_by_path = forms.policy_from(form, await _base_of(work, policy_id, form))
        _to_form_fields(error, lambda path: forms.policy_field_of(path, field_by_path))
        return _policy_form(request, form, policy=policy, error=error)

    return await submit(request, act, show_again)


async def _base_of(work: UnitOfWork, policy_id: UUID | None, form: FormValues) -> SlaPolicyDocument:
    """The document that a form changes: the policy's own, or a template."""
    if policy_id is not None:
        return (await PolicyService(work).get(policy_id)).policy
    base: SlaPolicyDocument = _template(POLICY_TEMPLATES, form["template"]).policy
    return base


@post(f"{BASE}/escalation/{{level:int}}", permission=WRITE, include_in_schema=False)
async def write_escalation_level(request: WebRequest, level: FromPath[int]) -> Response[Any]:
    """Have the level reach the ticked people."""

    async def act(work: UnitOfWork, form: FormValues) -> str:
        await EscalationContactService(work).write(level, [_uuid(each) for each in form.checked("membership_ids")])
        return f"{BASE}?tab=escalation"

    return await submit(request, act)


@get(
    [f"{BASE}/default", "/workspace/clients/{client_id:uuid}/service-level"],
    permission=READ,
    include_in_schema=False,
)
async def assignment_page(
    request: WebRequest, work: RequestWork, client_id: FromPath[UUID | None] = None
) -> Response[Any]:
    """What the default or one client is served by; inside the client's page as its tab."""
    return await _assignment_form(request, client_id, work)


@post(
    [f"{BASE}/default", "/workspace/clients/{client_id:uuid}/service-level"],
    permission=WRITE,
    include_in_schema=False,
)
async def assign(request: WebRequest, client_id: FromPath[UUID | None] = None) -> Response[Any]:
    """Serve by the chosen policy and calendar."""

    async def act(work: UnitOfWork, form: FormValues) -> str | Response[Any]:
        if form[CONFIRMED] == "back":
            return await _assignment_form(request, client_id, work, form)
        data = schemas.AssignmentUpdate(
            policy_id=_uuid(form["policy_id"]),
            calendar_id=_uuid(form["calendar_id"]),
            exceptions=list(forms.exceptions_from(form["exceptions"])),
            version=form.whole_number("version") if form["version"] else None,
        )
        return await save_or_confirm(
            request,
            work,
            form,
            lambda work: AssignmentService(work).assign(client_id, data),
            changed=TermsChanged(client_id=client_id),
            address=_return_address(client_id),
        )

    return await submit(request, act, partial(_assignment_form, request, client_id))


@post("/workspace/clients/{client_id:uuid}/service-level/remove", permission=WRITE, include_in_schema=False)
async def remove_assignment(request: WebRequest, client_id: FromPath[UUID]) -> Response[Any]:
    """Serve the client by the default again."""
    address = _return_address(client_id)

    async def act(work: UnitOfWork, form: FormValues) -> str | Response[Any]:
        if form[CONFIRMED] == "back":
            return address
        return await save_or_confirm(
            request,
            work,
            form,
            lambda work: AssignmentService(work).remove(client_id, form.whole_number("version")),
            changed=TermsChanged(client_id=client_id),
            address=address,
        )

    return await submit(request, act)


def _return_address(client_id: UUID | None) -> str:
    return f"{BASE}?tab=clients" if client_id is None else f"/workspace/clients/{client_id}/service-level"


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise NotFound from error


def _template(templates: Sequence[Any], code: str) -> Any:
    return next((each for each in templates if each.code == code), templates[0])


def _to_form_fields(error: DomainError | None, field_of: Callable[[str], str]) -> None:
    """From paths of the document to fields of the form."""
    if isinstance(error, InvalidDocument):
        error.fields = {field_of(path): text for path, text in error.fields.items()}


def _calendar_form(
    request: WebRequest,
    values: FormValues,
    *,
    calendar: schemas.CalendarView | None,
    error: DomainError | None = None,
) -> Response[Any]:
    return render_form(
        request,
        "sla/calendar_form.html",
        error,
        values=values,
        calendar=calendar,
        weekday_names=labels.WEEKDAY_NAMES,
    )


def _policy_form(
    request: WebRequest,
    values: FormValues,
    *,
    policy: schemas.PolicyView | None,
    error: DomainError | None = None,
) -> Response[Any]:
    return render_form(
        request,
        "sla/policy_form.html",
        error,
        values=values,
        policy=policy,
        priorities=list(Priority),
        kinds=MEASURED_TARGETS,
        channels=SENDING_CHANNELS,
        left_out=[]
        if policy is None
        else [translator_of(request)(name) for name in labels.unmeasured_target_names(policy.policy)],
        impacts=list(Impact),
        urgencies=list(Urgency),
        waits=list(WaitReason),
        labels=labels,
        wait_names=WAIT_NAMES,
    )


async def _assignment_form(
    request: WebRequest,
    client_id: UUID | None,
    work: UnitOfWork,
    values: FormValues | None = None,
    error: DomainError | None = None,
) -> Response[Any]:
    _to_form_fields(error, forms.calendar_field_of)
    assignments = AssignmentService(work)
    if client_id is None:
        present = next((each for each in await assignments.list() if each.client_id is None), None)
    else:
        present = await assignments.in_force(client_id)
    own = present is not None and present.client_id == client_id
    if values is None:
        shown: dict[str, Any] = {}
        if present is not None:
            shown = {"policy_id": present.policy_id, "calendar_id": present.calendar_id}
        if present is not None and own:
            shown |= {"version": present.version, "exceptions": forms.exceptions_text(present.exceptions)}
        values = FormValues(shown)
    policies = [each for each in await PolicyService(work).list() if each.active]
    calendars = [each for each in await CalendarService(work).list() if each.active]
    translate = translator_of(request)
    policy = next((each for each in policies if present is not None and each.id == present.policy_id), None)
    calendar = next((each for each in calendars if present is not None and each.id == present.calendar_id), None)
    context: dict[str, Any] = {
        "client_id": client_id,
        "present": present,
        "own": own,
        "values": values,
        "lines": labels.policy_rows(policy.policy, translate) if policy is not None else [],
        "week": labels.week_rows(calendar.calendar, translate) if calendar is not None else [],
        "policy_choices": [(str(each.id), translate(each.name)) for each in policies],
        "calendar_choices": [(str(each.id), translate(each.name)) for each in calendars],
        "may_write": actor_of(request).may(WRITE) and not actor_of(request).read_only,
    }
    if client_id is None:
        return render_form(request, "sla/assignment.html", error, **context)
    context |= await client_record(work, client_id, "service-level")
    return record_page(request, "sla/client.html", error=error, **context)


handlers = handlers_of(__name__)
