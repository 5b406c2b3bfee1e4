"""The members of a company: list, roles, suspension."""

from uuid import UUID

from app.http.pagination import DEFAULT_LIMIT, MAXIMUM_LIMIT, Cursor, Page
from app.identity import models
from app.identity.authentication import ACTIVE, kind_of_member
from app.identity.errors import LastAdministrator
from app.identity.events import MemberChanged
from app.identity.granting import CHIEF_ROLES, checked_roles, require_grantable
from app.identity.repository import MemberRepository
from app.identity.schemas import Member
from app.kernel.errors import NotFound, StaleVersion
from app.kernel.work import UnitOfWork
from rbac import Permission
from rbac.roles import role_book

SUSPENDED = "suspended"


class Members:
    """Staff and clients' people of the actor's company. What belongs to another company does not exist."""

    def __init__(self, work: UnitOfWork) -> None:
        self._work = work
        self._rows = MemberRepository(work.session)

    async def page(
        self, *, clients: bool = False, words: str = "", cursor: str | None = None, limit: int = DEFAULT_LIMIT
    ) -> Page[Member]:
        """Newest first. `words` is looked for in names and addresses."""
        self._work.actor.require(Permission.MEMBER_READ)
        limit = max(1, min(limit, MAXIMUM_LIMIT))
        end = Cursor.decode(cursor) if cursor else None
        after = (end.moment, end.id) if end is not None else None
        rows = await self._rows.members(clients=clients, words=words.strip()[:80], after=after, limit=limit + 1)
        more = Cursor(rows[limit - 1].created_at, rows[limit - 1].id).encode() if len(rows) > limit else None
        return Page([_shown(row) for row in rows[:limit]], more)

    async def show(self, membership_id: UUID) -> Member:
        """
        Raises:
            NotFound: no such person in this company.
        """
        self._work.actor.require(Permission.MEMBER_READ)
        row = await self._rows.member(membership_id)
        if row is None:
            raise NotFound
        return _shown(row)

    async def change_roles(self, membership_id: UUID, roles: list[str], version: int) -> Member:
        """
        Raises:
            NotFound, StaleVersion, RoleUnknown.
            RoleBeyondOwn: the old or the new roles may do more than the actor.
            LastAdministrator: nobody would be left in charge.
        """
        row, chiefs = await self._changeable(membership_id, version)
        kind = kind_of_member(row.tenant_id, row.client_id)
        book = await role_book(self._work)
        wanted = checked_roles(kind, roles, book)
        require_grantable(self._work.actor, kind, wanted, book)
        before = list(row.roles)
        if wanted == before:
            return _shown(row)
        if CHIEF_ROLES.get(kind) not in wanted:
            _require_another(chiefs, row)
        row.roles = wanted
        return self._changed(row, "member.roles_changed", before=before, after=wanted)

    async def suspend(self, membership_id: UUID, version: int) -> Member:
        """Suspend a member, effective from their next request; their past records stay.

        Raises:
            NotFound, StaleVersion, RoleBeyondOwn, LastAdministrator: as `change_roles`.
        """
        row, chiefs = await self._changeable(membership_id, version)
        if row.state == SUSPENDED:
            return _shown(row)
        _require_another(chiefs, row)
        row.state = SUSPENDED
        return self._changed(row, "member.suspended")

    async def reactivate(self, membership_id: UUID, version: int) -> Member:
        """Let a suspended person in again, with the roles they had.

        Raises:
            NotFound, StaleVersion, RoleBeyondOwn: as `change_roles`.
        """
        row, _ = await self._changeable(membership_id, version)
        if row.state == ACTIVE:
            return _shown(row)
        row.state = ACTIVE
        return self._changed(row, "member.reactivated")

    async def _changeable(self, membership_id: UUID, version: int) -> tuple[models.Membership, list[UUID]]:
        """The row, locked, and the company's chiefs, locked before it so that two changes wait for each other."""
        work = self._work
        work.actor.require(Permission.MEMBER_WRITE)
        work.require_writable()
        chief_role = CHIEF_ROLES[kind_of_member(work.tenant_id, None)]
        chiefs = await self._rows.lock_chiefs(chief_role)
        row = await self._rows.member(membership_id, lock=True)
        if row is None:
            raise NotFound
        if row.version != version:
            raise StaleVersion
        require_grantable(work.actor, kind_of_member(row.tenant_id, row.client_id), row.roles, await role_book(work))
        return row, chiefs

    def _changed(self, row: models.Membership, action: str, **details: object) -> Member:
        row.version += 1
        self._work.publish(
            MemberChanged(membership_id=row.id, roles=tuple(row.roles), state=row.state, client_id=row.client_id)
        )
        self._work.audit(action, "membership", row.id, **details)
        return _shown(row)


def _require_another(chiefs: list[UUID], row: models.Membership) -> None:
    if chiefs == [row.id]:
        raise LastAdministrator


def _shown(row: models.Membership) -> Member:
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
