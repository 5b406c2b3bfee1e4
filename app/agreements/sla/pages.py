"""The service levels' pages of the partner workspace. Every form works without script."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath, FromQuery

from app.agreements.sla import forms, labels, schemas
from app.agreements.sla.errors import InvalidDocument
from app.agreements.sla.events import TermsChanged
from app.agreements.sla.policy import SlaPolicyDocument
from app.agreements.sla.preview_pages import CONFIRMED, save_with_confirmation
from app.agreements.sla.services import AssignmentService, CalendarService, EscalationContactService, PolicyService
from app.agreements.sla.starter_templates import CALENDAR_TEMPLATES, POLICY_TEMPLATES
from app.agreements.sla.vocabulary import MEASURED_TARGETS, SENDING_CHANNELS, Impact, Priority, Urgency, WaitReason
from app.platform.http.authentication import actor_of
from app.platform.http.idempotency import submit_once
from app.platform.http.request_context import origin_of
from app.platform.http.request_work import RequestWork, runtime_of
from app.platform.http.web_request import WebRequest
from app.platform.kernel.errors import DomainError, NotFound
from app.platform.web.forms import SubmittedForm, render_form, submitted_form
from app.platform.web.pages import page, see_other, translator_of
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
    return _calendar_form(request, fields, calendar=None)


@get(f"{BASE}/calendars/{{calendar_id:uuid}}", permission=WRITE, include_in_schema=False)
async def calendar_page(request: WebRequest, work: RequestWork, calendar_id: FromPath[UUID]) -> Response[Any]:
    """The form with what holds now."""
    calendar = await CalendarService(work).get(calendar_id)
    fields = {
        **forms.calendar_fields(calendar.calendar),
        "name": calendar.name,
        "version": str(calendar.version),
        "active": "yes" if calendar.active else "",
    }
    return _calendar_form(request, fields, calendar=calendar)


@post([f"{BASE}/calendars/new", f"{BASE}/calendars/{{calendar_id:uuid}}"], permission=WRITE, include_in_schema=False)
async def write_calendar(request: WebRequest, calendar_id: FromPath[UUID | None] = None) -> Response[Any]:
    """Make a calendar or a new version of one; a form with faults comes back as it was typed."""
    form = await submitted_form(request)
    error: DomainError | None = None
    if form[CONFIRMED] != "back":
        try:
            confirmation_page = await _save_calendar(request, form, calendar_id)
        except DomainError as refused:
            _to_form_fields(refused, forms.calendar_field_of)
            error = refused
        else:
            return confirmation_page or see_other(request, f"{BASE}?tab=calendars")
    calendar = None
    if calendar_id is not None:
        async with runtime_of(request).units_of_work.begin(actor_of(request), origin_of(request)) as work:
            calendar = await CalendarService(work).get(calendar_id)
    return _calendar_form(request, form.texts(), calendar=calendar, error=error)


async def _save_calendar(request: WebRequest, form: SubmittedForm, calendar_id: UUID | None) -> Response[Any] | None:
    typed = forms.calendar_from(form)
    if calendar_id is None:
        data = schemas.CalendarCreate(name=form["name"], calendar=typed, template=form["template"][:40])
        async with runtime_of(request).units_of_work.begin(actor_of(request), origin_of(request)) as work:

            async def create() -> str:
                await CalendarService(work).create(data)
                return f"{BASE}?tab=calendars"

            await submit_once(request, work, create)
        return None
    change = schemas.CalendarUpdate(
        name=form["name"], calendar=typed, version=_version(form) or 0, active=form["active"] == "yes"
    )
    return await save_with_confirmation(
        request,
        form,
        lambda work: CalendarService(work).update(calendar_id, change),
        TermsChanged(calendar_id=calendar_id),
    )


@get(f"{BASE}/policies/new", permission=WRITE, include_in_schema=False)
async def new_policy_page(request: WebRequest, template: FromQuery[str] = "office_hours") -> Response[Any]:
    """A form that begins as a template."""
    chosen = _template(POLICY_TEMPLATES, template)
    fields = {**forms.policy_fields(chosen.policy), "name": "", "template": chosen.code, "active": "yes"}
    return _policy_form(request, fields, forms.policy_checkboxes(chosen.policy), policy=None)


@get(f"{BASE}/policies/{{policy_id:uuid}}", permission=WRITE, include_in_schema=False)
async def policy_page(request: WebRequest, work: RequestWork, policy_id: FromPath[UUID]) -> Response[Any]:
    """The form with what holds now."""
    policy = await PolicyService(work).get(policy_id)
    fields = {
        **forms.policy_fields(policy.policy),
        "version": str(policy.version),
        "active": "yes" if policy.active else "",
    }
    return _policy_form(request, fields, forms.policy_checkboxes(policy.policy), policy=policy)


@post([f"{BASE}/policies/new", f"{BASE}/policies/{{policy_id:uuid}}"], permission=WRITE, include_in_schema=False)
async def write_policy(request: WebRequest, policy_id: FromPath[UUID | None] = None) -> Response[Any]:
    """Make a policy or a new version of one; a form with faults comes back as it was typed."""
    form = await submitted_form(request)
    begin = runtime_of(request).units_of_work.begin
    policy = None
    if policy_id is not None:
        async with begin(actor_of(request), origin_of(request)) as work:
            policy = await PolicyService(work).get(policy_id)
    template = form["template"] if policy is None else ""
    base = policy.policy if policy is not None else _template(POLICY_TEMPLATES, template).policy
    typed, field_by_path = forms.policy_from(form, base)
    error: DomainError | None = None
    if form[CONFIRMED] != "back":
        try:
            confirmation_page = await _save_policy(request, form, policy_id, typed)
        except DomainError as refused:
            _to_form_fields(refused, lambda path: forms.policy_field_of(path, field_by_path))
            error = refused
        else:
            return confirmation_page or see_other(request, f"{BASE}?tab=policies")
    return _policy_form(request, form.texts(), forms.typed_checkboxes(form), policy=policy, error=error)


async def _save_policy(
    request: WebRequest, form: SubmittedForm, policy_id: UUID | None, typed: SlaPolicyDocument
) -> Response[Any] | None:
    if policy_id is None:
        async with runtime_of(request).units_of_work.begin(actor_of(request), origin_of(request)) as work:

            async def create() -> str:
                await PolicyService(work).create(schemas.PolicyCreate(policy=typed, template=form["template"]))
                return f"{BASE}?tab=policies"

            await submit_once(request, work, create)
        return None
    change = schemas.PolicyUpdate(policy=typed, version=_version(form) or 0, active=form["active"] == "yes")
    return await save_with_confirmation(
        request, form, lambda work: PolicyService(work).update(policy_id, change), TermsChanged(policy_id=policy_id)
    )


@post(f"{BASE}/escalation/{{level:int}}", permission=WRITE, include_in_schema=False)
async def write_escalation_level(request: WebRequest, work: RequestWork, level: FromPath[int]) -> Response[Any]:
    """Have the level reach the ticked people."""
    ticked = (await submitted_form(request)).checked("membership_ids")
    await EscalationContactService(work).write(level, [_uuid(each) for each in ticked])
    return see_other(request, f"{BASE}?tab=escalation")


@get(
    [f"{BASE}/default", "/workspace/clients/{client_id:uuid}/service-level"],
    permission=READ,
    include_in_schema=False,
)
async def assignment_page(
    request: WebRequest, work: RequestWork, client_id: FromPath[UUID | None] = None
) -> Response[Any]:
    """What the default or one client is served by; inside the client's page as its tab."""
    return await _assignment_form(request, work, client_id)


