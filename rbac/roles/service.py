"""Composing roles from permissions that the composer holds (I2)."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from app.platform.kernel.actor import ActorKind
from app.platform.kernel.errors import Forbidden, Invalid, NotFound, StaleVersion
from app.platform.kernel.texts import N_
from app.platform.kernel.unit_of_work import UnitOfWork
from rbac.permissions import Permission
from rbac.roles.available_roles import AvailableRoles, CustomRole, staff_permissions
from rbac.roles.errors import PermissionBeyondOwn, RoleNameTaken, TooManyRoles
from rbac.roles.models import Role
from rbac.roles.schemas import CustomRoleView, RoleCreate, RoleUpdate

MOST_ROLES = 50
"""Own roles of one company at most."""


async def load_available_roles(work: UnitOfWork) -> AvailableRoles:
    """The roles that can be given in the work's company."""
    if work.actor.kind is ActorKind.HQ or work.actor.client_id is not None:
        return AvailableRoles()
    rows = await work.session.execute(
        select(Role.id, Role.name, Role.permissions).where(Role.archived_at.is_(None)).order_by(Role.name)
    )
    most = staff_permissions()
    return AvailableRoles({str(row[0]): CustomRole(row[1], most & frozenset(row[2])) for row in rows})


class Roles:
    """The own roles of the actor's company. Only a partner composes any."""

    def __init__(self, work: UnitOfWork) -> None:
        self._work = work

    async def active(self) -> list[CustomRoleView]:
        """By name; a company that is no partner has none."""
        self._work.actor.require(Permission.MEMBER_READ)
        rows = await self._work.session.scalars(select(Role).where(Role.archived_at.is_(None)).order_by(Role.name))
        return [self._to_view(row) for row in rows]

    async def show(self, role_id: UUID) -> CustomRoleView:
        """
        Raises:
            NotFound: no such active role in this company.
        """
        self._work.actor.require(Permission.MEMBER_READ)
        return self._to_view(await self._row(role_id))

    def offered(self) -> list[str]:
        """The permissions that the actor may put into a role, in alphabetical order."""
        return sorted(self._work.actor.permissions & staff_permissions())

    async def create(self, wanted: RoleCreate) -> CustomRoleView:
        """
        Raises:
            PermissionBeyondOwn: the actor lacks one of them.
            Forbidden: headquarters' people have the system's roles only.
            RoleNameTaken, TooManyRoles, Invalid.
        """
        work = self._work
        work.actor.require(Permission.MEMBER_WRITE)
        work.require_writable()
        if work.actor.kind is not ActorKind.PROVIDER:
            raise Forbidden
        permissions = self._checked(wanted.permissions)
        name = _checked_name(wanted.name)
        is_active = Role.archived_at.is_(None)
        # A concurrent creation waits here and counts afterwards: near the limit there are rows to wait for.
        await work.session.execute(select(Role.id).where(is_active).order_by(Role.id).with_for_update())
        if (await work.session.scalar(select(func.count(Role.id)).where(is_active)) or 0) >= MOST_ROLES:
            raise TooManyRoles(most=MOST_ROLES)
        row = Role(
            tenant_id=work.tenant_id,
            id=work.new_id(),
            name=name,
            permissions=permissions,
            created_at=work.now,
            version=1,
        )
        work.session.add(row)
        await self._flush()
        work.audit("role.created", "role", row.id, permissions=permissions)
        return self._to_view(row)

    async def update(self, role_id: UUID, wanted: RoleUpdate) -> CustomRoleView:
        """Change the role, effective for all its holders from their next request.

        Raises:
            PermissionBeyondOwn: the actor lacks one of the old or of the new permissions.
            NotFound, StaleVersion, RoleNameTaken, Invalid.
        """
        row = await self._changeable(role_id, wanted.version)
        before = list(row.permissions)
        row.permissions = self._checked(wanted.permissions)
        row.name = _checked_name(wanted.name)
        row.version += 1
        await self._flush()
        self._work.audit("role.changed", "role", row.id, before=before, after=row.permissions)
        return self._to_view(row)

    async def archive(self, role_id: UUID, version: int) -> None:
        """Archive the role: from the next request on it grants nothing and cannot be given.

        Raises:
            PermissionBeyondOwn, NotFound, StaleVersion: as `update`.
        """
        row = await self._changeable(role_id, version)
        row.archived_at = self._work.now
        row.version += 1
        # Its name is free for another.
        row.name = f"{row.name[:30]} {row.id.hex[-9:]}"
        self._work.audit("role.archived", "role", row.id)

    async def _changeable(self, role_id: UUID, version: int) -> Role:
        self._work.actor.require(Permission.MEMBER_WRITE)
        self._work.require_writable()
        row = await self._row(role_id, lock=True)
        if row.version != version:
            raise StaleVersion
        self._checked(row.permissions)
        return row

    async def _row(self, role_id: UUID, *, lock: bool = False) -> Role:
        statement = select(Role).where(Role.id == role_id, Role.archived_at.is_(None))
        row = await self._work.session.scalar(statement.with_for_update() if lock else statement)
        if row is None:
            raise NotFound
        return row

    async def _flush(self) -> None:
        try:
            async with self._work.session.begin_nested():
                await self._work.session.flush()
        except IntegrityError as error:
            raise RoleNameTaken(fields={"name": RoleNameTaken.text}) from error

    def _checked(self, permissions: Iterable[str]) -> list[str]:
        wanted = sorted({str(each) for each in permissions})
        if not set(wanted) <= self._work.actor.permissions & staff_permissions():
            raise PermissionBeyondOwn(fields={"permissions": PermissionBeyondOwn.text})
        return wanted

    def _to_view(self, row: Role) -> CustomRoleView:
        held = frozenset(row.permissions) <= self._work.actor.permissions
        return CustomRoleView(row.id, row.name, sorted(row.permissions), row.created_at, row.version, held)


def _checked_name(name: str) -> str:
    if not name.strip():
        raise Invalid(fields={"name": N_("请填写名称。")})
    return name.strip()[:40]
