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

from app.identity import (
    CHIEF_ROLES,
    Account,
    AccountSubject,
    IdentityParts,
    MemberChanged,
    MemberJoined,
    Membership,
    NewSession,
    kind_of_member,
)
from app.identity.destinations import home_of
from app.identity.granting import in_order
from app.identity.services.sign_in import Attempt
from app.kernel.actor import Actor, ActorKind
from app.kernel.sealing import Sealer, Unreadable
from app.kernel.work import Origin, UnitOfWork, Works
from app.single_sign_on.errors import BeyondProvider, NoRoleHere, PasswordOnly, ProofNeeded, SignOnRefused
from app.single_sign_on.limits import within
from app.single_sign_on.models import IdentityProvider, ReportersBy
from app.single_sign_on.repository import ProviderRepository, SubjectRepository
from app.single_sign_on.schemas import Vouched, Way, Welcome
from app.single_sign_on.services.linking import Linking
from rbac.roles import RoleBook, role_book
from tenants.models import Tenant

PATIENCE_SECONDS: Final = 600
"""How long the confirmation page may stay open."""
REPORTER_HOME: Final = "/r/tickets"


class Arrival(msgspec.Struct, frozen=True):
    """A new session, and the path to redirect to."""

    session: NewSession
    home: str


class _Found(msgspec.Struct, frozen=True):
    """Who somebody is here. `account` is the subject's own, `former` that of the member who is to be linked to it;
    neither where the person joins only now. `reporter` has the reporter and the device."""

    provider: IdentityProvider
    roles: list[str] = []
    account: Account | None = None
    former: UUID | None = None
    reporter: tuple[UUID, UUID] | None = None