@post(
    [f"{BASE}/default", "/workspace/clients/{client_id:uuid}/service-level"],
    permission=WRITE,
    include_in_schema=False,
)
async def assign(request: WebRequest, client_id: FromPath[UUID | None] = None) -> Response[Any]:
    """Serve by the chosen policy and calendar; a form with faults comes back as it was typed."""
    form = await submitted_form(request)
    error: DomainError | None = None
    if form[CONFIRMED] != "back":
        try:
            confirmation_page = await _save_assignment(request, form, client_id)
        except DomainError as refused:
            _to_form_fields(refused, forms.calendar_field_of)
            error = refused
        else:
            return confirmation_page or see_other(request, _return_address(client_id))
    async with runtime_of(request).units_of_work.begin(actor_of(request), origin_of(request)) as work:
        return await _assignment_form(request, work, client_id, typed=form.texts(), error=error)


async def _save_assignment(request: WebRequest, form: SubmittedForm, client_id: UUID | None) -> Response[Any] | None:
    data = schemas.AssignmentUpdate(
        policy_id=_uuid(form["policy_id"]),
        calendar_id=_uuid(form["calendar_id"]),
        exceptions=list(forms.exceptions_from(form["exceptions"])),
        version=_version(form),
    )
    return await save_with_confirmation(
        request, form, lambda work: AssignmentService(work).assign(client_id, data), TermsChanged(client_id=client_id)
    )


