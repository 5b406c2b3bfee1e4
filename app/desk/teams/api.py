"""The JSON API of service teams and of members' access scopes."""

from typing import Annotated
from uuid import UUID

from litestar import delete, get, post, put
from litestar.params import FromPath, JSONBody, QueryParameter

from app.desk.teams.schemas import (
    MOST_VERSIONS,
    MemberAccessScope,
    MemberAccessScopeUpdate,
    TeamCreate,
    TeamUpdate,
    TeamView,
)
from app.desk.teams.service import AccessScopeService, TeamService
from app.platform.http.idempotency import idempotent
from app.platform.http.pagination import Page
from app.platform.http.registration import handlers_of
from app.platform.http.request_work import RequestWork
from app.platform.http.web_request import WebRequest
from rbac import Permission

TAGS = ["members"]


@get("/teams", permission=Permission.MEMBER_READ, tags=TAGS)
async def list_teams(work: RequestWork) -> Page[TeamView]:
    """The company's teams by name, on one page."""
    return Page(await TeamService(work).all())


@post("/teams", permission=Permission.MEMBER_WRITE, tags=TAGS)
@idempotent()
async def create_team(request: WebRequest, work: RequestWork, data: JSONBody[TeamCreate]) -> TeamView:
    """Create a team of members who are responsible for some clients together."""
    return await TeamService(work).create(data)


@get("/teams/{team_id:uuid}", permission=Permission.MEMBER_READ, tags=TAGS)
async def read_team(work: RequestWork, team_id: FromPath[UUID]) -> TeamView:
    """One team."""
    return await TeamService(work).get(team_id)


@put("/teams/{team_id:uuid}", permission=Permission.MEMBER_WRITE, tags=TAGS)
async def update_team(work: RequestWork, team_id: FromPath[UUID], data: JSONBody[TeamUpdate]) -> TeamView:
    """Replace the team's name, members and clients."""
    return await TeamService(work).update(team_id, data)


@delete("/teams/{team_id:uuid}", permission=Permission.MEMBER_WRITE, tags=TAGS)
async def remove_team(
    work: RequestWork, team_id: FromPath[UUID], version: Annotated[int, QueryParameter(ge=0, le=MOST_VERSIONS)]
) -> None:
    """Delete a team; its members keep the clients assigned to them otherwise."""
    await TeamService(work).remove(team_id, version)


@get("/members/{membership_id:uuid}/access-scope", permission=Permission.MEMBER_READ, tags=TAGS)
async def read_access_scope(work: RequestWork, membership_id: FromPath[UUID]) -> MemberAccessScope:
    """Which clients a member of staff sees."""
    return await AccessScopeService(work).get(membership_id)


@put("/members/{membership_id:uuid}/access-scope", permission=Permission.MEMBER_WRITE, tags=TAGS)
async def change_access_scope(
    work: RequestWork, membership_id: FromPath[UUID], data: JSONBody[MemberAccessScopeUpdate]
) -> MemberAccessScope:
    """Restrict a member of staff to some clients, or let them see the whole company."""
    return await AccessScopeService(work).change(membership_id, data)


handlers = handlers_of(__name__)
