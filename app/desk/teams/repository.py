"""Queries of the teams' area."""

from collections.abc import Collection, Iterable, Sequence
from typing import Any, Final, NamedTuple
from uuid import UUID

from sqlalchemy import and_, delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from app.assets.clients.models import Client
from app.desk.teams.schemas import Choice
from app.people.identity import Membership
from app.platform.kernel.columns import columns_of
from app.platform.kernel.unit_of_work import UnitOfWork
from rbac.roles import MemberClient, Team, TeamClient, TeamMember


class Link(NamedTuple):
    """A link table and its two columns."""

    model: Any
    owner: str
    column: str


PEOPLE_OF_TEAM: Final = Link(TeamMember, "team_id", "membership_id")
CLIENTS_OF_TEAM: Final = Link(TeamClient, "team_id", "client_id")
CLIENTS_OF_MEMBER: Final = Link(MemberClient, "membership_id", "client_id")


class TeamRepository:
    """Queries of teams, run as an actor of the partner's own ring."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def teams(self) -> Sequence[Team]:
        return (await self._session.scalars(select(Team).order_by(Team.name))).all()

    async def team(self, team_id: UUID, *, lock: bool = False) -> Team | None:
        statement = select(Team).where(Team.id == team_id)
        found: Team | None = await self._session.scalar(statement.with_for_update() if lock else statement)
        return found

    async def members_of(self, team_ids: Collection[UUID]) -> dict[UUID, list[UUID]]:
        """Of each team, by name."""
        rows = await self._session.execute(
            select(TeamMember.team_id, TeamMember.membership_id)
            .join(
                Membership,
                and_(Membership.tenant_id == TeamMember.tenant_id, Membership.id == TeamMember.membership_id),
            )
            .where(TeamMember.team_id.in_(team_ids))
            .order_by(Membership.display_name, Membership.id)
        )
        return _grouped((row[0], row[1]) for row in rows)

    async def clients_of(self, team_ids: Collection[UUID]) -> dict[UUID, list[UUID]]:
        """Of each team, by name."""
        rows = await self._session.execute(
            select(TeamClient.team_id, TeamClient.client_id)
            .join(Client, and_(Client.tenant_id == TeamClient.tenant_id, Client.id == TeamClient.client_id))
            .where(TeamClient.team_id.in_(team_ids))
            .order_by(Client.short_name, Client.id)
        )
        return _grouped((row[0], row[1]) for row in rows)

    async def clients_of_member(self, membership_id: UUID) -> list[UUID]:
        """The clients assigned to the member directly."""
        rows = await self._session.scalars(
            select(MemberClient.client_id)
            .join(Client, and_(Client.tenant_id == MemberClient.tenant_id, Client.id == MemberClient.client_id))
            .where(MemberClient.membership_id == membership_id)
            .order_by(Client.short_name, Client.id)
        )
        return list(rows)

    async def team_clients_of_member(self, membership_id: UUID) -> list[UUID]:
        """The clients of the member's teams, each once."""
        rows = await self._session.execute(
            select(Client.id, Client.short_name)
            .distinct()
            .join(TeamClient, and_(TeamClient.tenant_id == Client.tenant_id, TeamClient.client_id == Client.id))
            .join(
                TeamMember, and_(TeamMember.tenant_id == TeamClient.tenant_id, TeamMember.team_id == TeamClient.team_id)
            )
            .where(TeamMember.membership_id == membership_id)
            .order_by(Client.short_name, Client.id)
        )
        return [row[0] for row in rows]

    async def staff(self) -> list[Choice]:
        """The company's own active members."""
        rows = await self._session.execute(
            select(*columns_of(Choice, Membership, name=Membership.display_name))
            .where(Membership.client_id.is_(None), Membership.state == "active")
            .order_by(Membership.display_name, Membership.id)
        )
        return [Choice(*row) for row in rows]

    async def clients(self) -> list[Choice]:
        """All active clients."""
        rows = await self._session.execute(
            select(*columns_of(Choice, Client, name=Client.short_name))
            .where(Client.state == "active")
            .order_by(Client.short_name, Client.id)
        )
        return [Choice(*row) for row in rows]

    async def member(self, membership_id: UUID, *, lock: bool) -> Membership | None:
        """A member of the company's own staff."""
        statement = select(Membership).where(Membership.id == membership_id, Membership.client_id.is_(None))
        found: Membership | None = await self._session.scalar(statement.with_for_update() if lock else statement)
        return found

    async def known_staff(self, ids: Collection[UUID]) -> set[UUID]:
        found = await self._session.scalars(
            select(Membership.id).where(Membership.id.in_(ids), Membership.client_id.is_(None))
        )
        return set(found)

    async def known_clients(self, ids: Collection[UUID]) -> set[UUID]:
        return set(await self._session.scalars(select(Client.id).where(Client.id.in_(ids))))

    async def write_links(self, link: Link, owner_id: UUID, wanted: set[UUID], work: UnitOfWork) -> None:
        """Replace the links of `owner_id` by `wanted`."""
        model, owner, column = link
        await self._session.execute(
            delete(model)
            .where(getattr(model, owner) == owner_id, getattr(model, column).not_in(wanted))
            .execution_options(synchronize_session=False)
        )
        rows = [
            {"tenant_id": work.tenant_id, "id": work.new_id(), owner: owner_id, column: each} for each in sorted(wanted)
        ]
        if rows:
            await self._session.execute(insert(model).values(rows).on_conflict_do_nothing())


def _grouped(pairs: Iterable[tuple[UUID, UUID]]) -> dict[UUID, list[UUID]]:
    found: dict[UUID, list[UUID]] = {}
    for owner, each in pairs:
        found.setdefault(owner, []).append(each)
    return found
