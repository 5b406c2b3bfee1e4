"""Queries. `AccountRepository` runs as the signin role, outside the tenants; `MemberRepository` within one tenant."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from app.people.identity.authentication import ACTIVE, AFTER_TERMINATION, kind_of_member
from app.people.identity.deactivation import CLIENT
from app.people.identity.destinations import home_of
from app.people.identity.login_names import LoginName
from app.people.identity.models import Account, AccountSession, AccountSubject, AccountToken, Invitation, Membership
from app.people.identity.schemas import OwnMembership
from rbac import permissions_of
from tenants.models import KEPT_STATES, TERMINATED, Tenant


class AccountRepository:
    """Accounts, their tokens, and where they belong."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def get(self, account_id: UUID) -> Account | None:
        return await self._session.get(Account, account_id)

    async def by_login_name(self, name: LoginName) -> Account | None:
        """The account with this address or number. A malformed name costs a look-up too."""
        column, value = (Account.mobile, name.mobile) if name.mobile else (Account.email, name.email or "")
        found: Account | None = await self._session.scalar(select(Account).where(column == value))
        return found

    async def add(self, account_id: UUID, email: str, display_name: str, language: str, now: datetime) -> Account:
        """The account with this address: made here, or by somebody who was quicker."""
        await self._session.execute(
            insert(Account)
            .values(id=account_id, email=email, display_name=display_name, language=language, created_at=now)
            .on_conflict_do_nothing(index_elements=[Account.email])
        )
        return (await self._session.scalars(select(Account).where(Account.email == email).with_for_update())).one()

    async def set_password(self, account_id: UUID, password_hash: str, *, instead_of: str | None = None) -> None:
        """Keep a new hash; with `instead_of` only where that one still stands."""
        statement = update(Account).where(Account.id == account_id)
        if instead_of is not None:
            statement = statement.where(Account.password_hash == instead_of)
        await self._session.execute(statement.values(password_hash=password_hash))

    async def set_language(self, account_id: UUID, language: str) -> None:
        await self._session.execute(update(Account).where(Account.id == account_id).values(language=language))

    async def memberships(self, account_id: UUID) -> list[OwnMembership]:
        """The active memberships that open something, by company name: in a terminated company only the
        exporters', of a client that is out of use none."""
        rows = await self._session.execute(
            select(
                Membership.id,
                Membership.tenant_id,
                Tenant.name,
                Membership.client_id,
                Membership.display_name,
                Membership.roles,
                Tenant.state,
            )
            .join(Tenant, Tenant.id == Membership.tenant_id)
            .outerjoin(AccountSubject, AccountSubject.account_id == Membership.account_id)
            .outerjoin(CLIENT, and_(CLIENT.c.tenant_id == Membership.tenant_id, CLIENT.c.id == Membership.client_id))
            .where(
                Membership.account_id == account_id,
                Membership.state == ACTIVE,
                Tenant.state.in_(KEPT_STATES),
                or_(Membership.client_id.is_(None), CLIENT.c.state == ACTIVE),
                _allowed_by_provider(),
            )
            .order_by(Tenant.name, Membership.id)
        )
        found = []
        for membership_id, tenant_id, tenant_name, client_id, name, roles, state in rows:
            kind = kind_of_member(tenant_id, client_id)
            if state == TERMINATED and AFTER_TERMINATION.isdisjoint(permissions_of(kind, roles)):
                continue
            home = home_of(kind, roles, terminated=state == TERMINATED)
            found.append(OwnMembership(membership_id, tenant_id, tenant_name, client_id, name, kind, roles, home))
        return found

    async def by_provider(self, account_id: UUID) -> bool:
        """Whether the account is one that an identity provider opens."""
        return await self._session.get(AccountSubject, account_id) is not None

    async def last_used_membership(self, account_id: UUID) -> UUID | None:
        """The membership that the newest session of the account was last in."""
        found: UUID | None = await self._session.scalar(
            select(AccountSession.membership_id)
            .where(AccountSession.account_id == account_id, AccountSession.token_name.is_(None))
            .order_by(AccountSession.created_at.desc(), AccountSession.id.desc())
            .limit(1)
        )
        return found

    async def take_token(self, purpose: str, token_hash: str, now: datetime) -> UUID | None:
        """Use up a single-use link and every other one of the same account; the account, if the link was good."""
        account_id: UUID | None = await self._session.scalar(
            update(AccountToken)
            .where(
                AccountToken.purpose == purpose,
                AccountToken.token_hash == token_hash,
                AccountToken.used_at.is_(None),
                AccountToken.expires_at > now,
            )
            .values(used_at=now)
            .returning(AccountToken.account_id)
        )
        if account_id is not None:
            await self.end_tokens(account_id, purpose, now)
        return account_id

    async def link(self, purposes: Collection[str], token_hash: str, now: datetime) -> AccountToken | None:
        """A link that still opens something."""
        found: AccountToken | None = await self._session.scalar(
            select(AccountToken).where(
                AccountToken.purpose.in_(purposes),
                AccountToken.token_hash == token_hash,
                AccountToken.used_at.is_(None),
                AccountToken.expires_at > now,
            )
        )
        return found

    async def use_link(self, purposes: Collection[str], token_hash: str, now: datetime) -> AccountToken | None:
        """Use a link up; of two at once one gets it."""
        found: AccountToken | None = await self._session.scalar(
            update(AccountToken)
            .where(
                AccountToken.purpose.in_(purposes),
                AccountToken.token_hash == token_hash,
                AccountToken.used_at.is_(None),
                AccountToken.expires_at > now,
            )
            .values(used_at=now)
            .returning(AccountToken)
        )
        return found

    async def has_email(self, email: str) -> bool:
        """Whether an account has this address."""
        return await self._session.scalar(select(Account.id).where(Account.email == email)) is not None

    async def end_tokens(self, account_id: UUID, purpose: str, now: datetime, *, since: datetime | None = None) -> None:
        """Close what links of this kind the account still has, or those made from `since` on."""
        statement = update(AccountToken).where(
            AccountToken.account_id == account_id,
            AccountToken.purpose == purpose,
            AccountToken.used_at.is_(None),
        )
        if since is not None:
            statement = statement.where(AccountToken.created_at >= since)
        await self._session.execute(statement.values(used_at=now))

    async def token_account(self, purpose: str, token_hash: str, now: datetime) -> Account | None:
        """Whose link this is, without using it up: mail scanners open links too."""
        found: Account | None = await self._session.scalar(
            select(Account)
            .join(AccountToken, AccountToken.account_id == Account.id)
            .where(
                AccountToken.purpose == purpose,
                AccountToken.token_hash == token_hash,
                AccountToken.used_at.is_(None),
                AccountToken.expires_at > now,
            )
        )
        return found


