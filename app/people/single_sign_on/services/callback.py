"""Signing in after the provider's answer: account, membership, roles and session (I6).

A provider vouches for its own company's people and for nobody else. So the account of a subject is one of its own,
without address or password, and never the account that somebody signs in to with a password: that may belong to other
companies too, and a provider set up by a rogue could otherwise open them.

Nothing happens before the person at the browser has agreed: any page of the internet can send a browser to a provider
that answers at once, with a subject of an attacker's choice.
"""

from contextlib import nullcontext
from typing import Final
from uuid import UUID

import msgspec
from sqlalchemy.exc import IntegrityError

from app.people.identity import (
    ADMINISTRATOR_ROLES,
    Account,
    AccountSubject,
    IdentityDependencies,
    MemberChanged,
    MemberJoined,
    Membership,
    NewSession,
    home_of,
    in_display_order,
    kind_of_member,
)
from app.people.identity.web_interface import SignInContext
from app.people.single_sign_on.errors import BeyondProvider, NoRoleHere, PasswordOnly, ProofNeeded, SignOnRefused
from app.people.single_sign_on.models import IdentityProvider, ReportersBy
from app.people.single_sign_on.provider_limits import roles_within
from app.people.single_sign_on.repository import ProviderRepository, SubjectRepository
from app.people.single_sign_on.schemas import ConfirmationView, ProofMethod, VerifiedIdentity
from app.people.single_sign_on.services.account_linking import AccountLinking
from app.platform.kernel.actor import Actor, ActorKind
from app.platform.kernel.encryption import DecryptionFailed, SecretCipher
from app.platform.kernel.unit_of_work import Origin, UnitOfWork, UnitOfWorkFactory
from rbac.roles import AvailableRoles, load_available_roles
from tenants.models import Tenant

CONFIRMATION_SECONDS: Final = 600
"""How long the confirmation page may stay open."""
REPORTER_HOME: Final = "/r/tickets"


class SignedInSession(msgspec.Struct, frozen=True):
    """A new session, and the path to redirect to."""

    session: NewSession
    home: str


class _ResolvedPerson(msgspec.Struct, frozen=True):
    """Who somebody is here. `account` is the subject's own, `former` that of the member who is to be linked to it;
    neither where the person joins only now. `reporter` has the reporter and the device."""

    provider: IdentityProvider
    roles: list[str] = []
    account: Account | None = None
    former: UUID | None = None
    reporter: tuple[UUID, UUID] | None = None


