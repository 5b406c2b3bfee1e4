"""Signing in with e-mail or mobile and password, signing out, switching between memberships."""

from dataclasses import dataclass, field
from uuid import UUID

from app.people.identity.authentication import kind_of_member
from app.people.identity.dependencies import IdentityDependencies
from app.people.identity.errors import NoMembership, SecondFactorNeeded, SignInRefused
from app.people.identity.known_browser import account_key, known_browser, known_browser_cookie
from app.people.identity.login_names import LoginName, login_name
from app.people.identity.models import Account
from app.people.identity.repository import AccountRepository
from app.people.identity.schemas import OwnMembership, SignedIn
from app.people.identity.services.second_factor import Proof, SecondFactors
from app.people.identity.throttling import second_factor_rules, sign_in_rules
from app.platform.kernel.actor import Actor, ActorKind
from app.platform.kernel.errors import Forbidden, NotFound
from app.platform.kernel.texts import SOURCE_LANGUAGE
from app.platform.kernel.throttle import new_attempt
from app.platform.kernel.unit_of_work import Origin, UnitOfWorkFactory
from tenants.context import as_platform


@dataclass(frozen=True)
class SignInContext:
    """Origin, browser and language of a sign-in."""

    origin: Origin
    user_agent: str = ""
    known_browser: str | None = field(default=None, repr=False)
    """The cookie of a browser that has signed in before."""
    language: str = SOURCE_LANGUAGE
    """What a new account will be written to in."""


