"""Own roles as JSON."""

from typing import Annotated
from uuid import UUID

from litestar import delete, get, post, put
from litestar.params import FromPath, JSONBody, QueryParameter

from app.platform.http.idempotency import idempotent
from app.platform.http.pagination import Page
from app.platform.http.registration import handlers_of
from app.platform.http.request_work import RequestWork
from app.platform.http.web_request import WebRequest
from rbac.permissions import Permission
from rbac.roles.schemas import MOST_VERSIONS, CustomRoleView, RoleCreate, RoleUpdate
from rbac.roles.service import Roles

TAGS = ["members"]


@get("/roles", permission=Permission.MEMBER_READ, tags=TAGS)
async def list_roles(work: RequestWork) -> Page[CustomRoleView]:
    """The company's own roles by name, on one page."""
    return Page(await Roles(work).active())


@post("/roles", permission=Permission.MEMBER_WRITE, tags=TAGS)
@idempotent()
async def create_role(request: WebRequest, work: RequestWork, data: JSONBody[RoleCreate]) -> CustomRoleView:
    """Compose a role from permissions that the caller holds."""
    return await Roles(work).create(data)


@get("/roles/{role_id:uuid}", permission=Permission.MEMBER_READ, tags=TAGS)
async def read_role(work: RequestWork, role_id: FromPath[UUID]) -> CustomRoleView:
    """One of the company's own roles."""
    return await Roles(work).show(role_id)


@put("/roles/{role_id:uuid}", permission=Permission.MEMBER_WRITE, tags=TAGS)
async def update_role(work: RequestWork, role_id: FromPath[UUID], data: JSONBody[RoleUpdate]) -> CustomRoleView:
    """Another name, other permissions; for everybody who has the role, from the next request on."""
    return await Roles(work).update(role_id, data)


@delete("/roles/{role_id:uuid}", permission=Permission.MEMBER_WRITE, tags=TAGS)
async def archive_role(
    work: RequestWork, role_id: FromPath[UUID], version: Annotated[int, QueryParameter(ge=0, le=MOST_VERSIONS)]
) -> None:
    """Take a role out of use: it grants nothing any more."""
    await Roles(work).archive(role_id, version)


handlers = handlers_of(__name__)
