"""A person's own account: sessions, password, language."""

from uuid import UUID

from app.people.identity.dependencies import IdentityDependencies
from app.people.identity.errors import WrongPassword
from app.people.identity.passwords import check_new_password
from app.people.identity.repository import AccountRepository
from app.people.identity.schemas import OwnAccount, OwnSession
from app.people.identity.services.sign_in import account_of
from app.people.identity.sessions import NewSession
from app.people.identity.throttling import reauthentication_rules
from app.platform.kernel.errors import NotFound, Unauthenticated
from app.platform.kernel.texts import LANGUAGES
from app.platform.kernel.unit_of_work import UnitOfWork
from tenants.context import as_platform


class OwnAccounts:
    """For the signed-in account only; nothing here takes another account's id."""

    def __init__(self, work: UnitOfWork, dependencies: IdentityDependencies) -> None:
        self._work = work
        self._dependencies = dependencies
        self._account_id = account_of(work.actor)

    async def show(self) -> OwnAccount:
        async with self._dependencies.store.sessions() as session:
            account = await AccountRepository(session).get(self._account_id)
        if account is None:
            raise NotFound
        return OwnAccount(account.id, account.display_name, account.email, account.mobile, account.language)

    async def sessions(self) -> list[OwnSession]:
        """Active sessions, newest first."""
        return [
            OwnSession(
                each.id,
                each.created_at,
                each.expires_at,
                each.network_address,
                each.user_agent,
                each.id == self._work.actor.session_id,
            )
            for each in await self._dependencies.store.of_account(self._account_id)
        ]

    async def revoke(self, session_id: UUID) -> None:
        """End one of the account's sessions.

        Raises:
            NotFound: not an active session of this account.
        """
        if session_id not in {each.id for each in await self.sessions()}:
            raise NotFound
        await self._dependencies.store.revoke(session_id)
        await self._audit("session.revoked", session_id)

    async def programs(self) -> list[str]:
        """Names of the account's active API tokens, newest first."""
        return await self._dependencies.store.api_token_names(self._account_id)

    async def change_password(self, present: str, password: str, *, end_tokens: bool = False) -> NewSession:
        """Set a new password; every other session ends, and the present one goes on under a new token. With
        `end_tokens` the account's API tokens end too.

        Raises:
            WrongPassword: `present` is not the password.
            Unauthenticated: the present session has ended meanwhile.
            PasswordTooWeak, TooManyAttempts, ThrottleUnavailable.
        """
        await self._dependencies.throttle.enforce(reauthentication_rules(self._work.actor))
        async with self._dependencies.store.sessions() as session:
            account = await AccountRepository(session).get(self._account_id)
        if account is None or not await self._dependencies.passwords.verify(account.password_hash, present):
            raise WrongPassword(fields={"present": WrongPassword.text})
        check_new_password(password, account.email, account.mobile, account.display_name)
        hashed = await self._dependencies.passwords.hash(password)
        store, wrong = self._dependencies.store, WrongPassword(fields={"present": WrongPassword.text})
        async with store.locked_account(account.id, seen=account, otherwise=wrong) as session:
            await AccountRepository(session).set_password(account.id, hashed)
            renewed = await store.replace_credentials(
                session, account.id, renewed=self._work.actor.session_id, allows_api_tokens=end_tokens
            )
        if renewed is None:
            raise Unauthenticated
        await self._audit("password.changed", account.id)
        return renewed

    async def choose_language(self, language: str) -> None:
        """Which language messages to this person are written in."""
        if language in LANGUAGES:
            async with self._dependencies.store.sessions.begin() as session:
                await AccountRepository(session).set_language(self._account_id, language)

    async def _audit(self, action: str, record_id: UUID) -> None:
        async with as_platform(self._work):
            self._work.audit(action, "session" if action.startswith("session") else "account", record_id)
