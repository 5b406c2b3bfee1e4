"""The people of a company, for its owner and managers: list, invite, change. The same pages for headquarters."""

from collections.abc import Sequence
from functools import partial
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath, FromQuery

from app.people.identity.api import identity_dependencies
from app.people.identity.authentication import kind_of_member
from app.people.identity.listing import MEMBERS
from app.people.identity.role_granting import grantable_roles, may_grant, role_names
from app.people.identity.schemas import InvitationCreate
from app.people.identity.second_factor_pages import factors_of
from app.people.identity.services.invitations import Invitations
from app.people.identity.services.member_second_factor import MemberSecondFactors
from app.people.identity.services.members import Members
from app.platform.http.authentication import actor_of
from app.platform.http.registration import handlers_of
from app.platform.http.request_work import RequestWork
from app.platform.http.web_request import WebRequest
from app.platform.kernel.errors import DomainError, Invalid, NotFound
from app.platform.kernel.texts import N_
from app.platform.kernel.unit_of_work import UnitOfWork
from app.platform.lists.web_interface import list_handlers, list_page
from app.platform.web.form_values import FormValues
from app.platform.web.forms import render_form, submit
from rbac import Permission
from rbac.roles import load_available_roles


def _paths(rest: str = "") -> Sequence[str]:
    return [f"/workspace/members{rest}", f"/hq/members{rest}"]


def _base(request: WebRequest) -> str:
    """The list's address in the face that the reader is in."""
    return "/hq/members" if request.scope["path"].startswith("/hq/") else "/workspace/members"


@get(_paths(), permission=Permission.MEMBER_READ, include_in_schema=False)
async def members_page(request: WebRequest, work: RequestWork) -> Response[Any]:
    """Own people or clients' people, and the invitations that wait."""
    clients = request.query_params.get("group") == "clients"
    return await list_page(
        request,
        work,
        MEMBERS,
        "identity/members.html",
        invitations=await Invitations(work, identity_dependencies(request)).open(clients=clients),
        group="clients" if clients else "staff",
        base=_base(request),
        role_names=role_names(await load_available_roles(work)),
        sent=request.query_params.get("done") == "invited",
    )


@get(_paths("/invite"), permission=Permission.MEMBER_INVITE, include_in_schema=False)
async def invite_page(request: WebRequest, work: RequestWork, client: FromQuery[UUID | None] = None) -> Response[Any]:
    """The form; with `client` for one of that client's people."""
    return await _invite(request, work, FormValues({"client": client}))


@post(_paths("/invite"), permission=Permission.MEMBER_INVITE, include_in_schema=False)
async def invite(request: WebRequest) -> Response[Any]:
    """Send the invitation."""

    async def act(work: UnitOfWork, form: FormValues) -> str:
        client = _uuid(form["client"])
        wanted = InvitationCreate(form["email"], form["display_name"], form.checked("roles"), client)
        await Invitations(work, identity_dependencies(request)).invite(wanted)
        return f"{_base(request)}?done=invited" + ("&group=clients" if client else "")

    return await submit(request, act, partial(_invite, request))


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError as error:
        raise NotFound from error


async def _invite(
    request: WebRequest, work: UnitOfWork, values: FormValues, error: DomainError | None = None
) -> Response[Any]:
    actor, available_roles = actor_of(request), await load_available_roles(work)
    kind = kind_of_member(actor.tenant_id, _uuid(values["client"]))
    return render_form(
        request,
        "identity/invite.html",
        error,
        base=_base(request),
        values=values,
        offered=grantable_roles(actor, kind, available_roles),
        role_names=role_names(available_roles),
    )


@post(_paths("/invitations/{invitation_id:uuid}/resend"), permission=Permission.MEMBER_INVITE, include_in_schema=False)
async def resend_invitation(request: WebRequest, invitation_id: FromPath[UUID]) -> Response[Any]:
    """A new link by mail."""

    async def act(work: UnitOfWork, _: FormValues) -> str:
        await Invitations(work, identity_dependencies(request)).resend(invitation_id)
        return f"{_base(request)}?done=invited"

    return await submit(request, act)


@post(_paths("/invitations/{invitation_id:uuid}/revoke"), permission=Permission.MEMBER_INVITE, include_in_schema=False)
async def revoke_invitation(request: WebRequest, invitation_id: FromPath[UUID]) -> Response[Any]:
    """Close the link."""

    async def act(work: UnitOfWork, _: FormValues) -> str:
        await Invitations(work, identity_dependencies(request)).revoke(invitation_id)
        return _base(request)

    return await submit(request, act)


@get(_paths("/{membership_id:uuid}"), permission=Permission.MEMBER_READ, include_in_schema=False)
async def member_page(request: WebRequest, work: RequestWork, membership_id: FromPath[UUID]) -> Response[Any]:
    """One person: what they may do, and whether they still may."""
    return await _member(request, membership_id, work)


@post(_paths("/{membership_id:uuid}"), permission=Permission.MEMBER_WRITE, include_in_schema=False)
async def change_member(request: WebRequest, membership_id: FromPath[UUID]) -> Response[Any]:
    """New roles, or in and out, by the button that was pressed."""

    async def act(work: UnitOfWork, form: FormValues) -> str:
        members, version = Members(work), form.whole_number("version")
        match form["action"]:
            case "roles":
                await members.change_roles(membership_id, form.checked("roles"), version)
            case "suspend":
                await members.suspend(membership_id, version)
            case "reactivate":
                await members.reactivate(membership_id, version)
            case "reset_second_factor":
                await MemberSecondFactors(work, factors_of(request), identity_dependencies(request)).reset(
                    membership_id
                )
            case _:
                raise Invalid(fields={"action": N_("请选择要做的操作。")})
        return f"{_base(request)}/{membership_id}?done=yes"

    return await submit(request, act, partial(_member, request, membership_id))


async def _member(
    request: WebRequest,
    membership_id: UUID,
    work: UnitOfWork,
    _: FormValues | None = None,
    error: DomainError | None = None,
) -> Response[Any]:
    member, actor, available_roles = (
        await Members(work).show(membership_id),
        actor_of(request),
        await load_available_roles(work),
    )
    kind = kind_of_member(actor.tenant_id, member.client_id)
    may_change = actor.may(Permission.MEMBER_WRITE) and not actor.read_only
    changeable = may_change and may_grant(actor, kind, member.roles, available_roles)
    return render_form(
        request,
        "identity/member.html",
        error,
        base=_base(request),
        member=member,
        changeable=changeable,
        offered=grantable_roles(actor, kind, available_roles),
        role_names=role_names(available_roles),
        saved=error is None and request.query_params.get("done") == "yes",
    )


handlers = [*handlers_of(__name__), *list_handlers(MEMBERS)]
