"""The JSON API of service teams and of members' access scopes."""

from typing import Annotated, Any
from uuid import UUID

from litestar import Request, delete, get, post, put
from litestar.params import FromPath, JSONBody, QueryParameter

from app.http.idempotency import idempotent
from app.http.pagination import Page
from app.http.work import RequestWork
from app.teams.schemas import MOST_VERSIONS, MemberReach, MemberReachUpdate, Team, TeamCreate, TeamUpdate
from app.teams.service import Reaches, Teams
from rbac import Permission

TAGS = ["members"]


@get("/teams", permission=Permission.MEMBER_READ, tags=TAGS)
async def list_teams(work: RequestWork) -> Page[Team]:
    """The company's teams by name, on one page."""
    return Page(await Teams(work).all())


@post("/teams", permission=Permission.MEMBER_WRITE, tags=TAGS)
@idempotent()
async def create_team(request: Request[Any, Any, Any], work: RequestWork, data: JSONBody[TeamCreate]) -> Team:
    """Create a team of members who are responsible for some clients together."""
    return await Teams(work).create(data)


@get("/teams/{team_id:uuid}", permission=Permission.MEMBER_READ, tags=TAGS)
async def read_team(work: RequestWork, team_id: FromPath[UUID]) -> Team:
    """One team."""
    return await Teams(work).show(team_id)


@put("/teams/{team_id:uuid}", permission=Permission.MEMBER_WRITE, tags=TAGS)
async def update_team(work: RequestWork, team_id: FromPath[UUID], data: JSONBody[TeamUpdate]) -> Team:
    """Replace the team's name, members and clients."""
    return await Teams(work).update(team_id, data)


@delete("/teams/{team_id:uuid}", permission=Permission.MEMBER_WRITE, tags=TAGS)
async def remove_team(
    work: RequestWork, team_id: FromPath[UUID], version: Annotated[int, QueryParameter(ge=0, le=MOST_VERSIONS)]
) -> None:
    """Delete a team; its members keep the clients assigned to them otherwise."""
    await Teams(work).remove(team_id, version)


@get("/members/{membership_id:uuid}/reach", permission=Permission.MEMBER_READ, tags=TAGS)
async def read_reach(work: RequestWork, membership_id: FromPath[UUID]) -> MemberReach:
    """Which clients a member of staff sees."""
    return await Reaches(work).show(membership_id)


@put("/members/{membership_id:uuid}/reach", permission=Permission.MEMBER_WRITE, tags=TAGS)
async def change_reach(
    work: RequestWork, membership_id: FromPath[UUID], data: JSONBody[MemberReachUpdate]
) -> MemberReach:
    """Restrict a member of staff to some clients, or let them see the whole company."""
    return await Reaches(work).change(membership_id, data)


handlers = [list_teams, create_team, read_team, update_team, remove_team, read_reach, change_reach]