@post("/workspace/clients/{client_id:uuid}/service-level/remove", permission=WRITE, include_in_schema=False)
async def remove_assignment(request: WebRequest, client_id: FromPath[UUID]) -> Response[Any]:
    """Serve the client by the default again."""
    form = await submitted_form(request)
    version = _version(form) or 0
    if form[CONFIRMED] == "back":
        return see_other(request, _return_address(client_id))
    confirmation_page = await save_with_confirmation(
        request,
        form,
        lambda work: AssignmentService(work).remove(client_id, version),
        TermsChanged(client_id=client_id),
    )
    return confirmation_page or see_other(request, _return_address(client_id))


def _return_address(client_id: UUID | None) -> str:
    return f"{BASE}?tab=clients" if client_id is None else f"/workspace/clients/{client_id}?tab=service-level"


def _version(form: SubmittedForm) -> int | None:
    return int(form["version"]) if form["version"].isascii() and form["version"].isdigit() else None


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise NotFound from error


def _template(templates: Sequence[Any], code: str) -> Any:
    return next((each for each in templates if each.code == code), templates[0])


def _to_form_fields(error: DomainError, field_of: Any) -> None:
    """From paths of the document to fields of the form."""
    if isinstance(error, InvalidDocument):
        error.fields = {field_of(path): text for path, text in error.fields.items()}


def _calendar_form(
    request: WebRequest,
    typed: dict[str, str],
    *,
    calendar: schemas.CalendarView | None,
    error: DomainError | None = None,
) -> Response[Any]:
    return render_form(
        request,
        "sla/calendar_form.html",
        error,
        typed=typed,
        calendar=calendar,
        weekday_names=labels.WEEKDAY_NAMES,
    )


def _policy_form(
    request: WebRequest,
    typed: dict[str, str],
    checkboxes: dict[str, list[str]],
    *,
    policy: schemas.PolicyView | None,
    error: DomainError | None = None,
) -> Response[Any]:
    return render_form(
        request,
        "sla/policy_form.html",
        error,
        typed=typed,
        checkboxes=checkboxes,
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
    )


async def _assignment_form(
    request: WebRequest,
    work: Any,
    client_id: UUID | None,
    *,
    typed: dict[str, str] | None = None,
    error: DomainError | None = None,
) -> Response[Any]:
    assignments = AssignmentService(work)
    if client_id is None:
        present = next((each for each in await assignments.list() if each.client_id is None), None)
    else:
        present = await assignments.in_force(client_id)
    own = present is not None and present.client_id == client_id
    if typed is None:
        typed = {"version": str(present.version) if present is not None and own else ""}
        if present is not None:
            typed |= {"policy_id": str(present.policy_id), "calendar_id": str(present.calendar_id)}
            typed["exceptions"] = forms.exceptions_text(present.exceptions) if own else ""
    policies = [each for each in await PolicyService(work).list() if each.active]
    calendars = [each for each in await CalendarService(work).list() if each.active]
    translate = translator_of(request)
    policy = next((each for each in policies if present is not None and each.id == present.policy_id), None)
    calendar = next((each for each in calendars if present is not None and each.id == present.calendar_id), None)
    return render_form(
        request,
        "sla/assignment.html",
        error,
        fragment="level",
        client_id=client_id,
        present=present,
        own=own,
        typed=typed,
        lines=labels.policy_rows(policy.policy, translate) if policy is not None else [],
        week=labels.week_rows(calendar.calendar, translate) if calendar is not None else [],
        policy_choices=[(str(each.id), translate(each.name)) for each in policies],
        calendar_choices=[(str(each.id), translate(each.name)) for each in calendars],
        may_write=actor_of(request).may(WRITE) and not actor_of(request).read_only,
    )


handlers = [
    service_levels_page,
    new_calendar_page,
    calendar_page,
    write_calendar,
    new_policy_page,
    policy_page,
    write_policy,
    write_escalation_level,
    assignment_page,
    assign,
    remove_assignment,
]
