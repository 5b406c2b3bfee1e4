"""Answering an invitation: with a new account, with the one that the address has, or as whoever is signed in."""

from uuid import UUID

from app.people.identity.authentication import ACTIVE
from app.people.identity.dependencies import IdentityDependencies
from app.people.identity.errors import InvitationClosed, InvitedAtAnotherAddress
from app.people.identity.events import MemberChanged, MemberJoined
from app.people.identity.login_names import LoginName, account_email
from app.people.identity.models import Account, Invitation, Membership
from app.people.identity.passwords import check_new_password
from app.people.identity.repository import AccountRepository, MemberRepository
from app.people.identity.role_granting import in_display_order
from app.people.identity.schemas import AcceptedInvitation, InvitationAcceptance, InvitationOffer, SignedIn
from app.people.identity.services.second_factor import Proof, SecondFactors
from app.people.identity.services.sign_in import SignIn, SignInContext, account_of
from app.people.identity.throttling import link_rules
from app.people.identity.tokens import token_hash
from app.platform.kernel.actor import Actor
from app.platform.kernel.errors import Forbidden, Invalid
from app.platform.kernel.texts import N_
from app.platform.kernel.unit_of_work import Origin, UnitOfWork, UnitOfWorkFactory
from tenants.models import Tenant

JOINABLE_STATES = ("trial", "active")
"""Tenant states in which people may join."""


