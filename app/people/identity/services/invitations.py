"""Inviting people: staff by role, a client's people with the client named, headquarters' own."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy.exc import IntegrityError

from app.people.identity import models
from app.people.identity.authentication import kind_of_member
from app.people.identity.dependencies import IdentityDependencies
from app.people.identity.errors import AlreadyMember
from app.people.identity.login_names import account_email
from app.people.identity.messages import invitation_message
from app.people.identity.repository import MemberRepository
from app.people.identity.role_granting import checked_roles, require_grantable
from app.people.identity.schemas import InvitationCreate, InvitationView
from app.people.identity.throttling import invitation_rules
from app.people.identity.tokens import new_token, token_hash
from app.platform.kernel.errors import Invalid, NotFound
from app.platform.kernel.texts import N_
from app.platform.kernel.unit_of_work import UnitOfWork
from rbac import Permission
from rbac.roles import load_available_roles
from tenants.models import Tenant

LIFETIME = timedelta(days=7)
DOUBLE_SUBMIT = timedelta(minutes=1)
"""The same invitation sent again this soon is a second click, not a wish for a second mail."""


class Invitations:
    """One open invitation for each address and client; asking again renews it."""

    def __init__(self, work: UnitOfWork, dependencies: IdentityDependencies) -> None:
        self._work = work
        self._dependencies = dependencies
        self._rows = MemberRepository(work.session)

    async def open(self, *, clients: bool = False) -> list[InvitationView]:
        """What still waits for an answer, newest first; expired ones too, for sending again."""
        self._work.actor.require(Permission.MEMBER_READ)
        return [_to_view(row) for row in await self._rows.open_invitations(clients=clients)]

    async def invite(self, wanted: InvitationCreate) -> InvitationView:
        """Send a link to somebody who is to join.

        Raises:
            ContactDetailInvalid, RoleUnknown: the input.
            RoleBeyondOwn: a role that may do more than the inviter.
            AlreadyMember: the address belongs to a member of the same company or client.
            NotFound: no such client.
        """
        work = self._work
        work.actor.require(Permission.MEMBER_INVITE)
        work.require_writable()
        kind = kind_of_member(work.tenant_id, wanted.client_id)
        email, name = account_email(wanted.email), wanted.display_name.strip()[:80]
        if not name:
            raise Invalid(fields={"display_name": N_("请填写姓名。")})
        available_roles = await load_available_roles(work)
        roles = checked_roles(kind, wanted.roles, available_roles)
        require_grantable(work.actor, kind, roles, available_roles)
        if await self._rows.has_member(email, wanted.client_id):
            raise AlreadyMember(fields={"email": AlreadyMember.text})
        row_id = work.new_id()
        try:
            async with work.session.begin_nested():
                added = await self._rows.add_invitation(
                    {
                        "tenant_id": work.tenant_id,
                        "id": row_id,
                        "client_id": wanted.client_id,
                        "email": email,
                        "display_name": name,
                        "roles": roles,
                        "token_hash": token_hash(new_token()),
                        "invited_by": work.actor.membership_id,
                        "created_at": work.now,
                        "sent_at": work.now,
                        "expires_at": work.now + LIFETIME,
                    }
                )
        except IntegrityError as error:  # the only key that can fail is the client's
            raise NotFound from error
        row = await self._rows.open_invitation_for(email, wanted.client_id)
        if row is None:  # accepted while we waited for its row
            raise AlreadyMember(fields={"email": AlreadyMember.text})
        if not added:
            if row.roles == roles and row.display_name == name and work.now - row.sent_at < DOUBLE_SUBMIT:
                return _to_view(row)
            require_grantable(work.actor, kind, row.roles, available_roles)
            row.roles, row.display_name, row.invited_by = roles, name, work.actor.membership_id
        return await self._send(row, wanted.language)

    async def resend(self, invitation_id: UUID) -> InvitationView:
        """Send a new link to the same person; the old one is void.

        Raises:
            NotFound: answered, revoked, or not this company's.
        """
        self._work.require_writable()
        return await self._send(await self._changeable(invitation_id))

    async def revoke(self, invitation_id: UUID) -> None:
        """Close the link. Revoking twice is revoking once.

        Raises:
            NotFound: accepted, or not this company's.
        """
        self._work.require_writable()
        row = await self._changeable(invitation_id, revoked=True)
        if row.revoked_at is None:
            row.revoked_at = self._work.now
            self._work.audit("invitation.revoked", "invitation", row.id)

    async def _changeable(self, invitation_id: UUID, *, revoked: bool = False) -> models.Invitation:
        self._work.actor.require(Permission.MEMBER_INVITE)
        row = await self._rows.invitation(invitation_id)
        if row is None or row.accepted_at is not None or (row.revoked_at is not None and not revoked) or not row.email:
            raise NotFound
        kind = kind_of_member(self._work.tenant_id, row.client_id)
        require_grantable(self._work.actor, kind, row.roles, await load_available_roles(self._work))
        return row

    async def _send(self, row: models.Invitation, language: str | None = None) -> InvitationView:
        work = self._work
        await self._dependencies.throttle.enforce(invitation_rules(str(work.tenant_id), row.email))
        token = new_token()
        row.token_hash, row.sent_at, row.expires_at = token_hash(token), work.now, work.now + LIFETIME
        tenant = await work.session.get_one(Tenant, work.tenant_id)
        message = invitation_message(
            address=row.email,
            name=row.display_name,
            company=tenant.name,
            link=invitation_link(self._dependencies.public_address, work.tenant_id, token),
            lifetime=LIFETIME,
            language=language or work.actor.language,
            reference=f"invitation:{work.new_id()}",
        )
        await self._dependencies.messages.send_email(work, message)
        work.audit("invitation.sent", "invitation", row.id, roles=row.roles, client_id=row.client_id)
        await work.session.flush()
        return _to_view(row)


def invitation_link(public_address: str, tenant_id: UUID, token: str) -> str:
    """The address that an invitation is answered at; the tenant stands in it so that the token is looked up inside."""
    return f"{public_address}/invitations/{tenant_id}/{token}"


def _to_view(row: models.Invitation) -> InvitationView:
    return InvitationView(
        row.id,
        row.email,
        row.display_name,
        row.client_id,
        list(row.roles),
        row.created_at,
        row.sent_at,
        row.expires_at,
    )
