"""Service teams and members' access scopes in the partner workspace. Forms work without script."""

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath

from app.desk.teams.schemas import MemberAccessScopeUpdate, TeamCreate, TeamUpdate
from app.desk.teams.service import AccessScopeService, TeamService
from app.platform.http.authentication import actor_of
from app.platform.http.idempotency import submit_once
from app.platform.http.request_context import origin_of
from app.platform.http.request_work import RequestWork, runtime_of
from app.platform.http.web_request import WebRequest
from app.platform.kernel.errors import DomainError, Invalid, NotFound
from app.platform.kernel.texts import N_
from app.platform.kernel.unit_of_work import UnitOfWork
from app.platform.web.forms import SubmittedForm, render_form, submitted_form
from app.platform.web.pages import page, see_other
from rbac import Permission
from rbac.roles import AccessScope

BASE: Final = "/workspace/teams"
ACCESS_SCOPE_NAMES: Final = {
    AccessScope.BY_ROLE: N_("按角色：派单和质量人员看全公司，工程师看自己的工作和负责的客户"),
    AccessScope.COMPANY: N_("全公司的客户"),
    AccessScope.ASSIGNED: N_("只看负责的客户和自己的工作"),
}


@get(BASE, permission=Permission.MEMBER_READ, include_in_schema=False)
async def teams_page(request: WebRequest, work: RequestWork) -> Response[Any]:
    """Every team with its members and clients."""
    teams = TeamService(work)
    staff, clients = await teams.choices()
    return page(
        request,
        "teams/list.html",
        base=BASE,
        teams=await teams.all(),
        staff={each.id: each.name for each in staff},
        clients={each.id: each.name for each in clients},
        may_write=_may_write(request),
    )


@get(f"{BASE}/new", permission=Permission.MEMBER_WRITE, include_in_schema=False)
async def new_team_page(request: WebRequest, work: RequestWork) -> Response[Any]:
    """An empty form."""
    return await _form(request, work, {"name": "", "version": ""}, (), ())


@post(f"{BASE}/new", permission=Permission.MEMBER_WRITE, include_in_schema=False)
async def create_team(request: WebRequest) -> Response[Any]:
    """Create the team; an invalid form is shown again as it was typed."""
    form = await submitted_form(request)
    units_of_work, actor, origin = runtime_of(request).units_of_work, actor_of(request), origin_of(request)
    try:
        async with units_of_work.begin(actor, origin) as work:

            async def create() -> str:
                await TeamService(work).create(_read(form, TeamCreate))
                return BASE

            address = await submit_once(request, work, create)
    except DomainError as error:
        async with units_of_work.begin(actor, origin) as work:
            return await _form(
                request, work, _typed(form), form.checked("membership_ids"), form.checked("client_ids"), error
            )
    return see_other(request, address)


@get(f"{BASE}/{{team_id:uuid}}", permission=Permission.MEMBER_WRITE, include_in_schema=False)
async def team_page(request: WebRequest, work: RequestWork, team_id: FromPath[UUID]) -> Response[Any]:
    """The team's form."""
    team = await TeamService(work).get(team_id)
    typed = {"name": team.name, "version": str(team.version)}
    return await _form(
        request, work, typed, [str(each) for each in team.membership_ids], [str(each) for each in team.client_ids]
    )


@post(f"{BASE}/{{team_id:uuid}}", permission=Permission.MEMBER_WRITE, include_in_schema=False)
async def change_team(request: WebRequest, team_id: FromPath[UUID]) -> Response[Any]:
    """Save or delete the team, by the button that was pressed."""
    form = await submitted_form(request)
    units_of_work, actor, origin = runtime_of(request).units_of_work, actor_of(request), origin_of(request)
    try:
        async with units_of_work.begin(actor, origin) as work:
            wanted = _read(form, TeamUpdate)
            if form["action"] == "remove":
                await TeamService(work).remove(team_id, wanted.version)
            else:
                await TeamService(work).update(team_id, wanted)
    except NotFound:
        raise
    except DomainError as error:
        async with units_of_work.begin(actor, origin) as work:
            return await _form(
                request, work, _typed(form), form.checked("membership_ids"), form.checked("client_ids"), error
            )
    return see_other(request, BASE)


@get("/workspace/members/{membership_id:uuid}/reach", permission=Permission.MEMBER_READ, include_in_schema=False)
async def access_scope_page(request: WebRequest, work: RequestWork, membership_id: FromPath[UUID]) -> Response[Any]:
    """Which clients a member of staff sees, and why."""
    return await _access_scope_page(request, work, membership_id)


@post("/workspace/members/{membership_id:uuid}/reach", permission=Permission.MEMBER_WRITE, include_in_schema=False)
async def change_access_scope(request: WebRequest, membership_id: FromPath[UUID]) -> Response[Any]:
    """Restrict the member to some clients, or let them see the whole company."""
    form = await submitted_form(request)
    units_of_work, actor, origin = runtime_of(request).units_of_work, actor_of(request), origin_of(request)
    try:
        async with units_of_work.begin(actor, origin) as work:
            await AccessScopeService(work).change(membership_id, _read(form, MemberAccessScopeUpdate))
    except NotFound:
        raise
    except DomainError as error:
        async with units_of_work.begin(actor, origin) as work:
            return await _access_scope_page(request, work, membership_id, error)
    return see_other(request, f"/workspace/members/{membership_id}/reach?done=yes")


def _may_write(request: WebRequest) -> bool:
    actor = actor_of(request)
    return actor.may(Permission.MEMBER_WRITE) and not actor.read_only


def _typed(form: SubmittedForm) -> dict[str, str]:
    return {"name": form["name"], "version": form["version"]}


def _read(form: SubmittedForm, wanted: Any) -> Any:
    """
    Raises:
        Invalid: the form cannot be converted to `wanted`.
    """
    given: dict[str, Any] = {}
    for name in wanted.__struct_fields__:
        given[name] = form.checked(name) if name.endswith("_ids") else form[name].strip()
    if not given.get("name", "x"):
        raise Invalid(fields={"name": N_("请填写名称。")})
    try:
        return msgspec.convert(given, wanted, strict=False)
    except msgspec.ValidationError as error:
        raise Invalid from error


async def _form(
    request: WebRequest,
    work: UnitOfWork,
    typed: dict[str, str],
    members: Sequence[str],
    clients: Sequence[str],
    error: DomainError | None = None,
) -> Response[Any]:
    staff_choices, client_choices = await TeamService(work).choices()
    return render_form(
        request,
        "teams/form.html",
        error,
        base=BASE,
        typed=typed,
        staff=staff_choices,
        clients=client_choices,
        chosen_members=members,
        chosen_clients=clients,
    )


async def _access_scope_page(
    request: WebRequest, work: UnitOfWork, membership_id: UUID, error: DomainError | None = None
) -> Response[Any]:
    scope = await AccessScopeService(work).get(membership_id)
    _, clients = await TeamService(work).choices()
    return render_form(
        request,
        "teams/access_scope.html",
        error,
        member=scope,
        clients=clients,
        access_scope_names=ACCESS_SCOPE_NAMES,
        changeable=_may_write(request) and membership_id != actor_of(request).membership_id,
        saved=error is None and request.query_params.get("done") == "yes",
    )


handlers = [teams_page, new_team_page, create_team, team_page, change_team, access_scope_page, change_access_scope]
