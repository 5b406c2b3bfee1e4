"""The look-up of a caller by token: one statement for everybody, with additional columns for some kinds."""

from datetime import datetime
from enum import Enum
from functools import cached_property
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Select, Text, and_, any_, bindparam, cast, func, select
from sqlalchemy.dialects.postgresql import ARRAY

from app.people.identity.deactivation import CLIENT
from app.people.identity.models import AccountSecondFactor, AccountSession, Membership, Reporter
from app.platform.kernel.columns import columns_of
from app.platform.kernel.performance import PreparedStatement, Row
from rbac.roles import MemberClient, Role, TeamClient, TeamMember
from tenants.models import Tenant


class SessionRow(NamedTuple):
    """Of every caller. Times are UTC."""

    token_hash: str
    session_id: UUID
    account_id: UUID | None
    tenant_id: UUID
    membership_id: UUID | None
    reporter_id: UUID | None
    client_id: UUID | None
    tenant_state: str
    tenant_name: str
    erase_after: datetime | None
    member_client_id: UUID | None
    member_name: str | None
    roles: list[str] | None
    member_state: str | None
    access_scope: str | None
    token_name: str | None
    scopes: list[str] | None
    reads_only: bool
    last_used_at: datetime | None


class ReporterRow(NamedTuple):
    """Of a client's employee; empty where the record is gone."""

    display_name: str | None
    state: str | None
    client_state: str | None


class MemberRightsRow(NamedTuple):
    """Columns of a member whose rights depend on more than system roles."""

    second_factor_since: datetime | None = None
    custom_roles: str | None = None
    """JSON: name to permissions."""
    assigned_clients: list[UUID] | None = None
    team_clients: list[UUID] | None = None


class Caller(NamedTuple):
    """One caller. `rights` and `client_state` are empty where they were not asked for."""

    session: SessionRow
    reporter: ReporterRow | None = None
    rights: MemberRightsRow = MemberRightsRow()
    client_state: str | None = None
    """Of the client whose member this is."""


_SESSION: Select[*tuple[Any, ...]] = (
    select(
        *columns_of(
            SessionRow,
            AccountSession,
            session_id=AccountSession.id,
            tenant_id=AccountSession.tenant_id,
            tenant_state=Tenant.state,
            tenant_name=Tenant.name,
            erase_after=Tenant.erase_after,
            member_client_id=Membership.client_id,
            member_name=Membership.display_name,
            roles=Membership.roles,
            member_state=Membership.state,
            access_scope=Membership.access_scope,
        )
    )
    .select_from(AccountSession)
    .join(Tenant, Tenant.id == AccountSession.tenant_id)
    .outerjoin(
        Membership,
        and_(
            Membership.tenant_id == AccountSession.tenant_id,
            Membership.id == AccountSession.membership_id,
            # A membership may pass to another account: sessions of the former one open nothing in it.
            Membership.account_id == AccountSession.account_id,
        ),
    )
    .where(
        AccountSession.token_hash == any_(bindparam("keys", type_=ARRAY(Text))),
        AccountSession.revoked_at.is_(None),
        AccountSession.expires_at > bindparam("now"),
    )
)
"""On unique keys."""
_SESSION_FIELDS = len(SessionRow._fields)

_SECOND_FACTOR = (
    select(AccountSecondFactor.confirmed_at)
    .where(AccountSecondFactor.account_id == AccountSession.account_id)
    .correlate(AccountSession)
    .scalar_subquery()
)
_CUSTOM_ROLES = (
    select(cast(func.jsonb_object_agg(Role.name, Role.permissions), Text))
    .where(
        Role.tenant_id == AccountSession.tenant_id,
        Role.archived_at.is_(None),
        func.jsonb_exists(Membership.roles, cast(Role.id, Text)),
    )
    .correlate(AccountSession, Membership)
    .scalar_subquery()
)
_ASSIGNED_CLIENTS = (
    select(func.array_agg(MemberClient.client_id))
    .where(MemberClient.tenant_id == AccountSession.tenant_id, MemberClient.membership_id == Membership.id)
    .correlate(AccountSession, Membership)
    .scalar_subquery()
)
_TEAM_CLIENTS = (
    select(func.array_agg(TeamClient.client_id))
    .join(TeamMember, and_(TeamMember.tenant_id == TeamClient.tenant_id, TeamMember.team_id == TeamClient.team_id))
    .where(TeamMember.tenant_id == AccountSession.tenant_id, TeamMember.membership_id == Membership.id)
    .correlate(AccountSession, Membership)
    .scalar_subquery()
)


class CallerQuery(Enum):
    """Which columns to read for a caller. Sub-queries cost more than the rows they find, so the larger statements are
    used only for callers that need them."""

    ANYBODY = "anybody"
    REPORTER = "reporter"
    CLIENT = "client"
    MEMBER = "member"

    @cached_property
    def statement(self) -> PreparedStatement:
        """For `BatchLoader`: `SessionRow`'s columns, then `ReporterRow`'s or `MemberRightsRow`'s."""
        match self:
            case CallerQuery.ANYBODY:
                return PreparedStatement(_SESSION)
            case CallerQuery.REPORTER:
                reporter = and_(
                    Reporter.tenant_id == AccountSession.tenant_id, Reporter.id == AccountSession.reporter_id
                )
                client = and_(CLIENT.c.tenant_id == AccountSession.tenant_id, CLIENT.c.id == AccountSession.client_id)
                return PreparedStatement(
                    _SESSION.outerjoin(Reporter, reporter)
                    .outerjoin(CLIENT, client)
                    .add_columns(*columns_of(ReporterRow, Reporter, client_state=CLIENT.c.state))
                )
            case CallerQuery.CLIENT:
                client = and_(CLIENT.c.tenant_id == AccountSession.tenant_id, CLIENT.c.id == Membership.client_id)
                return PreparedStatement(_SESSION.outerjoin(CLIENT, client).add_columns(CLIENT.c.state))
            case CallerQuery.MEMBER:
                return PreparedStatement(
                    _SESSION.add_columns(
                        *columns_of(
                            MemberRightsRow,
                            second_factor_since=_SECOND_FACTOR,
                            custom_roles=_CUSTOM_ROLES,
                            assigned_clients=_ASSIGNED_CLIENTS,
                            team_clients=_TEAM_CLIENTS,
                        )
                    )
                )

    def caller(self, row: Row) -> Caller:
        """`row` as this question's answer."""
        session = SessionRow(*row[:_SESSION_FIELDS])
        match self:
            case CallerQuery.ANYBODY:
                return Caller(session)
            case CallerQuery.REPORTER:
                return Caller(session, reporter=ReporterRow(*row[_SESSION_FIELDS:]))
            case CallerQuery.CLIENT:
                return Caller(session, client_state=row[_SESSION_FIELDS])
            case CallerQuery.MEMBER:
                return Caller(session, rights=MemberRightsRow(*row[_SESSION_FIELDS:]))
