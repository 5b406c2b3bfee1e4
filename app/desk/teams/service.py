"""Clients assigned to staff, by team or directly, which limit what a restricted member sees (I2)."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.exc import IntegrityError

from app.desk.teams import schemas
from app.desk.teams.errors import TeamInvalid, TeamNameTaken
from app.desk.teams.repository import CLIENTS_OF_MEMBER, CLIENTS_OF_TEAM, PEOPLE_OF_TEAM, TeamRepository
from app.people.identity import Membership, require_grantable
from app.platform.kernel.actor import ActorKind
from app.platform.kernel.errors import Forbidden, Invalid, NotFound, StaleVersion
from app.platform.kernel.texts import N_
from app.platform.kernel.unit_of_work import UnitOfWork
from rbac import Permission
from rbac.roles import AccessScope, Team, is_scoped, load_available_roles


class TeamService:
    """The teams of the actor's company."""

    def __init__(self, work: UnitOfWork) -> None:
        self._work = work
        self._rows = TeamRepository(work.session)

    async def all(self) -> list[schemas.TeamView]:
        """All teams by name."""
        self._work.actor.require(Permission.MEMBER_READ)
        return await self._to_view(await self._rows.teams())

    async def get(self, team_id: UUID) -> schemas.TeamView:
        """
        Raises:
            NotFound: no such team in this company.
        """
        self._work.actor.require(Permission.MEMBER_READ)
        row = await self._rows.team(team_id)
        if row is None:
            raise NotFound
        (view,) = await self._to_view([row])
        return view

    async def choices(self) -> tuple[list[schemas.Choice], list[schemas.Choice]]:
        """The staff and the clients to choose from for a team, by name."""
        self._work.actor.require(Permission.MEMBER_READ)
        return await self._rows.staff(), await self._rows.clients()

    async def create(self, wanted: schemas.TeamCreate) -> schemas.TeamView:
        """
        Raises:
            TeamNameTaken, TeamInvalid, Invalid: the input.
            Forbidden: without `member:write`; headquarters has no teams.
        """
        work = self._work
        self._require_change()
        name = await self._checked(wanted)
        row = Team(tenant_id=work.tenant_id, id=work.new_id(), name=name, created_at=work.now, version=1)
        work.session.add(row)
        await self._write(row, wanted)
        work.audit("team.created", "team", row.id, members=len(wanted.membership_ids), clients=len(wanted.client_ids))
        return await self.get(row.id)

    async def update(self, team_id: UUID, wanted: schemas.TeamUpdate) -> schemas.TeamView:
        """Change the team; its members' access changes from their next request on.

        Raises:
            NotFound, StaleVersion.
            TeamNameTaken, TeamInvalid, Invalid, Forbidden: as `create`.
        """
        self._require_change()
        row = await self._locked(team_id, wanted.version)
        row.name = await self._checked(wanted)
        row.version += 1
        await self._write(row, wanted)
        self._work.audit(
            "team.changed", "team", row.id, members=len(wanted.membership_ids), clients=len(wanted.client_ids)
        )
        return await self.get(row.id)

    async def remove(self, team_id: UUID, version: int) -> None:
        """
        Raises:
            NotFound, StaleVersion, Forbidden: as `update`.
        """
        self._require_change()
        row = await self._locked(team_id, version)
        for link in (PEOPLE_OF_TEAM, CLIENTS_OF_TEAM):
            await self._rows.write_links(link, row.id, set(), self._work)
        await self._work.session.delete(row)
        self._work.audit("team.deleted", "team", team_id)

    def _require_change(self) -> None:
        self._work.actor.require(Permission.MEMBER_WRITE)
        self._work.require_writable()
        if self._work.actor.kind is not ActorKind.PROVIDER:
            raise Forbidden

    async def _locked(self, team_id: UUID, version: int) -> Team:
        row = await self._rows.team(team_id, lock=True)
        if row is None:
            raise NotFound
        if row.version != version:
            raise StaleVersion
        return row

    async def _checked(self, wanted: schemas.TeamCreate) -> str:
        if not wanted.name.strip():
            raise Invalid(fields={"name": N_("请填写名称。")})
        wrong = {}
        if await self._rows.known_staff(wanted.membership_ids) != set(wanted.membership_ids):
            wrong["membership_ids"] = TeamInvalid.text
        if await self._rows.known_clients(wanted.client_ids) != set(wanted.client_ids):
            wrong["client_ids"] = TeamInvalid.text
        if wrong:
            raise TeamInvalid(fields=wrong)
        return wanted.name.strip()

    async def _write(self, row: Team, wanted: schemas.TeamCreate) -> None:
        work = self._work
        try:
            async with work.session.begin_nested():
                await work.session.flush()
        except IntegrityError as error:
            raise TeamNameTaken(fields={"name": TeamNameTaken.text}) from error
        await self._rows.write_links(PEOPLE_OF_TEAM, row.id, set(wanted.membership_ids), work)
        await self._rows.write_links(CLIENTS_OF_TEAM, row.id, set(wanted.client_ids), work)

    async def _to_view(self, rows: Sequence[Team]) -> list[schemas.TeamView]:
        ids = [row.id for row in rows]
        members, clients = await self._rows.members_of(ids), await self._rows.clients_of(ids)
        return [
            schemas.TeamView(
                row.id, row.name, members.get(row.id, []), clients.get(row.id, []), row.created_at, row.version
            )
            for row in rows
        ]


