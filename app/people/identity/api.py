"""Identity's JSON API, under /api/v1."""

from uuid import UUID

import msgspec
from litestar import Response, delete, get, post, put
from litestar.background_tasks import BackgroundTask
from litestar.params import FromPath, FromQuery, JSONBody

from app.people.identity.dependencies import IdentityDependencies
from app.people.identity.listing import MEMBERS
from app.people.identity.schemas import (
    AcceptedInvitation,
    InvitationAcceptance,
    InvitationCreate,
    InvitationOffer,
    InvitationView,
    Member,
    MembershipChoice,
    OwnAccount,
    OwnMembership,
    OwnSession,
    PasswordChange,
    PasswordReset,
    PasswordResetRequest,
    RolesUpdate,
    SessionCreate,
    SessionOpened,
    SessionRenewed,
    StateUpdate,
)
from app.people.identity.services.invitation_acceptance import InvitationAcceptances
from app.people.identity.services.invitations import Invitations
from app.people.identity.services.members import Members
from app.people.identity.services.own_account import OwnAccounts
from app.people.identity.services.password_reset import PasswordResets
from app.people.identity.services.sign_in import SignIn, SignInContext
from app.platform.http.authentication import actor_of
from app.platform.http.idempotency import idempotent
from app.platform.http.pagination import DEFAULT_LIMIT, MAXIMUM_LIMIT, Page
from app.platform.http.registration import handlers_of
from app.platform.http.request_context import origin_of
from app.platform.http.request_work import RequestWork, runtime_of
from app.platform.http.web_request import WebRequest
from app.platform.lists.web_interface import api_page, saved_view_api
from rbac import Access, Permission


def identity_dependencies(request: WebRequest) -> IdentityDependencies:
    """Identity's parts of this process; `app.asgi` put them there."""
    dependencies: IdentityDependencies = request.app.state.identity
    return dependencies


def sign_in_context_of(request: WebRequest, known_browser: str | None = None) -> SignInContext:
    """Where a try to sign in comes from."""
    return SignInContext(
        origin_of(request), request.headers.get("user-agent", ""), known_browser, actor_of(request).language
    )


def sign_in_of(request: WebRequest) -> SignIn:
    return SignIn(runtime_of(request).units_of_work, identity_dependencies(request))


@post("/sessions", permission=Access.PUBLIC, tags=["session"])
async def open_session(request: WebRequest, data: JSONBody[SessionCreate]) -> SessionOpened:
    """Sign in by e-mail or mobile and password; the answer holds the bearer token."""
    signed_in = await sign_in_of(request).open(
        data.name,
        data.password,
        sign_in_context_of(request, data.known_browser),
        code=data.code,
        membership_id=data.membership_id,
    )
    return signed_in.opened()


@delete("/session", permission=Access.SIGNED_IN, own_session=True, before_second_factor=True, tags=["session"])
async def close_session(request: WebRequest) -> None:
    """Sign out: the token is revoked."""
    await sign_in_of(request).close(actor_of(request), origin_of(request))


@get("/memberships", permission=Access.SIGNED_IN, before_second_factor=True, tags=["session"])
async def own_memberships(request: WebRequest) -> list[OwnMembership]:
    """Every company that the signed-in account belongs to."""
    return await sign_in_of(request).memberships(actor_of(request))


@post(
    "/session/membership",
    permission=Access.SIGNED_IN,
    own_session=True,
    before_second_factor=True,
    status_code=200,
    tags=["session"],
)
async def switch_membership(request: WebRequest, data: JSONBody[MembershipChoice]) -> SessionOpened:
    """Switch to another membership of the account, with a new token; the present token is revoked."""
    signed_in = await sign_in_of(request).switch(actor_of(request), data.membership_id, sign_in_context_of(request))
    return signed_in.opened()


@get("/account", permission=Access.SIGNED_IN, tags=["account"])
async def own_account(request: WebRequest, work: RequestWork) -> OwnAccount:
    """The account behind the session."""
    return await OwnAccounts(work, identity_dependencies(request)).show()


@get("/account/sessions", permission=Access.SIGNED_IN, tags=["account"])
async def own_sessions(request: WebRequest, work: RequestWork) -> list[OwnSession]:
    """Where the account is signed in, newest first."""
    return await OwnAccounts(work, identity_dependencies(request)).sessions()


@delete("/account/sessions/{session_id:uuid}", permission=Access.SIGNED_IN, own_session=True, tags=["account"])
async def revoke_session(request: WebRequest, work: RequestWork, session_id: FromPath[UUID]) -> None:
    """End one of the own sessions."""
    await OwnAccounts(work, identity_dependencies(request)).revoke(session_id)


@put("/account/password", permission=Access.SIGNED_IN, own_session=True, tags=["account"])
async def change_password(request: WebRequest, work: RequestWork, data: JSONBody[PasswordChange]) -> SessionRenewed:
    """Set a new password; all other sessions end, and this one goes on under the token of the answer."""
    renewed = await OwnAccounts(work, identity_dependencies(request)).change_password(
        data.present, data.password, end_tokens=data.end_tokens
    )
    return SessionRenewed(renewed.token, renewed.expires_in)


@post("/password-resets", permission=Access.PUBLIC, status_code=202, tags=["account"])
async def ask_for_reset(request: WebRequest, data: JSONBody[PasswordResetRequest]) -> Response[None]:
    """Mail a single-use link to the account's address. The answer is the same whether there is such an account."""
    resets = PasswordResets(runtime_of(request).units_of_work, identity_dependencies(request))
    origin = origin_of(request)
    named = await resets.ask(data.name, origin)
    return Response(None, status_code=202, background=BackgroundTask(resets.send, named, origin))


