"""From a session token to an actor, in one statement of the signin role, and one more for what few callers have.

Nothing is cached: a revoked session, a changed role, a suspended tenant are seen by the very next request
(docs/adr/0003-sessions-are-not-cached.md).
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from itertools import chain
from typing import NamedTuple
from uuid import UUID

import msgspec
from sqlalchemy import Text, and_, any_, bindparam, cast, func, select, update
from sqlalchemy.dialects.postgresql import ARRAY

from app.identity.models import AccountSecondFactor, AccountSession, Membership, Reporter
from app.identity.tokens import token_hash
from app.kernel.actor import HQ_TENANT_ID, Actor, ActorKind
from app.kernel.batch_loader import BatchLoader
from app.kernel.clock import Clock
from app.kernel.statements import Prepared
from rbac import Permission, permissions_of, roles_of
from rbac.roles import COMPANY_WIDE, MemberClient, Reach, Role, TeamClient, TeamMember, is_narrowed
from rbac.roles.book import staff_permissions
from tenants.models import KEPT_STATES, OPEN_STATES, TERMINATED, WORKING_STATES, Tenant

ACTIVE = "active"
OWNER = "partner_owner"
USE_NOTED_EVERY = timedelta(minutes=5)
AFTER_TERMINATION = frozenset({Permission.TENANT_EXPORT})
"""All that is left to a terminated company: whoever may export takes its records along (N1)."""


class SessionAuthenticator:
    """Fills http's authenticator port."""

    def __init__(self, look_ups: BatchLoader, clock: Clock, *, second_factor_required: bool = False) -> None:
        """`look_ups` reads as the signin role."""
        self._look_ups = look_ups
        self._clock = clock
        self._second_factor_required = second_factor_required

    async def authenticate(self, token: str | None, language: str, network_address: str = "") -> Actor:
        """The actor behind `token`; a visitor where there is none or it opens nothing any more."""
        if not token or len(token) > 200:
            return Actor.visitor(language)
        hashed = token_hash(token)
        row = await self._look_ups.load(_SESSION, hashed)
        if row is None:
            return Actor.visitor(language)
        found = _Session(*row)
        if found.token_name is not None:
            await self._note_use(found, network_address)
        if found.reporter_id is not None:
            reporter = await self._look_ups.load(_REPORTER, hashed)
            return _reporter_actor(found, _Reporter(*reporter), language) if reporter else Actor.visitor(language)
        second_factor_needed = self._second_factor_required and needs_second_factor(
            found.tenant_id, found.member_client_id, found.roles or ()
        )
        held = _NOTHING_HELD
        if found.membership_id is not None and (second_factor_needed or _rights_say_more(found)):
            row = await self._look_ups.load(_HELD, hashed)
            held = _Held(*row) if row is not None else _NOTHING_HELD
        due = second_factor_needed and held.second_factor_since is None
        return _actor(found, held, language, second_factor_due=due)

    async def _note_use(self, found: "_Session", network_address: str) -> None:
        """Once in a while: whoever looks after a token sees whether it is still needed."""
        now = self._clock.now()
        if found.last_used_at is not None and now - found.last_used_at < USE_NOTED_EVERY:
            return
        async with self._look_ups.engine.begin() as connection:
            await connection.execute(
                update(AccountSession)
                .where(AccountSession.id == found.session_id)
                .values(last_used_at=now, last_used_from=network_address[:64])
            )


class _Session(NamedTuple):
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
    reach: str | None
    token_name: str | None
    scopes: list[str] | None
    reads_only: bool
    last_used_at: datetime | None


_KEYS = bindparam("keys", type_=ARRAY(Text))

_SESSION = Prepared(
    select(
        AccountSession.token_hash,
        AccountSession.id,
        AccountSession.account_id,
        AccountSession.tenant_id,
        AccountSession.membership_id,
        AccountSession.reporter_id,
        AccountSession.client_id,
        Tenant.state,
        Tenant.name,
        Tenant.erase_after,
        Membership.client_id,
        Membership.display_name,
        Membership.roles,
        Membership.state,
        Membership.reach,
        AccountSession.token_name,
        AccountSession.scopes,
        AccountSession.reads_only,
        AccountSession.last_used_at,
    )
    .select_from(AccountSession)
    .join(Tenant, Tenant.id == AccountSession.tenant_id)
    .outerjoin(
        Membership,
        and_(Membership.tenant_id == AccountSession.tenant_id, Membership.id == AccountSession.membership_id),
    )
    .where(
        AccountSession.token_hash == any_(_KEYS),
        AccountSession.revoked_at.is_(None),
        AccountSession.expires_at > bindparam("now"),
    )
)
"""What every caller has, on unique keys; its columns are `_Session`'s fields."""


class _Reporter(NamedTuple):
    token_hash: str
    display_name: str
    state: str


_REPORTER = Prepared(
    select(AccountSession.token_hash, Reporter.display_name, Reporter.state)
    .select_from(AccountSession)
    .join(Reporter, and_(Reporter.tenant_id == AccountSession.tenant_id, Reporter.id == AccountSession.reporter_id))
    .where(AccountSession.token_hash == any_(_KEYS))
)
"""Its columns are `_Reporter`'s fields."""