class Arrivals:
    """Opens its own transactions, as the tenant whose provider it is."""

    def __init__(self, works: Works, parts: IdentityParts, sealer: Sealer) -> None:
        self._works = works
        self._parts = parts
        self._sealer = sealer
        self._linking = Linking(works, parts)

    async def look(self, sealed: str, origin: Origin) -> Welcome:
        """As whom the person would sign in, and how they prove it. Nothing is changed.

        Raises:
            SignOnRefused: too long ago, or the provider or the person has been shut out meanwhile.
            NoRoleHere: the person has no role here.
            PasswordOnly, BeyondProvider: somebody whom this provider cannot vouch for.
        """
        vouched = self._vouched(sealed)
        found = await self._find(vouched, origin)
        way = Way.GO_ON if found.former is None else await self._linking.way(found.former)
        async with self._works.begin(Actor.visitor()) as work:
            tenant = await work.session.get_one(Tenant, vouched.tenant_id)
        return Welcome(tenant.name, vouched.name, vouched.email, way)

    async def send_code(self, sealed: str, origin: Origin) -> None:
        """Mail a code to a member who has no password to prove themselves by. Raises like `look`."""
        vouched = self._vouched(sealed)
        found = await self._find(vouched, origin)
        if found.former is not None and await self._linking.way(found.former) is Way.LETTER:
            await self._linking.send_code(found.former, vouched, origin)

    async def enter(
        self, sealed: str, attempt: Attempt, *, password: str = "", code: str = "", replaced: UUID | None = None
    ) -> Arrival:
        """The session of whoever the provider vouches for; `replaced`, which the browser had before, ends.

        Raises:
            ProofNeeded: a member comes by this provider for the first time, and proves nothing of their own.
            SignInRefused, SecondFactorNeeded, SecondFactorRefused, LinkCodeRefused: the proof.
            TooManyAttempts, ThrottleUnavailable, and what `look` raises.
        """
        vouched = self._vouched(sealed)
        found = await self._find(vouched, attempt.origin)
        if found.reporter is not None:
            arrival = await self._reporter(found.provider, found.reporter, attempt)
            if replaced is not None:
                await self._parts.store.revoke(replaced)
        elif found.former is None:
            arrival = await self._member(found, vouched, attempt, replaced)
        elif password or code:
            former = await self._linking.prove(found.former, vouched, attempt, password=password, code=code)
            arrival = await self._member(found, vouched, attempt, replaced, former)
            await self._linking.tell(former, attempt.origin)
        else:
            raise ProofNeeded
        return Arrival(arrival.session, vouched.place or arrival.home)

    def _vouched(self, sealed: str) -> Vouched:
        try:
            vouched = msgspec.json.decode(self._sealer.open(sealed), type=Vouched)
        except (Unreadable, msgspec.DecodeError) as error:
            raise SignOnRefused from error
        if self._works.clock.now().timestamp() - vouched.vouched_at > PATIENCE_SECONDS:
            raise SignOnRefused
        return vouched

    async def _find(self, vouched: Vouched, origin: Origin) -> _Found:
        async with self._parts.store.sessions() as session:
            account = await SubjectRepository(session).account_of(vouched.provider_id, vouched.subject)
        if account is not None and account.disabled_at is not None:
            raise SignOnRefused
        async with self._works.begin(Actor.system(vouched.tenant_id), origin) as work:
            provider = await ProviderRepository(work.session).active(vouched.provider_id)
            if provider is None or provider.version != vouched.version:
                raise SignOnRefused
            try:
                return await self._find_member(work, provider, vouched, account)
            except NoRoleHere:
                reporter = await self._find_reporter(work, provider, vouched)
                if reporter is None:
                    raise
                return _Found(provider, reporter=reporter)

    async def _find_member(
        self, work: UnitOfWork, provider: IdentityProvider, vouched: Vouched, account: Account | None
    ) -> _Found:
        rows, book = ProviderRepository(work.session), await role_book(work)
        roles = _given(book, provider, vouched)
        if account is not None:
            member = await rows.member(account.id, provider.client_id)
            if member is not None:
                if member.state != "active":
                    raise SignOnRefused
                _refuse_beyond(book, provider, member, roles)
                return _Found(provider, roles, account)
        known = await rows.member_with(vouched.email, provider.client_id) if vouched.email else None
        if known is not None:
            if CHIEF_ROLES.get(kind_of_member(known.tenant_id, known.client_id)) in known.roles:
                raise PasswordOnly
            # A link gives the provider what this member may now: no mapping takes that back beforehand.
            _refuse_beyond(book, provider, known, [])
            return _Found(provider, roles, account, known.account_id)
        if not roles:
            # Nothing is kept of somebody who is let in nowhere, or who only reports.
            raise NoRoleHere
        return _Found(provider, roles, account)

    async def _find_reporter(
        self, work: UnitOfWork, provider: IdentityProvider, vouched: Vouched
    ) -> tuple[UUID, UUID] | None:
        """An employee of the client who reports (I4)."""
        if provider.client_id is None or provider.reporters_by == ReportersBy.PIN or not vouched.email:
            return None
        return await ProviderRepository(work.session).reporter_with(vouched.email, provider.client_id)

    # --- signing in --------------------------------------------------------------------------------

    async def _member(
        self, found: _Found, vouched: Vouched, attempt: Attempt, replaced: UUID | None, former: Account | None = None
    ) -> Arrival:
        """`former` is the account that the member has proved to be theirs, and has had until now."""
        provider = found.provider
        account = await self._subject(provider, vouched)
        # Locked, so that nobody is linked by a password that is being replaced.
        held = nullcontext() if former is None else self._parts.store.held(former.id, seen=former)
        try:
            async with held, self._works.begin(Actor.system(provider.tenant_id), attempt.origin) as work:
                member = await self._membership(work, found, vouched, account)
                membership_id, kind = member.id, kind_of_member(member.tenant_id, member.client_id)
                home = home_of(kind, member.roles)
        except IntegrityError as error:  # the same person in another window was faster
            raise SignOnRefused from error
        if former is not None:
            # The former account's sessions end: from now on the member signs in by the provider.
            await self._parts.store.revoke_membership(former.id, membership_id)
        session = await self._parts.store.open_for_member(
            account, provider.tenant_id, membership_id, attempt.origin, attempt.user_agent, replaced=replaced
        )
        await self._note(provider, account.id, membership_id, session, attempt.origin)
        return Arrival(session, home)

    async def _subject(self, provider: IdentityProvider, vouched: Vouched) -> Account:
        """The account of exactly this subject, made where there is none."""
        now = self._works.clock.now()
        async with self._parts.store.sessions.begin() as session:
            subjects = SubjectRepository(session)
            account = await subjects.account_of(provider.id, vouched.subject)
            if account is not None:
                await subjects.seen(account.id, now)
                return account
            account = Account(
                id=self._parts.store.new_id(), display_name=vouched.name, language="zh-CN", created_at=now
            )
            session.add(account)
            await session.flush()
            session.add(
                AccountSubject(
                    account_id=account.id,
                    provider_id=provider.id,
                    tenant_id=provider.tenant_id,
                    client_id=provider.client_id,
                    subject=vouched.subject,
                    created_at=now,
                    last_seen_at=now,
                )
            )
            try:
                await session.flush()
            except IntegrityError as error:  # the same person in another window was faster
                raise SignOnRefused from error
        return account

    async def _membership(self, work: UnitOfWork, found: _Found, vouched: Vouched, account: Account) -> Membership:
        """What the person is here from now on; read again, because it may have changed meanwhile."""
        rows, book, provider = ProviderRepository(work.session), await role_book(work), found.provider
        if found.former is None:
            member = await rows.member(account.id, provider.client_id)
            if member is None:
                return _joined(work, provider, vouched, account, found.roles)
        else:
            member = await rows.member_with(vouched.email, provider.client_id)
            if member is None or member.account_id != found.former:
                raise SignOnRefused
            if CHIEF_ROLES.get(kind_of_member(member.tenant_id, member.client_id)) in member.roles:
                raise PasswordOnly
            _refuse_beyond(book, provider, member, [])
            member.account_id = account.id
            member.version += 1
            work.audit("single_sign_on.member_linked", "membership", member.id, account_id=account.id)
        if member.state != "active":
            raise SignOnRefused
        _refuse_beyond(book, provider, member, found.roles)
        if _mapped(member, found.roles) != list(member.roles):
            before, member.roles = list(member.roles), _mapped(member, found.roles)
            _changed(work, member)
            work.audit("member.roles_changed", "membership", member.id, before=before, after=member.roles)
        return member

    async def _reporter(self, provider: IdentityProvider, reporter: tuple[UUID, UUID], attempt: Attempt) -> Arrival:
        reporter_id, device_id = reporter
        if provider.client_id is None:
            raise NoRoleHere
        async with self._works.begin(Actor.system(provider.tenant_id), attempt.origin) as work:
            actor = Actor(
                kind=ActorKind.REPORTER,
                tenant_id=provider.tenant_id,
                client_id=provider.client_id,
                reporter_id=reporter_id,
            )
            work.audit_as(actor, "reporter.session_opened", "device", device_id)
        session = await self._parts.store.open_for_reporter(
            provider.tenant_id,
            provider.client_id,
            reporter_id,
            device_id=device_id,
            origin=attempt.origin,
            user_agent=attempt.user_agent,
        )
        return Arrival(session, REPORTER_HOME)

    async def _note(
        self, provider: IdentityProvider, account_id: UUID, membership_id: UUID, session: NewSession, origin: Origin
    ) -> None:
        async with self._works.begin(Actor.system(provider.tenant_id), origin) as work:
            actor = Actor(
                kind=kind_of_member(provider.tenant_id, provider.client_id),
                tenant_id=provider.tenant_id,
                client_id=provider.client_id,
                account_id=account_id,
                membership_id=membership_id,
                session_id=session.id,
            )
            work.audit_as(actor, "session.opened", "session", session.id, identity_provider=provider.id)


