"""The members of a company: roles, suspension."""

from uuid import UUID

from app.people.identity import models
from app.people.identity.authentication import kind_of_member
from app.people.identity.errors import LastAdministrator
from app.people.identity.events import MemberChanged
from app.people.identity.repository import MemberRepository
from app.people.identity.role_granting import ADMINISTRATOR_ROLES, checked_roles, require_grantable
from app.people.identity.schemas import Member
from app.people.identity.states import MEMBER, MemberMove, MemberState
from app.platform.kernel.errors import NotFound, StaleVersion
from app.platform.kernel.unit_of_work import UnitOfWork
from rbac import Permission
from rbac.roles import load_available_roles


class Members:
    """Staff and clients' people of the actor's company. What belongs to another company does not exist."""

    def __init__(self, work: UnitOfWork) -> None:
        self._work = work
        self._rows = MemberRepository(work.session)

    async def show(self, membership_id: UUID) -> Member:
        """
        Raises:
            NotFound: no such person in this company.
        """
        self._work.actor.require(Permission.MEMBER_READ)
        row = await self._rows.member(membership_id)
        if row is None:
            raise NotFound
        return member_view(row)

    async def change_roles(self, membership_id: UUID, roles: list[str], version: int) -> Member:
        """
        Raises:
            NotFound, StaleVersion, RoleUnknown.
            RoleBeyondOwn: the old or the new roles may do more than the actor.
            LastAdministrator: nobody would be left in charge.
        """
        row, administrators = await self._changeable(membership_id, version)
        kind = kind_of_member(row.tenant_id, row.client_id)
        available_roles = await load_available_roles(self._work)
        wanted = checked_roles(kind, roles, available_roles)
        require_grantable(self._work.actor, kind, wanted, available_roles)
        before = list(row.roles)
        if wanted == before:
            return member_view(row)
        if ADMINISTRATOR_ROLES.get(kind) not in wanted:
            _require_another(administrators, row)
        row.roles = wanted
        return self._record_change(row, "member.roles_changed", before=before, after=wanted)

    async def suspend(self, membership_id: UUID, version: int) -> Member:
        """Suspend a member, effective from their next request; their past records stay.

        Raises:
            NotFound, StaleVersion, RoleBeyondOwn, LastAdministrator: as `change_roles`.
        """
        row, administrators = await self._changeable(membership_id, version)
        if row.state == MemberState.SUSPENDED:
            return member_view(row)
        _require_another(administrators, row)
        row.state = MEMBER.after(MemberMove.SUSPEND, row.state)
        return self._record_change(row, "member.suspended")

    async def reactivate(self, membership_id: UUID, version: int) -> Member:
        """Let a suspended person in again, with the roles they had.

        Raises:
            NotFound, StaleVersion, RoleBeyondOwn: as `change_roles`.
        """
        row, _ = await self._changeable(membership_id, version)
        if row.state == MemberState.ACTIVE:
            return member_view(row)
        row.state = MEMBER.after(MemberMove.REACTIVATE, row.state)
        return self._record_change(row, "member.reactivated")

    async def _changeable(self, membership_id: UUID, version: int) -> tuple[models.Membership, list[UUID]]:
        """The row and the administrators; the administrators are locked first, so that changes are serialised."""
        work = self._work
        work.actor.require(Permission.MEMBER_WRITE)
        work.require_writable()
        administrator_role = ADMINISTRATOR_ROLES[kind_of_member(work.tenant_id, None)]
        administrators = await self._rows.lock_administrators(administrator_role)
        row = await self._rows.member(membership_id, lock=True)
        if row is None:
            raise NotFound
        if row.version != version:
            raise StaleVersion
        require_grantable(
            work.actor, kind_of_member(row.tenant_id, row.client_id), row.roles, await load_available_roles(work)
        )
        return row, administrators

    def _record_change(self, row: models.Membership, action: str, **details: object) -> Member:
        row.version += 1
        self._work.publish(
            MemberChanged(membership_id=row.id, roles=tuple(row.roles), state=row.state, client_id=row.client_id)
        )
        self._work.audit(action, "membership", row.id, **details)
        return member_view(row)


def _require_another(administrators: list[UUID], row: models.Membership) -> None:
    if administrators == [row.id]:
        raise LastAdministrator


def member_view(row: models.Membership) -> Member:
    """The member as others see them."""
    return Member(
        row.id,
        row.display_name,
        row.email,
        row.mobile,
        row.client_id,
        list(row.roles),
        row.state,
        row.created_at,
        row.version,
    )