class _Held(NamedTuple):
    token_hash: str
    second_factor_since: datetime | None
    own_roles: str | None
    """JSON: name to permissions."""
    own_clients: list[UUID] | None
    team_clients: list[UUID] | None


_NOTHING_HELD = _Held("", None, None, None, None)

_SECOND_FACTOR = (
    select(AccountSecondFactor.confirmed_at)
    .where(AccountSecondFactor.account_id == AccountSession.account_id)
    .correlate(AccountSession)
    .scalar_subquery()
)
_OWN_ROLES = (
    select(cast(func.jsonb_object_agg(Role.name, Role.permissions), Text))
    .where(
        Role.tenant_id == AccountSession.tenant_id,
        Role.archived_at.is_(None),
        func.jsonb_exists(Membership.roles, cast(Role.id, Text)),
    )
    .correlate(AccountSession, Membership)
    .scalar_subquery()
)
_OWN_CLIENTS = (
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

_HELD = Prepared(
    select(AccountSession.token_hash, _SECOND_FACTOR, _OWN_ROLES, _OWN_CLIENTS, _TEAM_CLIENTS)
    .select_from(AccountSession)
    .join(
        Membership,
        and_(Membership.tenant_id == AccountSession.tenant_id, Membership.id == AccountSession.membership_id),
    )
    .where(AccountSession.token_hash == any_(_KEYS))
)
"""What only some members have, on keys that only they are asked for: together with the rest it cost every request more
than everything else in the statement. Its columns are `_Held`'s fields."""


def _rights_say_more(found: _Session) -> bool:
    """Whether the member holds one of the company's own roles, or is held to some clients."""
    roles = tuple(found.roles or ())
    if kind_of_member(found.tenant_id, found.member_client_id) is not ActorKind.PROVIDER:
        return False
    if any(role not in roles_of(ActorKind.PROVIDER) for role in roles):
        return True
    return is_narrowed(found.reach or Reach.BY_ROLE, permissions_of(ActorKind.PROVIDER, roles))


def _reporter_actor(row: _Session, reporter: _Reporter, language: str) -> Actor:
    if reporter.state != ACTIVE or row.tenant_state not in OPEN_STATES:
        return Actor.visitor(language)
    return Actor(
        kind=ActorKind.REPORTER,
        tenant_id=row.tenant_id,
        client_id=row.client_id,
        reporter_id=row.reporter_id,
        session_id=row.session_id,
        display_name=reporter.display_name,
        tenant_name=row.tenant_name,
        roles=("reporter",),
        permissions=permissions_of(ActorKind.REPORTER, ("reporter",)),
        read_only=row.tenant_state not in WORKING_STATES or row.reads_only,
        language=language,
    )


def _actor(row: _Session, held: _Held, language: str, *, second_factor_due: bool) -> Actor:
    if row.tenant_state not in KEPT_STATES:
        return Actor.visitor(language)
    read_only = row.tenant_state not in WORKING_STATES or row.reads_only
    if row.membership_id is None or row.member_state != ACTIVE:
        return Actor.visitor(language)
    kind = kind_of_member(row.tenant_id, row.member_client_id)
    roles = tuple(row.roles or ())
    permissions = permissions_of(kind, roles)
    own_roles: dict[str, list[str]] = msgspec.json.decode(held.own_roles) if held.own_roles else {}
    clients: frozenset[UUID] | None = None
    if kind is ActorKind.PROVIDER:
        permissions |= staff_permissions().intersection(chain.from_iterable(own_roles.values()))
        if is_narrowed(row.reach or Reach.BY_ROLE, permissions):
            clients = frozenset((*(held.own_clients or ()), *(held.team_clients or ())))
            permissions -= COMPANY_WIDE
    if row.scopes is not None:
        # Never more than the maker may now.
        permissions &= frozenset(row.scopes)
    if row.tenant_state == TERMINATED:
        permissions &= AFTER_TERMINATION
        if not permissions:
            return Actor.visitor(language)
    return Actor(
        kind=kind,
        tenant_id=row.tenant_id,
        client_id=row.member_client_id,
        account_id=row.account_id,
        membership_id=row.membership_id,
        session_id=row.session_id,
        display_name=row.member_name or "",
        tenant_name=row.tenant_name,
        roles=roles,
        own_role_names=tuple(own_roles),
        clients=clients,
        # Whoever has still to set up a second factor may do nothing: the guard says so, and so would every use case.
        permissions=frozenset() if second_factor_due else permissions,
        second_factor_due=second_factor_due,
        by_token=row.token_name is not None,
        read_only=read_only,
        erase_after=row.erase_after,
        language=language,
    )


def needs_second_factor(tenant_id: UUID, client_id: UUID | None, roles: Collection[str]) -> bool:
    """Whether a membership's rights ask for one: everybody at headquarters, and partners' owners (I1)."""
    if client_id is not None:
        return False
    return tenant_id == HQ_TENANT_ID or OWNER in roles


def kind_of_member(tenant_id: UUID, client_id: UUID | None) -> ActorKind:
    """Headquarters' people, a partner's, or a client's."""
    if client_id is not None:
        return ActorKind.CLIENT
    return ActorKind.HQ if tenant_id == HQ_TENANT_ID else ActorKind.PROVIDER
