"""Making and ending sessions, as the signin role."""

from datetime import timedelta
from uuid import UUID

import msgspec
from sqlalchemy import delete, or_, select, update
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker

from app.identity.models import AccountSession, AccountToken
from app.identity.tokens import new_token, token_hash
from app.kernel.clock import Clock
from app.kernel.ids import IdSource, new_id
from app.kernel.work import Origin

STAFF_LIFETIME = timedelta(days=14)
REPORTER_LIFETIME = timedelta(hours=12)
ENDED_KEPT = timedelta(days=30)
"""How long a session that has ended stays: long enough to ask where somebody was signed in."""
LINKS_KEPT = timedelta(days=1)
"""How long a single-use link stays after it expired, used or not."""


class NewSession(msgspec.Struct, frozen=True):
    """The token is shown once; the database keeps its hash."""

    id: UUID
    token: str
    expires_in: int


class SignInStore:
    """Accounts and sessions live outside the tenants; this is the only door to them."""

    def __init__(self, engine: AsyncEngine, clock: Clock, ids: IdSource = new_id) -> None:
        self.sessions = async_sessionmaker(engine, class_=AsyncSession, expire_on_commit=False, autoflush=False)
        self.clock = clock
        self.new_id = ids

    async def open_for_member(
        self, account_id: UUID, tenant_id: UUID, membership_id: UUID, origin: Origin, user_agent: str = ""
    ) -> NewSession:
        """A session of staff or a client's people."""
        return await self._open(
            STAFF_LIFETIME, origin, user_agent, account_id=account_id, tenant_id=tenant_id, membership_id=membership_id
        )

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
        """A session of somebody who gave a device number and its PIN."""
        return await self._open(
            REPORTER_LIFETIME,
            origin,
            user_agent,
            tenant_id=tenant_id,
            client_id=client_id,
            reporter_id=reporter_id,
            device_id=device_id,
        )

    async def _open(self, lifetime: timedelta, origin: Origin, user_agent: str, **whose: UUID) -> NewSession:
        token, now, session_id = new_token(), self.clock.now(), self.new_id()
        async with self.sessions.begin() as session:
            session.add(
                AccountSession(
                    id=session_id,
                    token_hash=token_hash(token),
                    created_at=now,
                    expires_at=now + lifetime,
                    network_address=(origin.network_address or "")[:64],
                    user_agent=user_agent[:200],
                    **whose,
                )
            )
        return NewSession(session_id, token, int(lifetime.total_seconds()))

    async def single_use(
        self, account_id: UUID, purpose: str, lifetime: timedelta, *, address: str = "", alone: bool = True
    ) -> str:
        """The token of a new link that works once; `alone` ends the account's other links of this purpose."""
        token, now = new_token(), self.clock.now()
        async with self.sessions.begin() as session:
            if alone:
                await session.execute(
                    update(AccountToken)
                    .where(
                        AccountToken.account_id == account_id,
                        AccountToken.purpose == purpose,
                        AccountToken.used_at.is_(None),
                    )
                    .values(used_at=now)
                )
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
            await session.execute(
                update(AccountSession).where(AccountSession.id == session_id).values(revoked_at=self.clock.now())
            )

    async def revoke_all(self, account_id: UUID, *, but: UUID | None = None, tokens_too: bool = False) -> None:
        """End every session of an account (after a password change), except the one that asks. API tokens go on, unless
        `tokens_too`: they were never opened by the password, and programs hang on them."""
        async with self.sessions.begin() as session:
            statement = update(AccountSession).where(
                AccountSession.account_id == account_id, AccountSession.revoked_at.is_(None)
            )
            if not tokens_too:
                statement = statement.where(AccountSession.token_name.is_(None))
            if but is not None:
                statement = statement.where(AccountSession.id != but)
            await session.execute(statement.values(revoked_at=self.clock.now()))

    async def revoke_membership(self, account_id: UUID, membership_id: UUID) -> None:
        """End an account's sessions and API tokens in one membership, which is somebody else's account's now."""
        async with self.sessions.begin() as session:
            await session.execute(
                update(AccountSession)
                .where(
                    AccountSession.account_id == account_id,
                    AccountSession.membership_id == membership_id,
                    AccountSession.revoked_at.is_(None),
                )
                .values(revoked_at=self.clock.now())
            )

    async def revoke_device(self, tenant_id: UUID, device_id: UUID) -> None:
        """End the reporter sessions that were opened by one device's PIN (the PIN was replaced)."""
        async with self.sessions.begin() as session:
            await session.execute(
                update(AccountSession)
                .where(
                    AccountSession.tenant_id == tenant_id,
                    AccountSession.device_id == device_id,
                    AccountSession.revoked_at.is_(None),
                )
                .values(revoked_at=self.clock.now())
            )

    async def device_of(self, session_id: UUID) -> UUID | None:
        """The device that a reporter's session was opened by."""
        async with self.sessions() as session:
            found: UUID | None = await session.scalar(
                select(AccountSession.device_id).where(AccountSession.id == session_id)
            )
        return found

    async def of_account(self, account_id: UUID) -> list[AccountSession]:
        """Living sessions of an account, newest first."""
        async with self.sessions() as session:
            found = await session.scalars(
                select(AccountSession)
                .where(
                    AccountSession.account_id == account_id,
                    AccountSession.revoked_at.is_(None),
                    AccountSession.token_name.is_(None),
                    AccountSession.expires_at > self.clock.now(),
                )
                .order_by(AccountSession.created_at.desc(), AccountSession.id.desc())
            )
            return list(found)

    async def forget_old(self) -> None:
        """Remove sessions that ended long ago, and links that nobody can use any more."""
        now = self.clock.now()
        async with self.sessions.begin() as session:
            ended = or_(AccountSession.expires_at < now - ENDED_KEPT, AccountSession.revoked_at < now - ENDED_KEPT)
            await session.execute(delete(AccountSession).where(ended))
            await session.execute(delete(AccountToken).where(AccountToken.expires_at < now - LINKS_KEPT))
