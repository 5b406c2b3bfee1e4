"""API tokens: never with more permissions than their maker, shown once (I5)."""

from collections.abc import Sequence
from uuid import UUID

from app.people.identity.api_tokens import (
    MOST_API_TOKENS,
    NOT_FOR_PROGRAMS,
    ApiToken,
    ApiTokenCreate,
    ApiTokenCreated,
    ApiTokenRepository,
    token_lifetime,
)
from app.people.identity.errors import TokenBeyondOwn, TooManyTokens
from app.people.identity.models import AccountSession
from app.people.identity.sessions import ProgramRights, SignInStore
from app.platform.kernel.errors import NotFound
from app.platform.kernel.unit_of_work import UnitOfWork
from rbac import Permission
from tenants.context import as_platform


class ApiTokens:
    """The tokens of the actor's company; for a client's people, those of their client."""

    def __init__(self, work: UnitOfWork, store: SignInStore) -> None:
        work.actor.require(Permission.API_TOKEN_WRITE)
        self._work = work
        self._store = store

    def offered(self) -> list[str]:
        """The permissions that the actor may put into a token, in alphabetical order."""
        return sorted(self._work.actor.permissions - NOT_FOR_PROGRAMS)

    async def active(self) -> list[ApiToken]:
        """Newest first."""
        actor = self._work.actor
        async with self._store.sessions() as session:
            rows = ApiTokenRepository(session)
            found = await rows.active(actor.tenant_id, actor.client_id, self._work.now)
            makers = await rows.makers(actor.tenant_id, [each.membership_id for each in found if each.membership_id])
        return self._to_view(found, makers)

    async def make(self, wanted: ApiTokenCreate) -> ApiTokenCreated:
        """
        Raises:
            TokenBeyondOwn: a permission that the actor does not hold, or that no program may have.
            TooManyTokens: the actor has made enough.
            Unauthenticated: the actor's session has ended meanwhile.
        """
        work, actor = self._work, self._work.actor
        work.require_writable()
        scopes = sorted(set(wanted.permissions))
        if not set(scopes) <= set(self.offered()):
            raise TokenBeyondOwn(fields={"permissions": TokenBeyondOwn.text})
        if actor.membership_id is None or actor.account_id is None:
            raise NotFound
        rights = ProgramRights(
            wanted.name.strip() or wanted.name, tuple(str(each) for each in scopes), wanted.reads_only
        )
        opened = await self._store.open_for_program(
            actor, work.origin, token_lifetime(wanted.days), rights, most=MOST_API_TOKENS
        )
        if opened is None:
            raise TooManyTokens(most=MOST_API_TOKENS)
        token, made = opened
        async with as_platform(work):
            work.audit("api_token.created", "api_token", made.id, permissions=made.scopes, reads_only=made.reads_only)
        (shown,) = self._to_view([made], {actor.membership_id: actor.display_name})
        return ApiTokenCreated(token, shown)

    async def end(self, token_id: UUID) -> None:
        """Revoke a token, effective from the next request.

        Raises:
            NotFound: no active token of this company, or client.
        """
        actor = self._work.actor
        async with self._store.sessions.begin() as session:
            ended = await ApiTokenRepository(session).end(actor.tenant_id, actor.client_id, token_id, self._work.now)
        if not ended:
            raise NotFound
        async with as_platform(self._work):
            self._work.audit("api_token.revoked", "api_token", token_id)

    def _to_view(self, rows: Sequence[AccountSession], makers: dict[UUID, str]) -> list[ApiToken]:
        own = self._work.actor.membership_id
        return [
            ApiToken(
                row.id,
                row.token_name or "",
                makers.get(row.membership_id, "") if row.membership_id else "",
                list(row.scopes or ()),
                row.reads_only,
                row.created_at,
                row.expires_at,
                row.last_used_at,
                row.last_used_from or "",
                row.membership_id == own,
            )
            for row in rows
        ]