def _given(book: RoleBook, provider: IdentityProvider, vouched: Vouched) -> list[str]:
    """What the mapping gives, as far as such roles still exist; nothing where a person must be known already.

    Raises:
        NoRoleHere: a mapping is set up, and gives nothing.
    """
    kind = kind_of_member(provider.tenant_id, provider.client_id)
    given = vouched.roles or provider.default_roles
    known = [role for role in given if book.knows(kind, role) and role != CHIEF_ROLES.get(kind)]
    if not known and (provider.role_mapping or provider.default_roles):
        raise NoRoleHere
    return known


def _mapped(member: Membership, roles: list[str]) -> list[str]:
    """The member's roles after signing in: whoever was made an owner by hand stays one, no mapping may leave a company
    without."""
    chief = CHIEF_ROLES.get(kind_of_member(member.tenant_id, member.client_id))
    return in_order(roles) if roles and chief not in member.roles else list(member.roles)


def _refuse_beyond(book: RoleBook, provider: IdentityProvider, member: Membership, roles: list[str]) -> None:
    """
    Raises:
        BeyondProvider: the member may more than whoever set the provider up could.
    """
    kind = kind_of_member(member.tenant_id, member.client_id)
    if not within(book, kind, _mapped(member, roles), book.permissions(kind, provider.set_up_by)):
        raise BeyondProvider


def _joined(
    work: UnitOfWork, provider: IdentityProvider, vouched: Vouched, account: Account, roles: list[str]
) -> Membership:
    if not roles:
        raise NoRoleHere
    joined = Membership(
        tenant_id=work.tenant_id,
        id=work.new_id(),
        account_id=account.id,
        client_id=provider.client_id,
        display_name=vouched.name,
        email=vouched.email,
        mobile="",
        roles=in_order(roles),
        reach="by_role",
        state="active",
        created_at=work.now,
        version=1,
    )
    work.session.add(joined)
    work.publish(MemberJoined(membership_id=joined.id, roles=tuple(joined.roles), client_id=provider.client_id))
    work.audit("single_sign_on.member_joined", "membership", joined.id, roles=joined.roles, account_id=account.id)
    return joined


def _changed(work: UnitOfWork, member: Membership) -> None:
    member.version += 1
    work.publish(
        MemberChanged(
            membership_id=member.id, roles=tuple(member.roles), state=member.state, client_id=member.client_id
        )
    )
