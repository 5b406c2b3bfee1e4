"""A forgotten password: a link by e-mail that works once, for half an hour."""

from datetime import timedelta

from app.people.identity.dependencies import IdentityDependencies
from app.people.identity.errors import ResetLinkClosed, SignInRefused
from app.people.identity.login_names import LoginName, login_name
from app.people.identity.messages import reset_message
from app.people.identity.models import Account
from app.people.identity.passwords import check_new_password
from app.people.identity.repository import AccountRepository
from app.people.identity.throttling import link_rules, reset_rules
from app.people.identity.tokens import token_hash
from app.platform.kernel.actor import HQ_TENANT_ID, Actor
from app.platform.kernel.unit_of_work import Origin, UnitOfWorkFactory

PURPOSE = "password_reset"
LIFETIME = timedelta(minutes=30)


class PasswordResets:
    """Opens its own transactions: an account stands outside the tenants. Audit entries and messages are written in
    headquarters' tenant, the platform operator's."""

    def __init__(self, units_of_work: UnitOfWorkFactory, dependencies: IdentityDependencies) -> None:
        self._units_of_work = units_of_work
        self._dependencies = dependencies

    async def ask(self, name: str, origin: Origin) -> LoginName:
        """Let the request through, or not; what follows is `send`, after the answer has left.

        So the answer and the time it takes say nothing about whether the account exists.

        Raises:
            TooManyAttempts, ThrottleUnavailable.
        """
        named = login_name(name)
        await self._dependencies.throttle.enforce(reset_rules(named.key, origin.network))
        return named

    async def send(self, named: LoginName, origin: Origin) -> None:
        """Mail a link to the account's address, where there is such an account and address."""
        async with self._dependencies.store.sessions() as session:
            account = await AccountRepository(session).by_login_name(named)
        if account is None or account.disabled_at is not None or account.email is None:
            return
        try:
            token = await self._dependencies.store.create_single_use_link(account, PURPOSE, LIFETIME)
        except SignInRefused:  # the password or the address has been replaced since: its owner is at work
            return
        link = f"{self._dependencies.public_address}/reset-password/{token}"
        async with self._units_of_work.begin(Actor.system(HQ_TENANT_ID), origin) as work:
            work.audit("password.reset_requested", "account", account.id)
            message = reset_message(
                address=account.email,
                name=account.display_name,
                link=link,
                lifetime=LIFETIME,
                language=account.language,
                reference=f"password_reset:{self._dependencies.store.new_id()}",
            )
            await self._dependencies.messages.send_email(work, message)

    async def preview(self, token: str, origin: Origin) -> list[str]:
        """Names of the account's API tokens, for the choice whether they end with the old password.

        Raises:
            ResetLinkClosed: the link opens nothing.
        """
        await self._dependencies.throttle.enforce(link_rules(origin.network))
        return await self._dependencies.store.api_token_names((await self._account(token)).id)

    async def finish(self, token: str, password: str, origin: Origin, *, end_tokens: bool = False) -> None:
        """Set the password; the link is used up and every session of the account ends; with `end_tokens` its API tokens
        too.

        Raises:
            ResetLinkClosed, PasswordTooWeak, TooManyAttempts, ThrottleUnavailable.
        """
        await self._dependencies.throttle.enforce(link_rules(origin.network))
        account = await self._account(token)
        check_new_password(password, account.email, account.mobile, account.display_name)
        hashed = await self._dependencies.passwords.hash(password)
        async with self._dependencies.store.locked_account(
            account.id, seen=account, otherwise=ResetLinkClosed()
        ) as session:
            accounts = AccountRepository(session)
            if await accounts.take_token(PURPOSE, token_hash(token), self._units_of_work.clock.now()) is None:
                raise ResetLinkClosed
            await accounts.set_password(account.id, hashed)
            await self._dependencies.store.replace_credentials(session, account.id, allows_api_tokens=end_tokens)
        async with self._units_of_work.begin(Actor.system(HQ_TENANT_ID), origin) as work:
            work.audit("password.reset", "account", account.id, tokens_ended=end_tokens)

    async def _account(self, token: str) -> Account:
        async with self._dependencies.store.sessions() as session:
            found = await AccountRepository(session).token_account(
                PURPOSE, token_hash(token), self._units_of_work.clock.now()
            )
        if found is None or found.disabled_at is not None:
            raise ResetLinkClosed
        return found