class MemberRepository:
    """Memberships and invitations of the tenant that the unit of work is bound to."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def member(self, membership_id: UUID, *, lock: bool = False) -> Membership | None:
        statement = select(Membership).where(Membership.id == membership_id)
        if lock:
            statement = statement.with_for_update()
        found: Membership | None = await self._session.scalar(statement)
        return found

    async def lock_administrators(self, role: str) -> list[UUID]:
        """The active members with `role`, locked in one order: two of them cannot remove each other at once."""
        found = await self._session.scalars(
            select(Membership.id)
            .where(
                Membership.client_id.is_(None),
                Membership.state == ACTIVE,
                Membership.roles.contains([role]),
            )
            .order_by(Membership.id)
            .with_for_update()
        )
        return list(found)

    async def membership_of(self, account_id: UUID, client_id: UUID | None) -> Membership | None:
        found: Membership | None = await self._session.scalar(
            select(Membership).where(Membership.account_id == account_id, _same_client(Membership, client_id))
        )
        return found

    async def has_member(self, email: str, client_id: UUID | None) -> bool:
        """Whether a membership was made under this address."""
        found = await self._session.scalar(
            select(Membership.id)
            .where(func.lower(Membership.email) == email, _same_client(Membership, client_id))
            .limit(1)
        )
        return found is not None

    async def open_invitations(self, *, clients: bool) -> Sequence[Invitation]:
        """Neither accepted nor revoked, newest first; expired ones are among them and can be sent again."""
        found = await self._session.scalars(
            select(Invitation)
            .where(
                Invitation.accepted_at.is_(None),
                Invitation.revoked_at.is_(None),
                Invitation.client_id.is_not(None) if clients else Invitation.client_id.is_(None),
            )
            .order_by(Invitation.created_at.desc(), Invitation.id.desc())
            .limit(200)
        )
        return found.all()

    async def add_invitation(self, invitation: dict[str, object]) -> bool:
        """Whether the row is new: an open invitation of the same address stands in the way of a second."""
        made = await self._session.scalar(
            insert(Invitation).values(**invitation).on_conflict_do_nothing().returning(Invitation.id)
        )
        return made is not None

    async def open_invitation_for(self, email: str, client_id: UUID | None) -> Invitation | None:
        found: Invitation | None = await self._session.scalar(
            select(Invitation)
            .where(
                Invitation.email == email,
                _same_client(Invitation, client_id),
                Invitation.accepted_at.is_(None),
                Invitation.revoked_at.is_(None),
            )
            .with_for_update()
        )
        return found

    async def invitation(self, invitation_id: UUID) -> Invitation | None:
        found: Invitation | None = await self._session.scalar(
            select(Invitation).where(Invitation.id == invitation_id).with_for_update()
        )
        return found

    async def invitation_by_token(self, token_hash: str, *, lock: bool) -> Invitation | None:
        statement = select(Invitation).where(Invitation.token_hash == token_hash)
        if lock:
            statement = statement.with_for_update()
        found: Invitation | None = await self._session.scalar(statement)
        return found


def _allowed_by_provider() -> ColumnElement[bool]:
    """A company's provider opens that company alone, whatever else its accounts should have come to belong to."""
    return or_(
        AccountSubject.account_id.is_(None),
        and_(
            AccountSubject.tenant_id == Membership.tenant_id,
            AccountSubject.client_id.is_not_distinct_from(Membership.client_id),
        ),
    )


def _same_client(model: type[Membership] | type[Invitation], client_id: UUID | None) -> ColumnElement[bool]:
    return model.client_id.is_(None) if client_id is None else model.client_id == client_id
