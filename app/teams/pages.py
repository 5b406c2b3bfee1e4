"""Service teams and members' access scopes in the partner workspace. Forms work without script."""

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

import msgspec
from litestar import Request, Response, get, post
from litestar.params import FromPath

from app.http.authentication import actor_of
from app.http.idempotency import submitted_once
from app.http.requests import origin_of
from app.http.work import RequestWork, runtime_of
from app.kernel.errors import DomainError, Invalid, NotFound
from app.kernel.texts import N_
from app.kernel.work import UnitOfWork
from app.teams.schemas import MemberReachUpdate, TeamCreate, TeamUpdate
from app.teams.service import Reaches, Teams
from app.web.forms import TypedForm, redraw, typed_form
from app.web.pages import page, see_other
from rbac import Permission
from rbac.roles import Reach

Asked = Request[Any, Any, Any]
BASE: Final = "/workspace/teams"
REACH_NAMES: Final = {
    Reach.BY_ROLE: N_("按角色：派单和质量人员看全公司，工程师看自己的工作和负责的客户"),
    Reach.COMPANY: N_("全公司的客户"),
    Reach.ASSIGNED: N_("只看负责的客户和自己的工作"),
}


@get(BASE, permission=Permission.MEMBER_READ, include_in_schema=False)
async def teams_page(request: Asked, work: RequestWork) -> Response[Any]:
    """Every team with its members and clients."""
    teams = Teams(work)
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
async def new_team_page(request: Asked, work: RequestWork) -> Response[Any]:
    """An empty form."""
    return await _form(request, work, {"name": "", "version": ""}, (), ())


@post(f"{BASE}/new", permission=Permission.MEMBER_WRITE, include_in_schema=False)
async def create_team(request: Asked) -> Response[Any]:
    """Create the team; an invalid form is shown again as it was typed."""
    form = await typed_form(request)
    works, actor, origin = runtime_of(request).works, actor_of(request), origin_of(request)
    try:
        async with works.begin(actor, origin) as work:

            async def create() -> str:
                await Teams(work).create(_read(form, TeamCreate))
                return BASE

            address = await submitted_once(request, work, create)
    except DomainError as error:
        async with works.begin(actor, origin) as work:
            return await _form(
                request, work, _typed(form), form.ticked("membership_ids"), form.ticked("client_ids"), error
            )
    return see_other(request, address)


@get(f"{BASE}/{{team_id:uuid}}", permission=Permission.MEMBER_WRITE, include_in_schema=False)
async def team_page(request: Asked, work: RequestWork, team_id: FromPath[UUID]) -> Response[Any]:
    """The team's form."""
    team = await Teams(work).show(team_id)
    typed = {"name": team.name, "version": str(team.version)}
    return await _form(
        request, work, typed, [str(each) for each in team.membership_ids], [str(each) for each in team.client_ids]
    )


@post(f"{BASE}/{{team_id:uuid}}", permission=Permission.MEMBER_WRITE, include_in_schema=False)
async def change_team(request: Asked, team_id: FromPath[UUID]) -> Response[Any]:
    """Save or delete the team, by the button that was pressed."""
    form = await typed_form(request)
    works, actor, origin = runtime_of(request).works, actor_of(request), origin_of(request)
    try:
        async with works.begin(actor, origin) as work:
            wanted = _read(form, TeamUpdate)
            if form["action"] == "remove":
                await Teams(work).remove(team_id, wanted.version)
            else:
                await Teams(work).update(team_id, wanted)
    except NotFound:
        raise
    except DomainError as error:
        async with works.begin(actor, origin) as work:
            return await _form(
                request, work, _typed(form), form.ticked("membership_ids"), form.ticked("client_ids"), error
            )
    return see_other(request, BASE)


@get("/workspace/members/{membership_id:uuid}/reach", permission=Permission.MEMBER_READ, include_in_schema=False)
async def reach_page(request: Asked, work: RequestWork, membership_id: FromPath[UUID]) -> Response[Any]:
    """Which clients a member of staff sees, and why."""
    return await _reach(request, work, membership_id)


@post("/workspace/members/{membership_id:uuid}/reach", permission=Permission.MEMBER_WRITE, include_in_schema=False)
async def change_reach(request: Asked, membership_id: FromPath[UUID]) -> Response[Any]:
    """Restrict the member to some clients, or let them see the whole company."""
    form = await typed_form(request)
    works, actor, origin = runtime_of(request).works, actor_of(request), origin_of(request)
    try:
        async with works.begin(actor, origin) as work:
            await Reaches(work).change(membership_id, _read(form, MemberReachUpdate))
    except NotFound:
        raise
    except DomainError as error:
        async with works.begin(actor, origin) as work:
            return await _reach(request, work, membership_id, error)
    return see_other(request, f"/workspace/members/{membership_id}/reach?done=yes")


def _may_write(request: Asked) -> bool:
    actor = actor_of(request)
    return actor.may(Permission.MEMBER_WRITE) and not actor.read_only


def _typed(form: TypedForm) -> dict[str, str]:
    return {"name": form["name"], "version": form["version"]}


def _read(form: TypedForm, wanted: Any) -> Any:
    """
    Raises:
        Invalid: the form cannot be converted to `wanted`.
    """
    given: dict[str, Any] = {}
    for name in wanted.__struct_fields__:
        given[name] = form.ticked(name) if name.endswith("_ids") else form[name].strip()
    if not given.get("name", "x"):
        raise Invalid(fields={"name": N_("请填写名称。")})
    try:
        return msgspec.convert(given, wanted, strict=False)
    except msgspec.ValidationError as error:
        raise Invalid from error


async def _form(
    request: Asked,
    work: UnitOfWork,
    typed: dict[str, str],
    members: Sequence[str],
    clients: Sequence[str],
    error: DomainError | None = None,
) -> Response[Any]:
    staff_choices, client_choices = await Teams(work).choices()
    return redraw(
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


async def _reach(
    request: Asked, work: UnitOfWork, membership_id: UUID, error: DomainError | None = None
) -> Response[Any]:
    reach = await Reaches(work).show(membership_id)
    _, clients = await Teams(work).choices()
    return redraw(
        request,
        "teams/reach.html",
        error,
        member=reach,
        clients=clients,
        reach_names=REACH_NAMES,
        changeable=_may_write(request) and membership_id != actor_of(request).membership_id,
        saved=error is None and request.query_params.get("done") == "yes",
    )


handlers = [teams_page, new_team_page, create_team, team_page, change_team, reach_page, change_reach]
