"""From a session token to an actor, in one statement of the signin role.

Nothing is cached: a revoked session, a changed role, a suspended tenant are seen by the very next request
(docs/adr/0003-sessions-are-not-cached.md).
"""

from collections import OrderedDict
from collections.abc import Collection
from datetime import timedelta
from itertools import chain
from typing import Final
from uuid import UUID

import msgspec
from sqlalchemy import update

from app.people.identity.caller_queries import Caller, CallerQuery, MemberRightsRow, ReporterRow, SessionRow
from app.people.identity.models import AccountSession
from app.people.identity.tokens import token_hash
from app.platform.kernel.actor import HQ_TENANT_ID, Actor, ActorKind
from app.platform.kernel.performance import BatchLoader
from app.platform.kernel.time_source import TimeSource
from rbac import Permission, permissions_of, roles_of
from rbac.roles import AccessScope, company_wide_permissions, is_scoped, staff_permissions
from tenants.models import KEPT_STATES, OPEN_STATES, TERMINATED, WORKING_STATES

ACTIVE = "active"
OWNER = "partner_owner"
REMEMBERED_CALLERS: Final = 20_000
TOKEN_USE_INTERVAL = timedelta(minutes=5)
AFTER_TERMINATION = frozenset({Permission.TENANT_EXPORT})
"""The permissions that remain in a terminated company: exporting its records (N1)."""


class SessionAuthenticator:
    """Fills http's authenticator port."""

    def __init__(self, caller_lookups: BatchLoader, clock: TimeSource, *, second_factor_required: bool = False) -> None:
        """`caller_lookups` reads as the signin role."""
        self._caller_lookups = caller_lookups
        self._clock = clock
        self._second_factor_required = second_factor_required
        self._queries: OrderedDict[str, CallerQuery] = OrderedDict()
        """Token hash → the query that its caller needed last: where to begin the next time. Never an answer."""

    async def authenticate(self, token: str | None, language: str, network_address: str = "") -> Actor:
        """The actor behind `token`; a visitor where the token is missing, expired or revoked."""
        if not token or len(token) > 200:
            return Actor.visitor(language)
        caller = await self._look_up(token_hash(token))
        if caller is None:
            return Actor.visitor(language)
        session = caller.session
        if session.token_name is not None:
            await self._record_token_use(session, network_address)
        if caller.reporter is not None:
            return _reporter_actor(session, caller.reporter, language)
        if session.member_client_id is not None and caller.client_state != ACTIVE:
            return Actor.visitor(language)
        due = self._needs_second_factor(session) and caller.rights.second_factor_since is None
        return _member_actor(session, caller.rights, language, second_factor_due=due)

    async def _look_up(self, hashed: str) -> Caller | None:
        query = self._queries.get(hashed, CallerQuery.ANYBODY)
        row = await self._caller_lookups.load(query.statement, hashed)
        if row is None:
            return None
        caller = query.caller(row)
        needed = self._query_for(caller.session)
        if needed is query or needed is CallerQuery.ANYBODY:
            return caller
        self._queries[hashed] = needed
        if len(self._queries) > REMEMBERED_CALLERS:
            self._queries.popitem(last=False)
        # Everything is read again, so that rights and assigned clients are of one moment.
        row = await self._caller_lookups.load(needed.statement, hashed)
        return None if row is None else needed.caller(row)

    def _query_for(self, session: SessionRow) -> CallerQuery:
        if session.reporter_id is not None:
            return CallerQuery.REPORTER
        if session.member_client_id is not None:
            return CallerQuery.CLIENT
        if session.membership_id is not None and (self._needs_second_factor(session) or _has_custom_rights(session)):
            return CallerQuery.MEMBER
        return CallerQuery.ANYBODY

    def _needs_second_factor(self, session: SessionRow) -> bool:
        return self._second_factor_required and needs_second_factor(
            session.tenant_id, session.member_client_id, session.roles or ()
        )

    async def _record_token_use(self, session: SessionRow, network_address: str) -> None:
        """Record when and from where an API token was used, at most every `TOKEN_USE_INTERVAL`."""
        now = self._clock.now()
        if session.last_used_at is not None and now - session.last_used_at < TOKEN_USE_INTERVAL:
            return
        async with self._caller_lookups.engine.begin() as connection:
            await connection.execute(
                update(AccountSession)
                .where(AccountSession.id == session.session_id)
                .values(last_used_at=now, last_used_from=network_address[:64])
            )


def _has_custom_rights(session: SessionRow) -> bool:
    """Whether the member has one of the company's own roles, or is limited to some clients."""
    roles = tuple(session.roles or ())
    if kind_of_member(session.tenant_id, session.member_client_id) is not ActorKind.PROVIDER:
        return False
    if any(role not in roles_of(ActorKind.PROVIDER) for role in roles):
        return True
    return is_scoped(session.access_scope or AccessScope.BY_ROLE, permissions_of(ActorKind.PROVIDER, roles))


def _reporter_actor(row: SessionRow, reporter: ReporterRow, language: str) -> Actor:
    if reporter.state != ACTIVE or reporter.client_state != ACTIVE or row.tenant_state not in OPEN_STATES:
        return Actor.visitor(language)
    return Actor(
        kind=ActorKind.REPORTER,
        tenant_id=row.tenant_id,
        client_id=row.client_id,
        reporter_id=row.reporter_id,
        session_id=row.session_id,
        display_name=reporter.display_name or "",
        tenant_name=row.tenant_name,
        roles=("reporter",),
        permissions=permissions_of(ActorKind.REPORTER, ("reporter",)),
        read_only=row.tenant_state not in WORKING_STATES or row.reads_only,
        language=language,
    )


def _member_actor(row: SessionRow, rights: MemberRightsRow, language: str, *, second_factor_due: bool) -> Actor:
    if row.tenant_state not in KEPT_STATES:
        return Actor.visitor(language)
    read_only = row.tenant_state not in WORKING_STATES or row.reads_only
    if row.membership_id is None or row.member_state != ACTIVE:
        return Actor.visitor(language)
    kind = kind_of_member(row.tenant_id, row.member_client_id)
    roles = tuple(row.roles or ())
    permissions = permissions_of(kind, roles)
    custom_roles: dict[str, list[str]] = msgspec.json.decode(rights.custom_roles) if rights.custom_roles else {}
    clients: frozenset[UUID] | None = None
    if kind is ActorKind.PROVIDER:
        permissions |= staff_permissions().intersection(chain.from_iterable(custom_roles.values()))
        if is_scoped(row.access_scope or AccessScope.BY_ROLE, permissions):
            clients = frozenset((*(rights.assigned_clients or ()), *(rights.team_clients or ())))
            permissions -= company_wide_permissions()
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
        own_role_names=tuple(custom_roles),
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
