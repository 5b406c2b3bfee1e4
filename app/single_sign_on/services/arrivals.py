"""A person comes back from the provider: who they are here, what they may do, and their session (I6).

A provider vouches for its own company's people and for nobody else. So the account of a subject is one of its own,
without address or password, and never the account that somebody signs in to with a password: that may belong to other
companies too, and a provider set up by a rogue could otherwise open them.
"""

import hmac
import secrets
from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

import msgspec
from sqlalchemy.exc import IntegrityError

from app.identity import (
    CHIEF_ROLES,
    Account,
    IdentityParts,
    MemberChanged,
    MemberJoined,
    Membership,
    NewSession,
    account_email,
    kind_of_member,
)
from app.identity.destinations import home_of
from app.identity.granting import in_order
from app.identity.throttling import link_rules
from app.kernel.actor import Actor, ActorKind
from app.kernel.addresses import AddressRefused
from app.kernel.errors import NotFound
from app.kernel.logs import log
from app.kernel.sealing import Sealer, Unreadable
from app.kernel.work import Origin, UnitOfWork, Works
from app.single_sign_on.errors import NoRoleHere, PasswordOnly, SignOnRefused
from app.single_sign_on.models import AccountSubject, IdentityProvider, ReportersBy
from app.single_sign_on.outward import Outward, OutwardRefused
from app.single_sign_on.protocol import Description, ProtocolRefused, address_to_open, claims_for_code, described
from app.single_sign_on.repository import ProviderRepository, SubjectRepository, tenant_called
from app.single_sign_on.schemas import Journey, Person
from app.single_sign_on.services.providers import CALLBACK
from rbac.roles import role_book

PATIENCE_SECONDS: Final = 600
"""How long somebody may be at the provider."""
REPORTER_HOME: Final = "/r/tickets"

_log = log("app.single_sign_on")


class Arrival(msgspec.Struct, frozen=True):
    """A fresh session, and where it goes on."""

    session: NewSession
    home: str


