"""Own roles, teams, and who is responsible for which client."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from app.platform.kernel.model import Isolation, TenantModel, tenant_foreign_key, tenant_index, tenant_unique


class Role(TenantModel):
    """A role that a partner composed. Members name it by the text of its `id`, beside the codes of system roles.

    `permissions` beyond what a partner's staff may have at all grant nothing. A role with `archived_at` grants nothing
    either; it is kept so that the audit log can name it.
    """

    __tablename__ = "role"
    __isolation__ = Isolation.PROVIDER
    __table_args__ = (tenant_unique("role", "name"),)

    name: Mapped[str] = mapped_column(String(40))
    permissions: Mapped[list[Any]]
    created_at: Mapped[datetime]
    archived_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)


class Team(TenantModel):
    """A team: members who look after some clients together."""

    __tablename__ = "team"
    __isolation__ = Isolation.PROVIDER
    __table_args__ = (tenant_unique("team", "name"),)

    name: Mapped[str] = mapped_column(String(40))
    created_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)


class TeamMember(TenantModel):
    """A member of a team."""

    __tablename__ = "team_member"
    __isolation__ = Isolation.PROVIDER
    __table_args__ = (
        tenant_unique("team_member", "membership_id", "team_id"),
        tenant_index("team_member", "team_id"),
        tenant_foreign_key("team", "team_id"),
        tenant_foreign_key("membership", "membership_id"),
    )

    team_id: Mapped[UUID]
    membership_id: Mapped[UUID]


class TeamClient(TenantModel):
    """A client that a team looks after."""

    __tablename__ = "team_client"
    __isolation__ = Isolation.PROVIDER
    __table_args__ = (
        tenant_unique("team_client", "team_id", "client_id"),
        tenant_index("team_client", "client_id"),
        tenant_foreign_key("team", "team_id"),
        tenant_foreign_key("client", "client_id"),
    )

    team_id: Mapped[UUID]
    client_id: Mapped[UUID]


class MemberClient(TenantModel):
    """A client that a member looks after alone, or is stationed at."""

    __tablename__ = "member_client"
    __isolation__ = Isolation.PROVIDER
    __table_args__ = (
        tenant_unique("member_client", "membership_id", "client_id"),
        tenant_index("member_client", "client_id"),
        tenant_foreign_key("membership", "membership_id"),
        tenant_foreign_key("client", "client_id"),
    )

    membership_id: Mapped[UUID]
    client_id: Mapped[UUID]