@put("/password-resets/{token:str}", permission=Access.PUBLIC, status_code=204, tags=["account"])
async def finish_reset(request: WebRequest, token: FromPath[str], data: JSONBody[PasswordReset]) -> None:
    """Set a new password by the link; every session of the account ends."""
    await PasswordResets(runtime_of(request).units_of_work, identity_dependencies(request)).finish(
        token, data.password, origin_of(request), end_tokens=data.end_tokens
    )


@get("/members", permission=Permission.MEMBER_READ, tags=["members"])
async def list_members(
    work: RequestWork,
    *,
    clients: FromQuery[bool] = False,
    q: FromQuery[str] = "",
    cursor: FromQuery[str | None] = None,
    limit: FromQuery[int] = DEFAULT_LIMIT,
    sort: FromQuery[str] = "",
) -> Page[Member]:
    """The company's own people, or with `clients=true` those of its clients; newest first, or by `sort`
    (`display_name`, `email`, `state`, `created_at`, `-` before it for downwards)."""
    conditions = MEMBERS.conditions({"group": "clients"} if clients else {}, q.strip()[:80])
    limit = max(1, min(limit, MAXIMUM_LIMIT))
    found = await api_page(work, MEMBERS, conditions=conditions, sort=sort, cursor=cursor, limit=limit)
    return Page([msgspec.convert(row, Member, from_attributes=True) for row in found.items], found.next_cursor)


@get("/members/{membership_id:uuid}", permission=Permission.MEMBER_READ, tags=["members"])
async def show_member(work: RequestWork, membership_id: FromPath[UUID]) -> Member:
    """One person of the company."""
    return await Members(work).show(membership_id)


@put("/members/{membership_id:uuid}/roles", permission=Permission.MEMBER_WRITE, tags=["members"])
async def change_roles(work: RequestWork, membership_id: FromPath[UUID], data: JSONBody[RolesUpdate]) -> Member:
    """Give a person other roles."""
    return await Members(work).change_roles(membership_id, data.roles, data.version)


@post("/members/{membership_id:uuid}/suspend", permission=Permission.MEMBER_WRITE, status_code=200, tags=["members"])
async def suspend_member(work: RequestWork, membership_id: FromPath[UUID], data: JSONBody[StateUpdate]) -> Member:
    """Suspend a member; their past records stay."""
    return await Members(work).suspend(membership_id, data.version)


@post("/members/{membership_id:uuid}/reactivate", permission=Permission.MEMBER_WRITE, status_code=200, tags=["members"])
async def reactivate_member(work: RequestWork, membership_id: FromPath[UUID], data: JSONBody[StateUpdate]) -> Member:
    """Let a suspended person in again."""
    return await Members(work).reactivate(membership_id, data.version)


@get("/invitations", permission=Permission.MEMBER_READ, tags=["members"])
async def list_invitations(
    request: WebRequest, work: RequestWork, *, clients: FromQuery[bool] = False
) -> list[InvitationView]:
    """Invitations that wait for an answer."""
    return await Invitations(work, identity_dependencies(request)).open(clients=clients)


@post("/invitations", permission=Permission.MEMBER_INVITE, tags=["members"])
@idempotent()
async def invite(request: WebRequest, work: RequestWork, data: JSONBody[InvitationCreate]) -> InvitationView:
    """Invite somebody by e-mail. The link goes to them alone."""
    return await Invitations(work, identity_dependencies(request)).invite(data)


@post(
    "/invitations/{invitation_id:uuid}/resend", permission=Permission.MEMBER_INVITE, status_code=200, tags=["members"]
)
async def resend_invitation(request: WebRequest, work: RequestWork, invitation_id: FromPath[UUID]) -> InvitationView:
    """Send a new link; the old one is revoked."""
    return await Invitations(work, identity_dependencies(request)).resend(invitation_id)


@delete("/invitations/{invitation_id:uuid}", permission=Permission.MEMBER_INVITE, tags=["members"])
async def revoke_invitation(request: WebRequest, work: RequestWork, invitation_id: FromPath[UUID]) -> None:
    """Close an invitation."""
    await Invitations(work, identity_dependencies(request)).revoke(invitation_id)


@get("/invitation-links/{tenant_id:uuid}/{token:str}", permission=Access.PUBLIC, tags=["members"])
async def preview_invitation(request: WebRequest, tenant_id: FromPath[UUID], token: FromPath[str]) -> InvitationOffer:
    """What an invitation's link offers."""
    return await InvitationAcceptances(runtime_of(request).units_of_work, identity_dependencies(request)).preview(
        tenant_id, token, origin_of(request)
    )


@post(
    "/invitation-links/{tenant_id:uuid}/{token:str}",
    permission=Access.PUBLIC,
    own_session=True,
    status_code=200,
    tags=["members"],
)
async def accept_invitation(
    request: WebRequest, tenant_id: FromPath[UUID], token: FromPath[str], data: JSONBody[InvitationAcceptance]
) -> AcceptedInvitation:
    """Accept: as the signed-in account where that was invited, with the password of the address's account (and a code,
    if it has a second factor), or with a new account."""
    acceptances = InvitationAcceptances(runtime_of(request).units_of_work, identity_dependencies(request))
    actor = actor_of(request)
    signed_in = actor if actor.account_id is not None and not data.password else None
    return await acceptances.accept(tenant_id, token, data, sign_in_context_of(request), signed_in=signed_in)


handlers = [*handlers_of(__name__), *saved_view_api(MEMBERS, "/members")]
