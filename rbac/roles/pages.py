"""Own roles in the partner workspace. Forms work without script."""

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath

from app.platform.http.authentication import actor_of
from app.platform.http.request_context import origin_of
from app.platform.http.request_work import RequestWork, runtime_of
from app.platform.http.web_request import WebRequest
from app.platform.kernel.errors import DomainError, Invalid, NotFound
from app.platform.kernel.texts import N_
from app.platform.kernel.unit_of_work import UnitOfWork
from app.platform.web.forms import SubmittedForm, render_form, submitted_form
from app.platform.web.pages import page, see_other
from rbac.permissions import Permission
from rbac.roles.labels import PERMISSION_NAMES
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
        names=PERMISSION_NAMES,
        may_write=actor.may(Permission.MEMBER_WRITE) and not actor.read_only,
    )


@get(f"{BASE}/new", permission=Permission.MEMBER_WRITE, include_in_schema=False)
async def new_role_page(request: WebRequest, work: RequestWork) -> Response[Any]:
    """An empty form."""
    return _form(request, work, {"name": "", "version": ""}, ())


@post(f"{BASE}/new", permission=Permission.MEMBER_WRITE, include_in_schema=False)
async def create_role(request: WebRequest) -> Response[Any]:
    """Create the role; an invalid form is shown again as it was typed."""
    form = await submitted_form(request)
    units_of_work, actor, origin = runtime_of(request).units_of_work, actor_of(request), origin_of(request)
    try:
        async with units_of_work.begin(actor, origin) as work:
            await Roles(work).create(_read(form, RoleCreate))
    except DomainError as error:
        async with units_of_work.begin(actor, origin) as work:
            return _form(
                request, work, {"name": form["name"], "version": form["version"]}, form.checked("permissions"), error
            )
    return see_other(request, BASE)


@get(f"{BASE}/{{role_id:uuid}}", permission=Permission.MEMBER_WRITE, include_in_schema=False)
async def role_page(request: WebRequest, work: RequestWork, role_id: FromPath[UUID]) -> Response[Any]:
    """The role's form."""
    role = await Roles(work).show(role_id)
    return _form(request, work, {"name": role.name, "version": str(role.version)}, role.permissions)


@post(f"{BASE}/{{role_id:uuid}}", permission=Permission.MEMBER_WRITE, include_in_schema=False)
async def change_role(request: WebRequest, role_id: FromPath[UUID]) -> Response[Any]:
    """Write the role, or take it out of use, by the button that was pressed."""
    form = await submitted_form(request)
    units_of_work, actor, origin = runtime_of(request).units_of_work, actor_of(request), origin_of(request)
    try:
        async with units_of_work.begin(actor, origin) as work:
            wanted = _read(form, RoleUpdate)
            if form["action"] == "archive":
                await Roles(work).archive(role_id, wanted.version)
            else:
                await Roles(work).update(role_id, wanted)
    except NotFound:
        raise
    except DomainError as error:
        async with units_of_work.begin(actor, origin) as work:
            return _form(
                request, work, {"name": form["name"], "version": form["version"]}, form.checked("permissions"), error
            )
    return see_other(request, BASE)


def _read(form: SubmittedForm, wanted: Any) -> Any:
    """
    Raises:
        Invalid: naming the fields.
    """
    problems = {}
    if not form["name"].strip():
        problems["name"] = N_("请填写名称。")
    if not form.checked("permissions"):
        problems["permissions"] = N_("请至少选择一项权限。")
    if problems:
        raise Invalid(fields=problems)
    given: dict[str, Any] = {"name": form["name"].strip(), "permissions": form.checked("permissions")}
    if wanted is RoleUpdate:
        given["version"] = form["version"]
    try:
        return msgspec.convert(given, wanted, strict=False)
    except msgspec.ValidationError as error:
        raise Invalid from error


def _form(
    request: WebRequest,
    work: UnitOfWork,
    typed: dict[str, str],
    ticked: Sequence[str],
    error: DomainError | None = None,
) -> Response[Any]:
    offered = Roles(work).offered()
    return render_form(
        request,
        "roles/form.html",
        error,
        base=BASE,
        typed=typed,
        ticked=ticked,
        offered=offered,
        names=PERMISSION_NAMES,
        changeable=set(ticked) <= set(offered),
    )


handlers = [roles_page, new_role_page, create_role, role_page, change_role]