class InvitationAcceptances:
    """Acts as the tenant that the link names, and looks nothing up there but the link's token."""

    def __init__(self, units_of_work: UnitOfWorkFactory, dependencies: IdentityDependencies) -> None:
        self._units_of_work = units_of_work
        self._dependencies = dependencies
        self._sign_in = SignIn(units_of_work, dependencies)
        self._factors = SecondFactors(units_of_work, dependencies)

    async def preview(self, tenant_id: UUID, token: str, origin: Origin) -> InvitationOffer:
        """What the link offers.

        Raises:
            InvitationClosed: it opens nothing, for whatever reason.
        """
        await self._dependencies.throttle.enforce(link_rules(origin.network))
        async with self._units_of_work.begin(Actor.system(tenant_id), origin) as work:
            invitation, company = await self._invitation(work, token, lock=False)
            if invitation.accepted_at is not None:
                raise InvitationClosed
        account = await self._account_of(invitation.email) if invitation.email else None
        return InvitationOffer(
            company,
            invitation.email,
            invitation.display_name,
            list(invitation.roles),
            invitation.expires_at,
            account is not None and account.password_hash is not None,
        )

    async def accept(
        self,
        tenant_id: UUID,
        token: str,
        given: InvitationAcceptance,
        context: SignInContext,
        *,
        signed_in: Actor | None = None,
    ) -> AcceptedInvitation:
        """Make the membership; once, however often and from however many windows it is sent.

        `signed_in` is whoever wants to join with the account of the present session.

        Raises:
            InvitationClosed: the link opens nothing any more, or was answered by somebody else.
            InvitedAtAnotherAddress: the session is of an account with another address.
            SignInRefused: the address has an account, and this is not its password.
            SecondFactorNeeded, SecondFactorRefused: that account has a second factor too.
            PasswordTooWeak, ContactDetailInvalid, Invalid: the new account's particulars.
            TooManyAttempts, ThrottleUnavailable.
        """
        accepted, _, _ = await self._accept(tenant_id, token, given, context, signed_in)
        return accepted

    async def enter(
        self,
        tenant_id: UUID,
        token: str,
        given: InvitationAcceptance,
        context: SignInContext,
        actor: Actor,
        *,
        as_actor: bool,
    ) -> SignedIn:
        """`accept`, and a session in the new company in place of `actor`'s: of the same account if it joins `as_actor`,
        else of the one that was proved.

        Raises:
            NoMembership, and what `accept` raises.
        """
        accepted, account, proof = await self._accept(tenant_id, token, given, context, actor if as_actor else None)
        if as_actor:
            return await self._sign_in.switch(actor, accepted.membership_id, context)
        return await self._sign_in.open_for(
            account, context, membership_id=accepted.membership_id, replaced=actor.session_id, proof=proof
        )

    async def is_for(self, actor: Actor, offer: InvitationOffer) -> bool:
        """Whether `actor`'s account is the one that was invited."""
        if actor.account_id is None:
            return False
        async with self._dependencies.store.sessions() as session:
            accounts = AccountRepository(session)
            account = await accounts.get(actor.account_id)
            by_provider = await accounts.by_provider(actor.account_id)
        return account is not None and not by_provider and _is_invited(account, offer.email)

    async def _accept(
        self, tenant_id: UUID, token: str, given: InvitationAcceptance, context: SignInContext, signed_in: Actor | None
    ) -> tuple[AcceptedInvitation, Account, Proof | None]:
        """The membership, the account as it was when it was recognised, and the proof of its second factor."""
        await self._dependencies.throttle.enforce(link_rules(context.origin.network))
        platform = Actor.system(tenant_id)
        async with self._units_of_work.begin(platform, context.origin) as work:
            invitation, _ = await self._invitation(work, token, lock=False)
        proof = None
        if signed_in is not None:
            account = await self._signed_in(invitation, signed_in)
        else:
            account, proof = await self._answering_account(invitation, given, context)
        async with self._units_of_work.begin(platform, context.origin) as work:
            invitation, _ = await self._invitation(work, token, lock=True)
            rows = MemberRepository(work.session)
            membership = await rows.membership_of(account.id, invitation.client_id)
            if membership is not None and membership.state != ACTIVE:
                raise InvitationClosed
            if invitation.accepted_at is not None:
                if membership is None:
                    raise InvitationClosed
                return AcceptedInvitation(account.id, tenant_id, membership.id), account, proof
            if membership is None:
                membership = _new_membership(work, invitation, account)
            else:
                _add_roles(work, membership, invitation)
            invitation.accepted_at = work.now
            work.audit(
                "invitation.accepted", "invitation", invitation.id, membership_id=membership.id, account_id=account.id
            )
            return AcceptedInvitation(account.id, tenant_id, membership.id), account, proof

    async def _invitation(self, work: UnitOfWork, token: str, *, lock: bool) -> tuple[Invitation, str]:
        tenant = await work.session.get(Tenant, work.tenant_id)
        if tenant is None or tenant.state not in JOINABLE_STATES:
            raise InvitationClosed
        invitation = await MemberRepository(work.session).invitation_by_token(token_hash(token), lock=lock)
        if invitation is None or invitation.revoked_at is not None:
            raise InvitationClosed
        if invitation.accepted_at is None and invitation.expires_at <= work.now:
            raise InvitationClosed
        return invitation, tenant.name

    async def _account_of(self, email: str) -> Account | None:
        async with self._dependencies.store.sessions() as session:
            return await AccountRepository(session).by_login_name(LoginName(key=email, email=email))

    async def _signed_in(self, invitation: Invitation, actor: Actor) -> Account:
        """The account of a person's session. Whoever was invited is known by the address alone: a link that was passed
        on, or sent to the wrong person, makes nobody else a member."""
        if actor.by_token:
            raise Forbidden
        async with self._dependencies.store.sessions() as session:
            accounts = AccountRepository(session)
            account = await accounts.get(account_of(actor))
            by_provider = await accounts.by_provider(account_of(actor))
        if account is None or account.disabled_at is not None:
            raise InvitationClosed
        # A company's provider speaks for that company's people there, and for nobody elsewhere.
        if by_provider or not _is_invited(account, invitation.email):
            raise InvitedAtAnotherAddress if invitation.accepted_at is None else InvitationClosed
        return account

    async def _answering_account(
        self, invitation: Invitation, given: InvitationAcceptance, context: SignInContext
    ) -> tuple[Account, Proof | None]:
        email = invitation.email or account_email(given.email)
        named = LoginName(key=email, email=email)
        existing = await self._account_of(email)
        if existing is not None and existing.password_hash is not None:
            account = await self._sign_in.recognise(named, given.password, context)
            return account, await self._factors.prove_if_required(account, given.code, context.origin)
        if invitation.accepted_at is not None or (existing is not None and existing.disabled_at is not None):
            raise InvitationClosed
        # An account whose password was taken away keeps its second factor: the link is the mailbox's proof only.
        proof = (
            await self._factors.prove_if_required(existing, given.code, context.origin)
            if existing is not None
            else None
        )
        return await self._new_account(named, invitation, given, context), proof

    async def _new_account(
        self, named: LoginName, invitation: Invitation, given: InvitationAcceptance, context: SignInContext
    ) -> Account:
        """The account is kept even if the membership is not: the next try then finds it with its password."""
        email = named.key
        display_name = (given.display_name.strip() or invitation.display_name)[:80]
        if not display_name:
            raise Invalid(fields={"display_name": N_("请填写姓名。")})
        check_new_password(given.password, email, display_name)
        hashed = await self._dependencies.passwords.hash(given.password)
        async with self._dependencies.store.sessions.begin() as session:
            accounts = AccountRepository(session)
            account = await accounts.add(
                self._dependencies.store.new_id(),
                email,
                display_name,
                context.language,
                self._units_of_work.clock.now(),
            )
            mine = account.password_hash is None
            if mine:
                account.password_hash = hashed
        return account if mine else await self._sign_in.recognise(named, given.password, context)


def _is_invited(account: Account, address: str) -> bool:
    """Whether the invitation to `address` is the account's; the first administrator's names none."""
    return not address or account.email == address


def _new_membership(work: UnitOfWork, invitation: Invitation, account: Account) -> Membership:
    membership = Membership(
        tenant_id=work.tenant_id,
        id=work.new_id(),
        account_id=account.id,
        client_id=invitation.client_id,
        display_name=account.display_name,
        email=invitation.email or account.email or "",
        mobile=account.mobile or "",
        roles=list(invitation.roles),
        created_at=work.now,
    )
    work.session.add(membership)
    work.publish(
        MemberJoined(membership_id=membership.id, roles=tuple(invitation.roles), client_id=invitation.client_id)
    )
    return membership


def _add_roles(work: UnitOfWork, membership: Membership, invitation: Invitation) -> None:
    """An existing member, invited under another address, gets the invitation's roles too."""
    membership.roles = in_display_order((*membership.roles, *invitation.roles))
    membership.version += 1
    work.publish(
        MemberChanged(
            membership_id=membership.id,
            roles=tuple(membership.roles),
            state=membership.state,
            client_id=membership.client_id,
        )
    )