class AccessScopeService:
    """Access scopes of the company's own staff."""

    def __init__(self, work: UnitOfWork) -> None:
        self._work = work
        self._rows = TeamRepository(work.session)

    async def get(self, membership_id: UUID) -> schemas.MemberAccessScope:
        """
        Raises:
            NotFound: no such member of staff in this company.
        """
        self._work.actor.require(Permission.MEMBER_READ)
        return await self._to_view(await self._row(membership_id))

    async def change(self, membership_id: UUID, wanted: schemas.MemberAccessScopeUpdate) -> schemas.MemberAccessScope:
        """Change the access scope, from the member's next request on.

        Raises:
            NotFound, StaleVersion.
            RoleBeyondOwn: the member may do more than the actor.
            TeamInvalid: a client that the company does not have.
            Forbidden: the actor's own scope, or without `member:write`.
        """
        work = self._work
        work.actor.require(Permission.MEMBER_WRITE)
        work.require_writable()
        row = await self._row(membership_id, lock=True)
        if row.id == work.actor.membership_id:
            # Nobody changes their own access scope.
            raise Forbidden
        if row.version != wanted.version:
            raise StaleVersion
        require_grantable(work.actor, ActorKind.PROVIDER, row.roles, await load_available_roles(work))
        clients = set(wanted.client_ids)
        if await self._rows.known_clients(clients) != clients:
            raise TeamInvalid(fields={"client_ids": TeamInvalid.text})
        row.access_scope = wanted.access_scope.value
        row.version += 1
        await self._rows.write_links(CLIENTS_OF_MEMBER, row.id, clients, work)
        work.audit(
            "member.access_scope_changed", "membership", row.id, access_scope=row.access_scope, clients=sorted(clients)
        )
        await work.session.flush()
        return await self._to_view(row)

    async def _row(self, membership_id: UUID, *, lock: bool = False) -> Membership:
        row = await self._rows.member(membership_id, lock=lock)
        if row is None or self._work.actor.kind is ActorKind.HQ:
            raise NotFound
        return row

    async def _to_view(self, row: Membership) -> schemas.MemberAccessScope:
        permissions = (await load_available_roles(self._work)).permissions(ActorKind.PROVIDER, row.roles)
        return schemas.MemberAccessScope(
            row.id,
            row.display_name,
            AccessScope(row.access_scope),
            is_scoped(row.access_scope, permissions),
            await self._rows.clients_of_member(row.id),
            await self._rows.team_clients_of_member(row.id),
            row.version,
        )
