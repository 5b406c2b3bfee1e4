"""Own roles in the partner workspace. Forms work without script."""

from functools import partial
from typing import Any, Final
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath

from app.platform.http.authentication import actor_of
from app.platform.http.registration import handlers_of
from app.platform.http.request_work import RequestWork
from app.platform.http.web_request import WebRequest
from app.platform.kernel.errors import DomainError
from app.platform.kernel.unit_of_work import UnitOfWork
from app.platform.web.form_values import FormValues
from app.platform.web.forms import render_form, submit
from app.platform.web.pages import page
from rbac.permissions import Permission
from rbac.roles.labels import permission_names
from rbac.roles.schemas import RoleCreate, RoleUpdate
from rbac.roles.service import Roles

BASE: Final = "/workspace/roles"


@get(BASE, permission=Permission.MEMBER_READ, include_in_schema=False)
async def roles_page(request: WebRequest, work: RequestWork) -> Response[Any]:
    """The company's own roles, each with what it may do."""
    actor = actor_of(request)
    return page(
        request,
        "roles/list.html",
        base=BASE,
        roles=await Roles(work).active(),
        names=permission_names(),
        may_write=actor.may(Permission.MEMBER_WRITE) and not actor.read_only,
    )


@get(f"{BASE}/new", permission=Permission.MEMBER_WRITE, include_in_schema=False)
async def new_role_page(request: WebRequest, work: RequestWork) -> Response[Any]:
    """An empty form."""
    return await _form(request, work, FormValues())


@post(f"{BASE}/new", permission=Permission.MEMBER_WRITE, include_in_schema=False)
async def create_role(request: WebRequest) -> Response[Any]:
    """Create the role."""

    async def act(work: UnitOfWork, form: FormValues) -> str:
        await Roles(work).create(form.read(RoleCreate))
        return BASE

    return await submit(request, act, partial(_form, request))


@get(f"{BASE}/{{role_id:uuid}}", permission=Permission.MEMBER_WRITE, include_in_schema=False)
async def role_page(request: WebRequest, work: RequestWork, role_id: FromPath[UUID]) -> Response[Any]:
    """The role's form."""
    return await _form(request, work, FormValues.of(await Roles(work).show(role_id)))


@post(f"{BASE}/{{role_id:uuid}}", permission=Permission.MEMBER_WRITE, include_in_schema=False)
async def change_role(request: WebRequest, role_id: FromPath[UUID]) -> Response[Any]:
    """Write the role, or take it out of use, by the button that was pressed."""

    async def act(work: UnitOfWork, form: FormValues) -> str:
        wanted = form.read(RoleUpdate)
        if form["action"] == "archive":
            await Roles(work).archive(role_id, wanted.version)
        else:
            await Roles(work).update(role_id, wanted)
        return BASE

    return await submit(request, act, partial(_form, request))


async def _form(
    request: WebRequest, work: UnitOfWork, values: FormValues, error: DomainError | None = None
) -> Response[Any]:
    offered = Roles(work).offered()
    return render_form(
        request,
        "roles/form.html",
        error,
        base=BASE,
        values=values,
        offered=offered,
        names=permission_names(),
        changeable=set(values.checked("permissions")) <= set(offered),
    )


handlers = handlers_of(__name__)
