"""Making and ending sessions, as the signin role."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Final
from uuid import UUID

import msgspec
from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker

from app.people.identity.errors import SignInRefused
from app.people.identity.models import Account, AccountSession, AccountSubject, AccountToken
from app.people.identity.tokens import new_token, token_hash
from app.platform.kernel.actor import Actor
from app.platform.kernel.errors import DomainError, Unauthenticated
from app.platform.kernel.ids import IdSource, new_id
from app.platform.kernel.time_source import TimeSource
from app.platform.kernel.unit_of_work import Origin

STAFF_LIFETIME = timedelta(days=14)
REPORTER_LIFETIME = timedelta(hours=12)
PREFIX: Final = "yh_"
"""Prefix of API tokens, by which secret scanners recognise a leaked one."""
EMAIL_UNDO: Final = "email_undo"
"""The purpose of the only link that a new password does not end: it undoes a takeover of the account."""


class NewSession(msgspec.Struct, frozen=True):
    """The token is shown once; the database keeps its hash."""

    id: UUID
    token: str
    expires_in: int
    credentials_version: int = 0
    """Of the account, where the session replaces one because something was replaced that it signs in with."""


class ProgramRights(msgspec.Struct, frozen=True):
    """What an API token is called and may do, as far as its maker may."""

    name: str
    scopes: tuple[str, ...]
    reads_only: bool


class SignInStore:
    """The store of accounts and sessions, which live outside the tenants."""

    def __init__(self, engine: AsyncEngine, clock: TimeSource, ids: IdSource = new_id) -> None:
        self.sessions = async_sessionmaker(engine, class_=AsyncSession, expire_on_commit=False, autoflush=False)
        self.clock = clock
        self.new_id = ids

    @asynccontextmanager
    async def locked_account(
        self, account_id: UUID, *, seen: Account | None = None, otherwise: DomainError | None = None
    ) -> AsyncIterator[AsyncSession]:
        """A transaction that has the account to itself: whoever opens or ends its sessions, makes links for it, or
        replaces what it signs in with, waits here. `seen` is the account as it was when somebody was recognised as its
        owner: has anything been replaced since, the recognition is void.

        Raises:
            otherwise, or SignInRefused: the account is gone, disabled, or no longer as it was `seen`.
        """
        async with self.sessions.begin() as session:
            row = (
                await session.execute(
                    select(Account.credentials_version, Account.disabled_at)
                    .where(Account.id == account_id)
                    .with_for_update(key_share=True)
                )
            ).first()
            stale = row is not None and seen is not None and row.credentials_version != seen.credentials_version
            if row is None or row.disabled_at is not None or stale:
                raise otherwise or SignInRefused
            yield session

    async def open_for_member(
        self,
        account: Account,
        tenant_id: UUID,
        membership_id: UUID,
        origin: Origin,
        user_agent: str = "",
        *,
        replaced: UUID | None = None,
    ) -> NewSession:
        """A session of staff or a client's people, for the `account` that somebody has just been recognised as.
        `replaced` is the session that the browser had before, whosever it was.

        Raises:
            SignInRefused: what they were recognised by has been replaced since.
        """
        async with self.locked_account(account.id, seen=account) as session:
            if replaced is not None:
                await self._end(session, AccountSession.id == replaced)
            return self._add(
                session,
                STAFF_LIFETIME,
                origin,
                user_agent,
                account_id=account.id,
                tenant_id=tenant_id,
                membership_id=membership_id,
            )

    async def exchange(
        self,
        session_id: UUID,
        account_id: UUID,
        tenant_id: UUID,
        membership_id: UUID,
        *,
        origin: Origin,
        user_agent: str = "",
    ) -> NewSession:
        """A session in another membership in exchange for an active one, which ends.

        Raises:
            Unauthenticated: the old session has ended, perhaps by having been exchanged already.
        """
        async with self.locked_account(account_id, otherwise=Unauthenticated()) as session:
            own = (AccountSession.account_id == account_id, AccountSession.token_name.is_(None))
            if not await self._end(session, AccountSession.id == session_id, *own):
                raise Unauthenticated
            return self._add(
                session,
                STAFF_LIFETIME,
                origin,
                user_agent,
                account_id=account_id,
                tenant_id=tenant_id,
                membership_id=membership_id,
            )

    async def open_for_program(
        self, maker: Actor, origin: Origin, lifetime: timedelta, rights: ProgramRights, *, most: int
    ) -> tuple[str, AccountSession] | None:
        """An API token and its row; None if the maker's membership has `most` active ones.

        Raises:
            Unauthenticated: the session that asks has ended meanwhile.
        """
        if maker.account_id is None:
            raise Unauthenticated
        async with self.locked_account(maker.account_id, otherwise=Unauthenticated()) as session:
            asking = select(AccountSession.id).where(AccountSession.id == maker.session_id, *self._is_active())
            if await session.scalar(asking) is None:
                raise Unauthenticated
            counted = select(func.count(AccountSession.id)).where(
                AccountSession.membership_id == maker.membership_id,
                AccountSession.token_name.is_not(None),
                *self._is_active(),
            )
            if (await session.scalar(counted) or 0) >= most:
                return None
            token = PREFIX + new_token()
            made = self._row(
                token,
                lifetime,
                origin,
                account_id=maker.account_id,
                tenant_id=maker.tenant_id,
                membership_id=maker.membership_id,
            )
            made.token_name, made.scopes, made.reads_only = rights.name, list(rights.scopes), rights.reads_only
            session.add(made)
        return token, made

    async def open_for_reporter(
        self,
        tenant_id: UUID,
        client_id: UUID,
        reporter_id: UUID,
        *,
        device_id: UUID,
        origin: Origin,
        user_agent: str = "",
    ) -> NewSession:
        """A session of a reporter who gave a device number and its PIN."""
        async with self.sessions.begin() as session:
            return self._add(
                session,
                REPORTER_LIFETIME,
                origin,
                user_agent,
                tenant_id=tenant_id,
                client_id=client_id,
                reporter_id=reporter_id,
                device_id=device_id,
            )

    def _add(
        self, session: AsyncSession, lifetime: timedelta, origin: Origin, user_agent: str, **whose: UUID
    ) -> NewSession:
        token = new_token()
        row = self._row(token, lifetime, origin, user_agent, **whose)
        session.add(row)
        return NewSession(row.id, token, int(lifetime.total_seconds()))

    def _row(
        self, token: str, lifetime: timedelta, origin: Origin, user_agent: str = "", **whose: UUID | None
    ) -> AccountSession:
        """The only place where a session is made. Callers have checked under a lock what the session rests on."""
        now = self.clock.now()
        return AccountSession(
            id=self.new_id(),
            token_hash=token_hash(token),
            created_at=now,
            expires_at=now + lifetime,
            network_address=(origin.network_address or "")[:64],
            user_agent=user_agent[:200],
            **whose,
        )

    async def replace_credentials(
        self, session: AsyncSession, account_id: UUID, *, renewed: UUID | None = None, allows_api_tokens: bool = False
    ) -> NewSession | None:
        """What the account signs in with is being replaced in this transaction, which has it `held`: every session
        ends, every link, and every sign-in under way. API tokens go on, unless `allows_api_tokens`, because
        programs depend on them.

        `renewed` is the session of whoever asks. It is replaced too, so that a copy of its token opens nothing.

        Raises:
            Unauthenticated: that session has ended meanwhile.
        """
        fresh = await self._renew(session, account_id, renewed) if renewed is not None else None
        others = [AccountSession.account_id == account_id]
        if not allows_api_tokens:
            others.append(AccountSession.token_name.is_(None))
        if fresh is not None:
            others.append(AccountSession.id != fresh.id)
        await self._end(session, *others)
        version = await self.replace_name(session, account_id)
        return None if fresh is None else msgspec.structs.replace(fresh, credentials_version=version)

    async def replace_name(self, session: AsyncSession, account_id: UUID) -> int:
        """An address or number that the account signs in with is being replaced in this transaction, which has it
        `held`: what was mailed to the old one opens nothing any more, and sign-ins under way begin again. The new
        `credentials_version`."""
        await session.execute(
            update(AccountToken)
            .where(
                AccountToken.account_id == account_id,
                AccountToken.purpose != EMAIL_UNDO,
                AccountToken.used_at.is_(None),
            )
            .values(used_at=self.clock.now())
            .execution_options(synchronize_session=False)
        )
        version: int | None = await session.scalar(
            update(Account)
            .where(Account.id == account_id)
            .values(credentials_version=Account.credentials_version + 1)
            .returning(Account.credentials_version)
            .execution_options(synchronize_session=False)
        )
        return version or 0

    async def _renew(self, session: AsyncSession, account_id: UUID, session_id: UUID) -> NewSession:
        """A new session instead of a new token for the old one, because a concurrent switch with the old token names
        the session by its id."""
        own = (AccountSession.id == session_id, AccountSession.account_id == account_id)
        old: AccountSession | None = await session.scalar(
            update(AccountSession)
            .where(*own, AccountSession.token_name.is_(None), *self._is_active())
            .values(revoked_at=self.clock.now())
            .returning(AccountSession)
        )
        if old is None or old.tenant_id is None or old.membership_id is None:
            raise Unauthenticated
        return self._add(
            session,
            old.expires_at - self.clock.now(),
            Origin(None, old.network_address),
            old.user_agent,
            account_id=account_id,
            tenant_id=old.tenant_id,
            membership_id=old.membership_id,
        )

    async def create_single_use_link(
        self, account: Account, purpose: str, lifetime: timedelta, *, address: str = "", alone: bool = True
    ) -> str:
        """The token of a new link that works once; `alone` ends the account's other links of this purpose.

        Raises:
            SignInRefused: something of the account has been replaced since `account` was read.
        """
        async with self.locked_account(account.id, seen=account) as session:
            if alone:
                await session.execute(
                    update(AccountToken)
                    .where(
                        AccountToken.account_id == account.id,
                        AccountToken.purpose == purpose,
                        AccountToken.used_at.is_(None),
                    )
                    .values(used_at=self.clock.now())
                )
            return self.add_link(session, account.id, purpose, lifetime, address=address)

    def add_link(
        self, session: AsyncSession, account_id: UUID, purpose: str, lifetime: timedelta, *, address: str = ""
    ) -> str:
        """The token of a new link, kept in this transaction, which has the account `held`."""
        token, now = new_token(), self.clock.now()
        session.add(
            AccountToken(
                id=self.new_id(),
                account_id=account_id,
                purpose=purpose,
                token_hash=token_hash(token),
                created_at=now,
                expires_at=now + lifetime,
                address=address,
            )
        )
        return token

    async def revoke(self, session_id: UUID) -> None:
        """End one session; the next request with it is a visitor's."""
        async with self.sessions.begin() as session:
            await self._end(session, AccountSession.id == session_id)

    async def revoke_membership(self, account_id: UUID, membership_id: UUID) -> None:
        """End an account's sessions and API tokens in one membership, which is somebody else's account's now."""
        async with self.sessions.begin() as session:
            await self._end(
                session, AccountSession.account_id == account_id, AccountSession.membership_id == membership_id
            )

    async def revoke_provider(self, provider_id: UUID) -> None:
        """End the sessions and API tokens of all who signed in by an identity provider that was removed."""
        let_in = select(AccountSubject.account_id).where(AccountSubject.provider_id == provider_id)
        async with self.sessions.begin() as session:
            await self._end(session, AccountSession.account_id.in_(let_in))

    async def revoke_device(self, tenant_id: UUID, device_id: UUID) -> None:
        """End the reporter sessions that were opened by one device's PIN (the PIN was replaced)."""
        async with self.sessions.begin() as session:
            await self._end(session, AccountSession.tenant_id == tenant_id, AccountSession.device_id == device_id)

    async def _end(self, session: AsyncSession, *which: ColumnElement[bool]) -> Sequence[UUID]:
        """End the active ones and return their ids; of two callers at once only one gets an id."""
        ended = await session.scalars(
            update(AccountSession)
            .where(*which, *self._is_active())
            .values(revoked_at=self.clock.now())
            .returning(AccountSession.id)
            .execution_options(synchronize_session=False)
        )
        return ended.all()

    def _is_active(self) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
        return AccountSession.revoked_at.is_(None), AccountSession.expires_at > self.clock.now()

    async def device_of(self, session_id: UUID) -> UUID | None:
        """The device that a reporter's session was opened by."""
        async with self.sessions() as session:
            found: UUID | None = await session.scalar(
                select(AccountSession.device_id).where(AccountSession.id == session_id)
            )
        return found

    async def of_account(self, account_id: UUID) -> list[AccountSession]:
        """Active sessions of an account, newest first."""
        async with self.sessions() as session:
            found = await session.scalars(
                select(AccountSession)
                .where(AccountSession.account_id == account_id, AccountSession.token_name.is_(None), *self._is_active())
                .order_by(AccountSession.created_at.desc(), AccountSession.id.desc())
            )
            return list(found)

    async def api_token_names(self, account_id: UUID) -> list[str]:
        """Names of the account's active API tokens in all its companies, newest first."""
        async with self.sessions() as session:
            found = await session.scalars(
                select(AccountSession.token_name)
                .where(
                    AccountSession.account_id == account_id, AccountSession.token_name.is_not(None), *self._is_active()
                )
                .order_by(AccountSession.created_at.desc(), AccountSession.id.desc())
            )
            return [name for name in found if name is not None]