class SignIn:
    """Opens its own transactions: an account stands outside the tenants."""

    def __init__(self, units_of_work: UnitOfWorkFactory, dependencies: IdentityDependencies) -> None:
        self._units_of_work = units_of_work
        self._dependencies = dependencies
        self.factors = SecondFactors(units_of_work, dependencies)

    async def open(
        self,
        name: str,
        password: str,
        context: SignInContext,
        *,
        code: str = "",
        membership_id: UUID | None = None,
        replaced: UUID | None = None,
    ) -> SignedIn:
        """A new session in one of the account's memberships. `replaced` is the session that the browser had before.

        Raises:
            SignInRefused: unknown account or wrong password.
            SecondFactorNeeded: the account has a second factor, and there is no `code`.
            SecondFactorRefused: the code is wrong, or was taken before.
            NoMembership: nobody lists the account.
            TooManyAttempts, ThrottleUnavailable: before any password is looked at.
        """
        account = await self.recognise(login_name(name), password, context)
        proof = await self.factors.prove_if_required(account, code, context.origin, self._browser(account, context))
        return await self.open_for(account, context, membership_id=membership_id, replaced=replaced, proof=proof)

    async def open_pending(
        self, token: str, code: str, context: SignInContext, *, replaced: UUID | None = None
    ) -> SignedIn:
        """The second step of a sign-in whose password was right, `token` says whose.

        Raises:
            SignInRefused: the token is used, too old, or none.
            SecondFactorRefused, NoMembership, TooManyAttempts, ThrottleUnavailable.
        """
        account = await self.factors.pending_account(token)
        if account is None:
            raise SignInRefused
        rules = second_factor_rules(str(account.id), context.origin.network, self._browser(account, context))
        proof = await self.factors.prove(account.id, code, context.origin, rules)
        if not await self.factors.use_pending(token, account):
            raise SignInRefused
        return await self.open_for(account, context, replaced=replaced, proof=proof)

    async def recognise(self, name: LoginName, password: str, context: SignInContext) -> Account:
        """The account whose password this is. Every refusal costs one hash and one audit entry.

        Raises:
            SignInRefused, TooManyAttempts, ThrottleUnavailable: as `open`.
        """
        async with self._dependencies.store.sessions() as session:
            account = await AccountRepository(session).by_login_name(name)
        rules = sign_in_rules(name.key, context.origin.network, self._browser(account, context))
        tried = new_attempt()
        await self._dependencies.throttle.enforce(rules, name=tried)
        kept = account.password_hash if account is not None else None
        right = await self._dependencies.passwords.verify(kept, password)
        if account is None or kept is None or not right or account.disabled_at is not None:
            await self._audit_refusal(account, context.origin)
            raise SignInRefused
        await self._dependencies.throttle.take_back(rules, tried)
        if self._dependencies.passwords.needs_rehash(kept):
            stronger = await self._dependencies.passwords.hash(password)
            async with self._dependencies.store.sessions.begin() as session:
                await AccountRepository(session).set_password(account.id, stronger, instead_of=kept)
        return account

    async def open_for(
        self,
        account: Account,
        context: SignInContext,
        *,
        membership_id: UUID | None = None,
        replaced: UUID | None = None,
        proof: Proof | None = None,
    ) -> SignedIn:
        """A new session for a person who is already known by the password; `proof` is of the second factor.

        Raises:
            SignInRefused: what they were recognised by has been replaced since.
            SecondFactorNeeded: the account has a second factor that was not proved.
            NoMembership: nobody lists the account, or not the membership asked for.
        """
        proven = proof is not None and proof.account_id == account.id
        if not proven and await self.factors.in_use(account.id):
            raise SecondFactorNeeded(account)
        async with self._dependencies.store.sessions() as session:
            accounts = AccountRepository(session)
            memberships = await accounts.memberships(account.id)
            wanted = membership_id or await accounts.last_used_membership(account.id)
        chosen = next((each for each in memberships if each.id == wanted), None)
        if chosen is None and membership_id is None and memberships:
            chosen = memberships[0]
        if chosen is None:
            raise NoMembership
        opened = await self._dependencies.store.open_for_member(
            account, chosen.tenant_id, chosen.id, context.origin, context.user_agent, replaced=replaced
        )
        await self._audit("session.opened", account.id, chosen, opened.id, context.origin)
        known = known_browser_cookie(self._dependencies.secret, account_key(account), context.known_browser)
        return SignedIn(opened, account.id, account.language, chosen, memberships, known)

    async def memberships(self, actor: Actor) -> list[OwnMembership]:
        """Every company the signed-in account belongs to."""
        account_id = account_of(actor)
        async with self._dependencies.store.sessions() as session:
            return await AccountRepository(session).memberships(account_id)

    async def switch(self, actor: Actor, membership_id: UUID, context: SignInContext) -> SignedIn:
        """Switch to another membership of the same account, in a new session; the present session ends.

        Raises:
            NotFound: not one of the account's own.
            Forbidden: a program: of a token no session is made.
        """
        if actor.by_token:
            raise Forbidden
        account_id = account_of(actor)
        memberships = await self.memberships(actor)
        chosen = next((each for each in memberships if each.id == membership_id), None)
        if chosen is None or actor.session_id is None:
            raise NotFound
        opened = await self._dependencies.store.exchange(
            actor.session_id,
            account_id,
            chosen.tenant_id,
            chosen.id,
            origin=context.origin,
            user_agent=context.user_agent,
        )
        await self._audit("session.switched", account_id, chosen, opened.id, context.origin)
        return SignedIn(opened, account_id, actor.language, chosen, memberships)

    async def close(self, actor: Actor, origin: Origin) -> None:
        """Sign out; nothing happens for a visitor."""
        if actor.session_id is not None:
            await self._dependencies.store.revoke(actor.session_id)
            async with self._units_of_work.begin(actor, origin) as work, as_platform(work):
                work.audit("session.closed", "session", actor.session_id)

    def _browser(self, account: Account | None, context: SignInContext) -> str | None:
        """The known browser's name, if the account has signed in from it before."""
        return (
            known_browser(self._dependencies.secret, context.known_browser, account_key(account)) if account else None
        )

    async def _audit(
        self, action: str, account_id: UUID, membership: OwnMembership, session_id: UUID, origin: Origin
    ) -> None:
        actor = Actor(
            kind=kind_of_member(membership.tenant_id, membership.client_id),
            tenant_id=membership.tenant_id,
            client_id=membership.client_id,
            account_id=account_id,
            membership_id=membership.id,
            session_id=session_id,
        )
        async with self._units_of_work.begin(actor, origin) as work, as_platform(work):
            work.audit(action, "session", session_id)

    async def _audit_refusal(self, account: Account | None, origin: Origin) -> None:
        """In headquarters' log, because nobody knows whose company it is. The address tried is not written down."""
        async with self._units_of_work.begin(Actor.visitor(), origin) as work, as_platform(work):
            work.audit("session.refused", "account", account.id if account is not None else None)


def account_of(actor: Actor) -> UUID:
    """The account behind `actor`.

    Raises:
        Forbidden: reporters and the platform have none.
    """
    if actor.account_id is None or actor.kind in (ActorKind.REPORTER, ActorKind.SYSTEM, ActorKind.VISITOR):
        raise Forbidden
    return actor.account_id