class SingleSignOn:
    """Opens its own transactions, as the tenant whose provider it is."""

    def __init__(self, works: Works, parts: IdentityParts, outward: Outward, sealer: Sealer) -> None:
        self._works = works
        self._parts = parts
        self._outward = outward
        self._sealer = sealer
        self._redirect_uri = f"{parts.public_address}{CALLBACK}"

    async def begin(self, tenant: str, client: str, place: str, origin: Origin) -> tuple[str, str]:
        """Where the browser goes, and the sealed journey that it keeps meanwhile.

        Raises:
            NotFound: nobody here has a provider.
            SignOnRefused: the provider does not answer.
            TooManyAttempts, ThrottleUnavailable.
        """
        await self._parts.throttle.enforce(link_rules(origin.network))
        provider = await self._provider_called(tenant.strip().lower()[:80], client.strip().lower()[:80])
        description = await self._described(provider)
        journey = Journey(
            provider.tenant_id,
            provider.id,
            secrets.token_urlsafe(24),
            secrets.token_urlsafe(24),
            secrets.token_urlsafe(48),
            place,
            self._works.clock.now().timestamp(),
        )
        address = address_to_open(
            description,
            oidc_client_id=provider.oidc_client_id,
            redirect_uri=self._redirect_uri,
            state=journey.state,
            nonce=journey.nonce,
            verifier=journey.verifier,
        )
        return address, self._sealer.seal(msgspec.json.encode(journey).decode())

    async def finish(
        self, sealed: str, answer: Mapping[str, str], origin: Origin, user_agent: str, *, replaced: UUID | None = None
    ) -> Arrival:
        """The session of whoever the provider vouches for.

        Raises:
            SignOnRefused: the answer is not to a question of this browser, or proves nothing.
            NoRoleHere: the person has no role here.
            PasswordOnly: an owner.
            TooManyAttempts, ThrottleUnavailable.
        """
        await self._parts.throttle.enforce(link_rules(origin.network))
        journey = self._journey(sealed)
        if not hmac.compare_digest(journey.state.encode(), answer.get("state", "").encode()):
            raise SignOnRefused
        async with self._works.begin(Actor.system(journey.tenant_id)) as work:
            provider = await ProviderRepository(work.session).active(journey.provider_id)
        if provider is None or not answer.get("code"):
            _log.info("single_sign_on.refused", provider=str(journey.provider_id), error=answer.get("error", "")[:80])
            raise SignOnRefused
        person = await self._person(provider, journey, answer)
        try:
            arrival = await self._member(provider, person, origin, user_agent)
        except NoRoleHere:
            arrival = await self._reporter(provider, person, origin, user_agent)
        if replaced is not None:
            await self._parts.store.revoke(replaced)
        return Arrival(arrival.session, journey.place or arrival.home)

    # --- the provider ------------------------------------------------------------------------------

    async def _provider_called(self, tenant: str, client: str) -> IdentityProvider:
        async with self._works.begin(Actor.visitor()) as work:
            tenant_id = await tenant_called(work.session, tenant)
        if tenant_id is None:
            raise NotFound
        async with self._works.begin(Actor.system(tenant_id)) as work:
            rows = ProviderRepository(work.session)
            found = await rows.of_client_called(client) if client else await rows.of(None)
        if found is None or not found.active:
            raise NotFound
        return found

    async def _described(self, provider: IdentityProvider) -> Description:
        try:
            return await described(self._outward, provider.issuer)
        except OutwardRefused as error:
            _log.warning("single_sign_on.unreachable", provider=str(provider.id), reason=str(error)[:300])
            raise SignOnRefused from error

    def _journey(self, sealed: str) -> Journey:
        try:
            journey = msgspec.json.decode(self._sealer.open(sealed), type=Journey)
        except (Unreadable, msgspec.DecodeError) as error:
            raise SignOnRefused from error
        if self._works.clock.now().timestamp() - journey.begun_at > PATIENCE_SECONDS:
            raise SignOnRefused
        return journey

    async def _person(self, provider: IdentityProvider, journey: Journey, answer: Mapping[str, str]) -> Person:
        description = await self._described(provider)
        told = answer.get("iss")
        if told is None and description.authorization_response_iss_parameter_supported:
            raise SignOnRefused
        if told is not None and told.rstrip("/") != description.issuer.rstrip("/"):
            raise SignOnRefused
        try:
            claims = await claims_for_code(
                self._outward,
                description,
                code=answer["code"],
                verifier=journey.verifier,
                nonce=journey.nonce,
                redirect_uri=self._redirect_uri,
                oidc_client_id=provider.oidc_client_id,
                secret=self._sealer.open(provider.sealed_secret),
            )
        except (OutwardRefused, ProtocolRefused) as error:
            _log.warning("single_sign_on.refused", provider=str(provider.id), reason=str(error)[:300])
            raise SignOnRefused from error
        return person_of(claims, provider)

    # --- the person --------------------------------------------------------------------------------

    async def _member(self, provider: IdentityProvider, person: Person, origin: Origin, user_agent: str) -> Arrival:
        async with self._works.begin(Actor.system(provider.tenant_id), origin) as work:
            roles = await self._roles(work, provider, person)
        account = await self._subject(provider, person)
        if account is None:
            async with self._works.begin(Actor.system(provider.tenant_id)) as work:
                known = await self._known(work, provider, person)
            if not known and not roles:
                # Nothing is kept of somebody who is let in nowhere, or who only reports.
                raise NoRoleHere
            account = await self._made(provider, person)
        if account.disabled_at is not None:
            raise SignOnRefused
        async with self._works.begin(Actor.system(provider.tenant_id), origin) as work:
            member, former = await self._membership(work, provider, person, account, roles)
            if member.state != "active":
                raise SignOnRefused
            chief = CHIEF_ROLES.get(kind_of_member(member.tenant_id, member.client_id))
            # Whoever was made an owner by hand stays one: no mapping may leave a company without.
            if roles and chief not in member.roles and in_order(roles) != list(member.roles):
                before, member.roles = list(member.roles), in_order(roles)
                _changed(work, member)
                work.audit("member.roles_changed", "membership", member.id, before=before, after=member.roles)
            membership_id, kind = member.id, kind_of_member(member.tenant_id, member.client_id)
            home = home_of(kind, member.roles)
        if former is not None:
            # Who took part by password until now takes part by the provider from now on.
            await self._parts.store.revoke_membership(former, membership_id)
        session = await self._parts.store.open_for_member(
            account, provider.tenant_id, membership_id, origin, user_agent
        )
        await self._note(provider, account.id, membership_id, session, origin)
        return Arrival(session, home)

    async def _roles(self, work: UnitOfWork, provider: IdentityProvider, person: Person) -> list[str]:
        """What the mapping gives, as far as such roles still exist; nothing where a person must be known already.

        Raises:
            NoRoleHere: a mapping is set up, and gives nothing.
        """
        kind, book = kind_of_member(provider.tenant_id, provider.client_id), await role_book(work)
        given = {role for value in person.values for role in provider.role_mapping.get(value, ())}
        given = given or set(provider.default_roles)
        known = [role for role in given if book.knows(kind, role) and role != CHIEF_ROLES.get(kind)]
        if not known and (provider.role_mapping or provider.default_roles):
            raise NoRoleHere
        return known

    async def _known(self, work: UnitOfWork, provider: IdentityProvider, person: Person) -> bool:
        """Whether the address is that of a member who may come in by a provider.

        Raises:
            PasswordOnly: an owner's address.
        """
        if not person.email:
            return False
        member = await ProviderRepository(work.session).member_with(person.email, provider.client_id)
        if member is None:
            return False
        if CHIEF_ROLES.get(kind_of_member(member.tenant_id, member.client_id)) in member.roles:
            raise PasswordOnly
        return True

    async def _subject(self, provider: IdentityProvider, person: Person) -> Account | None:
        """The account that was made for the subject."""
        async with self._parts.store.sessions.begin() as session:
            subjects = SubjectRepository(session)
            account = await subjects.account_of(provider.id, person.subject)
            if account is not None:
                await subjects.seen(account.id, self._works.clock.now())
        return account

    async def _made(self, provider: IdentityProvider, person: Person) -> Account:
        """A new account for exactly this subject."""
        now = self._works.clock.now()
        try:
            async with self._parts.store.sessions.begin() as session:
                account = Account(
                    id=self._parts.store.new_id(), display_name=person.name, language="zh-CN", created_at=now
                )
                session.add(account)
                await session.flush()
                session.add(
                    AccountSubject(
                        account_id=account.id,
                        provider_id=provider.id,
                        subject=person.subject,
                        created_at=now,
                        last_seen_at=now,
                    )
                )
        except IntegrityError as error:  # the same person in another window was faster
            found = await self._subject(provider, person)
            if found is None:
                raise SignOnRefused from error
            return found
        return account

    async def _membership(
        self, work: UnitOfWork, provider: IdentityProvider, person: Person, account: Account, roles: list[str]
    ) -> tuple[Membership, UUID | None]:
        """What the person is here, and the account whose it was until now.

        Raises:
            NoRoleHere: nobody knows the person, and no role is given.
            PasswordOnly: an owner's address.
        """
        rows = ProviderRepository(work.session)
        member = await rows.member(account.id, provider.client_id)
        if member is not None:
            return member, None
        known = await rows.member_with(person.email, provider.client_id) if person.email else None
        if known is not None:
            if CHIEF_ROLES.get(kind_of_member(known.tenant_id, known.client_id)) in known.roles:
                raise PasswordOnly
            former, known.account_id = known.account_id, account.id
            known.version += 1
            work.audit("single_sign_on.linked", "membership", known.id, account_id=account.id)
            return known, former
        if not roles:
            raise NoRoleHere
        joined = Membership(
            tenant_id=work.tenant_id,
            id=work.new_id(),
            account_id=account.id,
            client_id=provider.client_id,
            display_name=person.name,
            email=person.email,
            mobile="",
            roles=in_order(roles),
            reach="by_role",
            state="active",
            created_at=work.now,
            version=1,
        )
        work.session.add(joined)
        work.publish(MemberJoined(membership_id=joined.id, roles=tuple(joined.roles), client_id=provider.client_id))
        work.audit("single_sign_on.joined", "membership", joined.id, roles=joined.roles, account_id=account.id)
        return joined, None

    async def _reporter(self, provider: IdentityProvider, person: Person, origin: Origin, user_agent: str) -> Arrival:
        """An employee of the client who reports (I4).

        Raises:
            NoRoleHere: not by this provider, or no employee with a device has the address.
        """
        if provider.client_id is None or provider.reporters_by == ReportersBy.PIN or not person.email:
            raise NoRoleHere
        async with self._works.begin(Actor.system(provider.tenant_id), origin) as work:
            found = await ProviderRepository(work.session).reporter_with(person.email, provider.client_id)
            if found is None:
                raise NoRoleHere
            reporter_id, device_id = found
            reporter = Actor(
                kind=ActorKind.REPORTER,
                tenant_id=provider.tenant_id,
                client_id=provider.client_id,
                reporter_id=reporter_id,
            )
            work.audit_as(reporter, "reporter.sign_in", "device", device_id)
        session = await self._parts.store.open_for_reporter(
            provider.tenant_id,
            provider.client_id,
            reporter_id,
            device_id=device_id,
            origin=origin,
            user_agent=user_agent,
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


def person_of(claims: Mapping[str, Any], provider: IdentityProvider) -> Person:
    """Whom the claims tell of. An address is believed if its domain is one that the company has named, and the provider
    does not say that it is unverified; where no domain is named, if the provider says that it is verified."""
    email, verified = "", claims.get("email_verified")
    if isinstance(claims.get("email"), str) and verified not in (False, "false"):
        try:
            email = account_email(claims["email"])
        except AddressRefused:
            email = ""
    named = email.rpartition("@")[2] in provider.email_domains
    if not (named if provider.email_domains else verified in (True, "true")):
        email = ""
    told = claims.get(provider.role_claim) if provider.role_claim else None
    values = [told] if isinstance(told, str) else told if isinstance(told, list) else []
    name = next((str(claims[key]).strip() for key in ("name", "preferred_username") if claims.get(key)), "")
    return Person(
        claims["sub"],
        (name or email or claims["sub"])[:80],
        email,
        frozenset(value for value in values if isinstance(value, str)),
    )


def _changed(work: UnitOfWork, member: Membership) -> None:
    member.version += 1
    work.publish(
        MemberChanged(
            membership_id=member.id, roles=tuple(member.roles), state=member.state, client_id=member.client_id
        )
    )
