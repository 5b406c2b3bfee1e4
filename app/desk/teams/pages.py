"""Service teams and members' access scopes in the partner workspace. Forms work without script."""

from functools import partial
from typing import Any, Final
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath

from app.desk.teams.schemas import MemberAccessScopeUpdate, TeamCreate, TeamUpdate
from app.desk.teams.service import AccessScopeService, TeamService
from app.platform.http.authentication import actor_of
from app.platform.http.registration import handlers_of
from app.platform.http.request_work import RequestWork
from app.platform.http.web_request import WebRequest
from app.platform.kernel.errors import DomainError
from app.platform.kernel.texts import N_
from app.platform.kernel.unit_of_work import UnitOfWork
from app.platform.web.form_values import FormValues
from app.platform.web.forms import render_form, submit
from app.platform.web.pages import moved, page
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
    return await _form(request, work, FormValues())


@post(f"{BASE}/new", permission=Permission.MEMBER_WRITE, include_in_schema=False)
async def create_team(request: WebRequest) -> Response[Any]:
    """Create the team."""

    async def act(work: UnitOfWork, form: FormValues) -> str:
        await TeamService(work).create(form.read(TeamCreate))
        return BASE

    return await submit(request, act, partial(_form, request))


@get(f"{BASE}/{{team_id:uuid}}", permission=Permission.MEMBER_WRITE, include_in_schema=False)
async def team_page(request: WebRequest, work: RequestWork, team_id: FromPath[UUID]) -> Response[Any]:
    """The team's form."""
    return await _form(request, work, FormValues.of(await TeamService(work).get(team_id)))


@post(f"{BASE}/{{team_id:uuid}}", permission=Permission.MEMBER_WRITE, include_in_schema=False)
async def change_team(request: WebRequest, team_id: FromPath[UUID]) -> Response[Any]:
    """Save or delete the team, by the button that was pressed."""

    async def act(work: UnitOfWork, form: FormValues) -> str:
        wanted = form.read(TeamUpdate)
        if form["action"] == "remove":
            await TeamService(work).remove(team_id, wanted.version)
        else:
            await TeamService(work).update(team_id, wanted)
        return BASE

    return await submit(request, act, partial(_form, request))


@get("/workspace/members/{membership_id:uuid}/access-scope", permission=Permission.MEMBER_READ, include_in_schema=False)
async def access_scope_page(request: WebRequest, work: RequestWork, membership_id: FromPath[UUID]) -> Response[Any]:
    """Which clients a member of staff sees, and why."""
    return await _access_scope_page(request, membership_id, work)


@get("/workspace/members/{membership_id:uuid}/reach", permission=Permission.MEMBER_READ, include_in_schema=False)
async def former_address(request: WebRequest, membership_id: FromPath[UUID]) -> Response[Any]:
    """Where this page stood before."""
    member = f"/workspace/members/{membership_id}"
    return moved(request, f"{member}/reach", f"{member}/access-scope")


@post(
    "/workspace/members/{membership_id:uuid}/access-scope", permission=Permission.MEMBER_WRITE, include_in_schema=False
)
async def change_access_scope(request: WebRequest, membership_id: FromPath[UUID]) -> Response[Any]:
    """Restrict the member to some clients, or let them see the whole company."""

    async def act(work: UnitOfWork, form: FormValues) -> str:
        await AccessScopeService(work).change(membership_id, form.read(MemberAccessScopeUpdate))
        return f"/workspace/members/{membership_id}/access-scope?done=yes"

    return await submit(request, act, partial(_access_scope_page, request, membership_id))


def _may_write(request: WebRequest) -> bool:
    actor = actor_of(request)
    return actor.may(Permission.MEMBER_WRITE) and not actor.read_only


async def _form(
    request: WebRequest, work: UnitOfWork, values: FormValues, error: DomainError | None = None
) -> Response[Any]:
    staff_choices, client_choices = await TeamService(work).choices()
    return render_form(
        request, "teams/form.html", error, base=BASE, values=values, staff=staff_choices, clients=client_choices
    )


async def _access_scope_page(
    request: WebRequest,
    membership_id: UUID,
    work: UnitOfWork,
    _: FormValues | None = None,
    error: DomainError | None = None,
) -> Response[Any]:
    scope = await AccessScopeService(work).get(membership_id)
    clients = (await TeamService(work).choices())[1]
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


handlers = handlers_of(__name__)
