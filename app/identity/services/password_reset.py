"""A forgotten password: a link by e-mail that works once, for half an hour."""

from datetime import timedelta

from app.identity.errors import ResetLinkClosed, SignInRefused
from app.identity.messages import reset_message
from app.identity.models import Account
from app.identity.names import LoginName, login_name
from app.identity.parts import IdentityParts
from app.identity.passwords import check_new_password
from app.identity.repository import AccountRepository
from app.identity.throttling import link_rules, reset_rules
from app.identity.tokens import token_hash
from app.kernel.actor import HQ_TENANT_ID, Actor
from app.kernel.work import Origin, Works

PURPOSE = "password_reset"
LIFETIME = timedelta(minutes=30)


class PasswordResets:
    """Opens its own transactions: an account stands outside the tenants. Audit entries and messages are written in
    headquarters' tenant, the platform operator's."""

    def __init__(self, works: Works, parts: IdentityParts) -> None:
        self._works = works
        self._parts = parts

    async def ask(self, name: str, origin: Origin) -> LoginName:
        """Let the request through, or not; what follows is `send`, after the answer has left.

        So the answer and the time it takes say nothing about whether the account exists.

        Raises:
            TooManyAttempts, ThrottleUnavailable.
        """
        named = login_name(name)
        await self._parts.throttle.enforce(reset_rules(named.key, origin.network))
        return named

    async def send(self, named: LoginName, origin: Origin) -> None:
        """Mail a link to the account's address, where there is such an account and address."""
        async with self._parts.store.sessions() as session:
            account = await AccountRepository(session).named(named)
        if account is None or account.disabled_at is not None or account.email is None:
            return
        try:
            token = await self._parts.store.single_use(account, PURPOSE, LIFETIME)
        except SignInRefused:  # the password or the address has been replaced since: its owner is at work
            return
        link = f"{self._parts.public_address}/reset-password/{token}"
        async with self._works.begin(Actor.system(HQ_TENANT_ID), origin) as work:
            work.audit("password.reset_requested", "account", account.id)
            message = reset_message(
                address=account.email,
                name=account.display_name,
                link=link,
                lifetime=LIFETIME,
                language=account.language,
                reference=f"password_reset:{self._parts.store.new_id()}",
            )
            await self._parts.messages.send_email(work, message)

    async def look(self, token: str, origin: Origin) -> list[str]:
        """Names of the account's API tokens, for the choice whether they end with the old password.

        Raises:
            ResetLinkClosed: the link opens nothing.
        """
        await self._parts.throttle.enforce(link_rules(origin.network))
        return await self._parts.store.programs_of((await self._account(token)).id)

    async def finish(self, token: str, password: str, origin: Origin, *, end_tokens: bool = False) -> None:
        """Set the password; the link is used up and every session of the account ends; with `end_tokens` its API tokens
        too.

        Raises:
            ResetLinkClosed, PasswordTooWeak, TooManyAttempts, ThrottleUnavailable.
        """
        await self._parts.throttle.enforce(link_rules(origin.network))
        account = await self._account(token)
        check_new_password(password, account.email, account.mobile, account.display_name)
        hashed = await self._parts.passwords.hash(password)
        async with self._parts.store.held(account.id, seen=account, otherwise=ResetLinkClosed()) as session:
            accounts = AccountRepository(session)
            if await accounts.take_token(PURPOSE, token_hash(token), self._works.clock.now()) is None:
                raise ResetLinkClosed
            await accounts.set_password(account.id, hashed)
            await self._parts.store.replace_credentials(session, account.id, tokens_too=end_tokens)
        async with self._works.begin(Actor.system(HQ_TENANT_ID), origin) as work:
            work.audit("password.reset", "account", account.id, tokens_ended=end_tokens)

    async def _account(self, token: str) -> Account:
        async with self._parts.store.sessions() as session:
            found = await AccountRepository(session).token_account(PURPOSE, token_hash(token), self._works.clock.now())
        if found is None or found.disabled_at is not None:
            raise ResetLinkClosed
        return found
