"""Request and response structs of the teams' area."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec

from app.platform.kernel.input_text import LINE, Input, Label
from app.platform.kernel.texts import N_
from rbac.roles import AccessScope

TeamName = Annotated[str, LINE, msgspec.Meta(min_length=1, max_length=40), Label(N_("名称"), N_("请填写名称。"))]
MOST_VERSIONS = 2_147_483_646
"""Upper limit of the database's integer."""
Version = Annotated[int, msgspec.Meta(ge=0, le=MOST_VERSIONS)]
Members = Annotated[list[UUID], msgspec.Meta(max_length=500)]
Clients = Annotated[list[UUID], msgspec.Meta(max_length=2000)]


class TeamCreate(Input, frozen=True, forbid_unknown_fields=True):
    """A new team: `membership_ids` are staff of the company, `client_ids` the clients they are responsible for."""

    name: TeamName
    membership_ids: Members = msgspec.field(default_factory=list)
    client_ids: Clients = msgspec.field(default_factory=list)


class TeamUpdate(TeamCreate, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The whole changed team; `version` is the one that was read."""

    version: Version


class TeamView(msgspec.Struct, frozen=True):
    """A team with its people and clients, each by name."""

    id: UUID
    name: str
    membership_ids: list[UUID]
    client_ids: list[UUID]
    created_at: datetime
    version: int


class MemberAccessScopeUpdate(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A member's access scope: `by_role` (dispatchers and quality staff see the whole company, others what is theirs),
    `company`, or `assigned`: the clients in `client_ids`, those of the member's teams, and the member's own work.
    `version` is the membership's."""

    access_scope: AccessScope
    client_ids: Clients
    version: Version


class MemberAccessScope(msgspec.Struct, frozen=True):
    """A member's access scope. `scoped`: the member sees only `client_ids`, `team_client_ids` and own work."""

    membership_id: UUID
    display_name: str
    access_scope: AccessScope
    scoped: bool
    client_ids: list[UUID]
    team_client_ids: list[UUID]
    version: int


class Choice(msgspec.Struct, frozen=True):
    """An option of a form."""

    id: UUID
    name: str