class Callbacks:
    """Opens its own transactions, as the tenant whose provider it is."""

    def __init__(
        self, units_of_work: UnitOfWorkFactory, dependencies: IdentityDependencies, cipher: SecretCipher
    ) -> None:
        self._units_of_work = units_of_work
        self._dependencies = dependencies
        self._cipher = cipher
        self._linking = AccountLinking(units_of_work, dependencies)

    async def preview(self, sealed: str, origin: Origin) -> ConfirmationView:
        """As whom the person would sign in, and how they prove it. Nothing is changed.

        Raises:
            SignOnRefused: too long ago, or the provider or the person has been shut out meanwhile.
            NoRoleHere: the person has no role here.
            PasswordOnly, BeyondProvider: somebody whom this provider cannot vouch for.
        """
        identity = self._identity(sealed)
        found = await self._find(identity, origin)
        way = ProofMethod.NOT_NEEDED if found.former is None else await self._linking.proof_method(found.former)
        async with self._units_of_work.begin(Actor.visitor()) as work:
            tenant = await work.session.get_one(Tenant, identity.tenant_id)
        return ConfirmationView(tenant.name, identity.name, identity.email, way)

    async def send_code(self, sealed: str, origin: Origin) -> None:
        """Mail a code to a member who has no password to prove themselves by. Raises like `preview`."""
        identity = self._identity(sealed)
        found = await self._find(identity, origin)
        if found.former is not None and await self._linking.proof_method(found.former) is ProofMethod.EMAILED_CODE:
            await self._linking.send_code(found.former, identity, origin)

    async def enter(
        self, sealed: str, context: SignInContext, *, password: str = "", code: str = "", replaced: UUID | None = None
    ) -> SignedInSession:
        """The session of whoever the provider vouches for; `replaced`, which the browser had before, ends.

        Raises:
            ProofNeeded: a member comes by this provider for the first time, and proves nothing of their own.
            SignInRefused, SecondFactorNeeded, SecondFactorRefused, LinkCodeRefused: the proof.
            TooManyAttempts, ThrottleUnavailable, and what `preview` raises.
        """
        identity = self._identity(sealed)
        found = await self._find(identity, context.origin)
        if found.reporter is not None:
            signed_in = await self._reporter(found.provider, found.reporter, context)
            if replaced is not None:
                await self._dependencies.store.revoke(replaced)
        elif found.former is None:
            signed_in = await self._member(found, identity, context, replaced)
        elif password or code:
            former = await self._linking.prove(found.former, identity, context, password=password, code=code)
            signed_in = await self._member(found, identity, context, replaced, former)
            await self._linking.notify(former, context.origin)
        else:
            raise ProofNeeded
        return SignedInSession(signed_in.session, identity.place or signed_in.home)

    def _identity(self, sealed: str) -> VerifiedIdentity:
        try:
            identity = msgspec.json.decode(self._cipher.decrypt(sealed), type=VerifiedIdentity)
        except (DecryptionFailed, msgspec.DecodeError) as error:
            raise SignOnRefused from error
        if self._units_of_work.clock.now().timestamp() - identity.verified_at > CONFIRMATION_SECONDS:
            raise SignOnRefused
        return identity

    async def _find(self, identity: VerifiedIdentity, origin: Origin) -> _ResolvedPerson:
        async with self._dependencies.store.sessions() as session:
            account = await SubjectRepository(session).account_of(identity.provider_id, identity.subject)
        if account is not None and account.disabled_at is not None:
            raise SignOnRefused
        async with self._units_of_work.begin(Actor.system(identity.tenant_id), origin) as work:
            provider = await ProviderRepository(work.session).active(identity.provider_id)
            if provider is None or provider.version != identity.version:
                raise SignOnRefused
            try:
                return await self._find_member(work, provider, identity, account)
            except NoRoleHere:
                reporter = await self._find_reporter(work, provider, identity)
                if reporter is None:
                    raise
                return _ResolvedPerson(provider, reporter=reporter)

    async def _find_member(
        self, work: UnitOfWork, provider: IdentityProvider, identity: VerifiedIdentity, account: Account | None
    ) -> _ResolvedPerson:
        rows, available_roles = ProviderRepository(work.session), await load_available_roles(work)
        roles = _mapped_roles(available_roles, provider, identity)
        if account is not None:
            member = await rows.member(account.id, provider.client_id)
            if member is not None:
                if member.state != "active":
                    raise SignOnRefused
                _require_within_provider(available_roles, provider, member, roles)
                return _ResolvedPerson(provider, roles, account)
        known = await rows.member_with(identity.email, provider.client_id) if identity.email else None
        if known is not None:
            if ADMINISTRATOR_ROLES.get(kind_of_member(known.tenant_id, known.client_id)) in known.roles:
                raise PasswordOnly
            # A link gives the provider what this member may now: no mapping takes that back beforehand.
            _require_within_provider(available_roles, provider, known, [])
            return _ResolvedPerson(provider, roles, account, known.account_id)
        if not roles:
            # Nothing is kept of somebody who is let in nowhere, or who only reports.
            raise NoRoleHere
        return _ResolvedPerson(provider, roles, account)

    async def _find_reporter(
        self, work: UnitOfWork, provider: IdentityProvider, identity: VerifiedIdentity
    ) -> tuple[UUID, UUID] | None:
        """An employee of the client who reports (I4)."""
        if provider.client_id is None or provider.reporters_by == ReportersBy.PIN or not identity.email:
            return None
        return await ProviderRepository(work.session).reporter_with(identity.email, provider.client_id)

    # --- signing in --------------------------------------------------------------------------------

    async def _member(
        self,
        found: _ResolvedPerson,
        identity: VerifiedIdentity,
        context: SignInContext,
        replaced: UUID | None,
        former: Account | None = None,
    ) -> SignedInSession:
        """`former` is the account that the member has proved to be theirs, and has had until now."""
        provider = found.provider
        account = await self._subject(provider, identity)
        # Locked, so that nobody is linked by a password that is being replaced.
        held = nullcontext() if former is None else self._dependencies.store.locked_account(former.id, seen=former)
        try:
            async with held, self._units_of_work.begin(Actor.system(provider.tenant_id), context.origin) as work:
                member = await self._membership(work, found, identity, account)
                membership_id, kind = member.id, kind_of_member(member.tenant_id, member.client_id)
                home = home_of(kind, member.roles)
        except IntegrityError as error:  # the same person in another window was faster
            raise SignOnRefused from error
        if former is not None:
            # The former account's sessions end: from now on the member signs in by the provider.
            await self._dependencies.store.revoke_membership(former.id, membership_id)
        session = await self._dependencies.store.open_for_member(
            account, provider.tenant_id, membership_id, context.origin, context.user_agent, replaced=replaced
        )
        await self._audit(provider, account.id, membership_id, session, context.origin)
        return SignedInSession(session, home)

    async def _subject(self, provider: IdentityProvider, identity: VerifiedIdentity) -> Account:
        """The account of exactly this subject, made where there is none."""
        now = self._units_of_work.clock.now()
        async with self._dependencies.store.sessions.begin() as session:
            subjects = SubjectRepository(session)
            account = await subjects.account_of(provider.id, identity.subject)
            if account is not None:
                await subjects.seen(account.id, now)
                return account
            account = Account(
                id=self._dependencies.store.new_id(), display_name=identity.name, language="zh-CN", created_at=now
            )
            session.add(account)
            await session.flush()
            session.add(
                AccountSubject(
                    account_id=account.id,
                    provider_id=provider.id,
                    tenant_id=provider.tenant_id,
                    client_id=provider.client_id,
                    subject=identity.subject,
                    created_at=now,
                    last_seen_at=now,
                )
            )
            try:
                await session.flush()
            except IntegrityError as error:  # the same person in another window was faster
                raise SignOnRefused from error
        return account

    async def _membership(
        self, work: UnitOfWork, found: _ResolvedPerson, identity: VerifiedIdentity, account: Account
    ) -> Membership:
        """What the person is here from now on; read again, because it may have changed meanwhile."""
        rows, available_roles, provider = (
            ProviderRepository(work.session),
            await load_available_roles(work),
            found.provider,
        )
        if found.former is None:
            member = await rows.member(account.id, provider.client_id)
            if member is None:
                return _new_membership(work, provider, identity, account, found.roles)
        else:
            member = await rows.member_with(identity.email, provider.client_id)
            if member is None or member.account_id != found.former:
                raise SignOnRefused
            if ADMINISTRATOR_ROLES.get(kind_of_member(member.tenant_id, member.client_id)) in member.roles:
                raise PasswordOnly
            _require_within_provider(available_roles, provider, member, [])
            member.account_id = account.id
            member.version += 1
            work.audit("single_sign_on.member_linked", "membership", member.id, account_id=account.id)
        if member.state != "active":
            raise SignOnRefused
        _require_within_provider(available_roles, provider, member, found.roles)
        if _roles_after_sign_in(member, found.roles) != list(member.roles):
            before, member.roles = list(member.roles), _roles_after_sign_in(member, found.roles)
            _record_change(work, member)
            work.audit("member.roles_changed", "membership", member.id, before=before, after=member.roles)
        return member

    async def _reporter(
        self, provider: IdentityProvider, reporter: tuple[UUID, UUID], context: SignInContext
    ) -> SignedInSession:
        reporter_id, device_id = reporter
        if provider.client_id is None:
            raise NoRoleHere
        async with self._units_of_work.begin(Actor.system(provider.tenant_id), context.origin) as work:
            actor = Actor(
                kind=ActorKind.REPORTER,
                tenant_id=provider.tenant_id,
                client_id=provider.client_id,
                reporter_id=reporter_id,
            )
            work.audit_as(actor, "reporter.session_opened", "device", device_id)
        session = await self._dependencies.store.open_for_reporter(
            provider.tenant_id,
            provider.client_id,
            reporter_id,
            device_id=device_id,
            origin=context.origin,
            user_agent=context.user_agent,
        )
        return SignedInSession(session, REPORTER_HOME)

    async def _audit(
        self, provider: IdentityProvider, account_id: UUID, membership_id: UUID, session: NewSession, origin: Origin
    ) -> None:
        async with self._units_of_work.begin(Actor.system(provider.tenant_id), origin) as work:
            actor = Actor(
                kind=kind_of_member(provider.tenant_id, provider.client_id),
                tenant_id=provider.tenant_id,
                client_id=provider.client_id,
                account_id=account_id,
                membership_id=membership_id,
                session_id=session.id,
            )
            work.audit_as(actor, "session.opened", "session", session.id, identity_provider=provider.id)


