"""Who is acting. Built once, by the authentication middleware, the task base or the command line."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Self
from uuid import UUID

from app.platform.kernel.errors import Forbidden

HQ_TENANT_ID = UUID("00000000-0000-7000-8000-000000000001")
"""Headquarters: one per installation, so its id is fixed and policies may name it."""


class ActorKind(StrEnum):
    """What kind of party acts."""

    HQ = "hq"
    PROVIDER = "provider"
    CLIENT = "client"
    REPORTER = "reporter"
    SYSTEM = "system"
    VISITOR = "visitor"


class Scope(StrEnum):
    """How far into a tenant the database lets an actor read."""

    TENANT = "tenant"
    CLIENT = "client"
    REPORTER = "reporter"
    PUBLIC = "public"


_SCOPES = {
    ActorKind.HQ: Scope.TENANT,
    ActorKind.PROVIDER: Scope.TENANT,
    ActorKind.SYSTEM: Scope.TENANT,
    ActorKind.CLIENT: Scope.CLIENT,
    ActorKind.REPORTER: Scope.REPORTER,
    ActorKind.VISITOR: Scope.PUBLIC,
}


@dataclass(frozen=True, slots=True)
class Actor:
    """One party in one tenant. There is no default tenant.

    `clients` is set for staff who are held to some clients (I2): those they look after; None is the whole company.
    `tenant_name` is for showing. `read_only` is true while the tenant is suspended or terminated; `erase_after` is set
    when it is terminated (UTC). `client_id` is set for clients and reporters, `reporter_id` for reporters.
    """

    kind: ActorKind
    tenant_id: UUID
    client_id: UUID | None = None
    reporter_id: UUID | None = None
    account_id: UUID | None = None
    membership_id: UUID | None = None
    session_id: UUID | None = None
    display_name: str = ""
    tenant_name: str = ""
    roles: tuple[str, ...] = ()
    own_role_names: tuple[str, ...] = ()
    """Of roles that the company composed itself, for showing."""
    permissions: frozenset[str] = field(default_factory=frozenset)
    clients: frozenset[UUID] | None = None
    read_only: bool = False
    erase_after: datetime | None = None
    by_token: bool = False
    """A program acts by an API token: on the JSON API only, and never on its maker's own account."""
    second_factor_due: bool = False
    """The rights ask for a second factor that the account does not have: nothing else is open before it is set up."""
    language: str = "zh-CN"

    def __post_init__(self) -> None:
        if self.kind in (ActorKind.CLIENT, ActorKind.REPORTER) and self.client_id is None:
            raise ValueError("a client's actor names its client")
        if self.kind is ActorKind.REPORTER and self.reporter_id is None:
            raise ValueError("a reporter's actor names its reporter")

    @classmethod
    def system(cls, tenant_id: UUID) -> Self:
        """The platform itself, working inside one tenant (jobs, event consumers, commands)."""
        return cls(kind=ActorKind.SYSTEM, tenant_id=tenant_id, display_name="system")

    @classmethod
    def visitor(cls, language: str = "zh-CN") -> Self:
        """Nobody in particular, before headquarters' public records."""
        return cls(kind=ActorKind.VISITOR, tenant_id=HQ_TENANT_ID, language=language)

    @property
    def scope(self) -> Scope:
        """Headquarters' people, let into a partner's tenant for one client, are in that client's ring (N8)."""
        if self.kind is ActorKind.HQ and self.client_id is not None:
            return Scope.CLIENT
        return _SCOPES[self.kind]

    @property
    def engineer_id(self) -> UUID | None:
        """The actor as an engineer: an engineer's id is the id of the membership."""
        return self.membership_id if self.kind is ActorKind.PROVIDER else None

    @property
    def signed_in(self) -> bool:
        return self.kind is not ActorKind.VISITOR

    def may(self, permission: str) -> bool:
        """Whether the actor holds `permission`. The system may do everything; visitors nothing."""
        return self.kind is ActorKind.SYSTEM or permission in self.permissions

    def require(self, permission: str) -> None:
        """
        Raises:
            Forbidden: when the actor does not hold `permission`.
        """
        if not self.may(permission):
            raise Forbidden

    def database_context(self) -> str:
        """The value of `app.actor`: `tenant/scope/client/reporter`. UUIDs only, so it is safe to format into SQL."""
        client = self.client_id if self.scope in (Scope.CLIENT, Scope.REPORTER) else None
        reporter = self.reporter_id if self.scope is Scope.REPORTER else None
        return f"{self.tenant_id}/{self.scope}/{client or ''}/{reporter or ''}"

    def as_system(self) -> "Actor":
        """The same tenant in the tenant's own scope: what an elevated command writes as."""
        return replace(self, kind=ActorKind.SYSTEM, client_id=None, reporter_id=None, clients=None)