def _mapped_roles(available_roles: AvailableRoles, provider: IdentityProvider, identity: VerifiedIdentity) -> list[str]:
    """What the mapping gives, as far as such roles still exist; nothing where a person must be known already.

    Raises:
        NoRoleHere: a mapping is set up, and gives nothing.
    """
    kind = kind_of_member(provider.tenant_id, provider.client_id)
    given = identity.roles or provider.default_roles
    known = [role for role in given if available_roles.knows(kind, role) and role != ADMINISTRATOR_ROLES.get(kind)]
    if not known and (provider.role_mapping or provider.default_roles):
        raise NoRoleHere
    return known


def _roles_after_sign_in(member: Membership, roles: list[str]) -> list[str]:
    """The member's roles after signing in: whoever was made an owner by hand stays one, no mapping may leave a company
    without."""
    administrator = ADMINISTRATOR_ROLES.get(kind_of_member(member.tenant_id, member.client_id))
    return in_display_order(roles) if roles and administrator not in member.roles else list(member.roles)


def _require_within_provider(
    available_roles: AvailableRoles, provider: IdentityProvider, member: Membership, roles: list[str]
) -> None:
    """
    Raises:
        BeyondProvider: the member may more than whoever set the provider up could.
    """
    kind = kind_of_member(member.tenant_id, member.client_id)
    if not roles_within(
        available_roles,
        kind,
        _roles_after_sign_in(member, roles),
        available_roles.permissions(kind, provider.set_up_by),
    ):
        raise BeyondProvider


def _new_membership(
    work: UnitOfWork, provider: IdentityProvider, identity: VerifiedIdentity, account: Account, roles: list[str]
) -> Membership:
    if not roles:
        raise NoRoleHere
    joined = Membership(
        tenant_id=work.tenant_id,
        id=work.new_id(),
        account_id=account.id,
        client_id=provider.client_id,
        display_name=identity.name,
        email=identity.email,
        mobile="",
        roles=in_display_order(roles),
        access_scope="by_role",
        state="active",
        created_at=work.now,
        version=1,
    )
    work.session.add(joined)
    work.publish(MemberJoined(membership_id=joined.id, roles=tuple(joined.roles), client_id=provider.client_id))
    work.audit("single_sign_on.member_joined", "membership", joined.id, roles=joined.roles, account_id=account.id)
    return joined


def _record_change(work: UnitOfWork, member: Membership) -> None:
    member.version += 1
    work.publish(
        MemberChanged(
            membership_id=member.id, roles=tuple(member.roles), state=member.state, client_id=member.client_id
        )
    )
