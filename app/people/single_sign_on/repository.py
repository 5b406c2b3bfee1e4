"""Queries of single sign-on."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.assets.clients.models import Client, Employee
from app.assets.devices import RETIRED_OR_LOST
from app.assets.devices.models import Device
from app.people.identity import Account, AccountSubject, Membership, Reporter
from app.people.single_sign_on.models import IdentityProvider
from tenants.models import OPEN_STATES, Tenant


class ProviderRepository:
    """Inside one tenant, in its own scope; every query names the client, or None for the company's own provider."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def of(self, client_id: UUID | None, *, lock: bool = False) -> IdentityProvider | None:
        """The provider of the company itself, or of a client."""
        statement = select(IdentityProvider).where(_of(client_id))
        found: IdentityProvider | None = await self._session.scalar(statement.with_for_update() if lock else statement)
        return found

    async def active(self, provider_id: UUID) -> IdentityProvider | None:
        """One that lets people in: switched on, of a company that works and a client that is in use."""
        found: IdentityProvider | None = await self._session.scalar(
            select(IdentityProvider)
            .join(Tenant, Tenant.id == IdentityProvider.tenant_id)
            .outerjoin(
                Client, and_(Client.tenant_id == IdentityProvider.tenant_id, Client.id == IdentityProvider.client_id)
            )
            .where(
                IdentityProvider.id == provider_id,
                IdentityProvider.active,
                Tenant.state.in_(OPEN_STATES),
                or_(IdentityProvider.client_id.is_(None), Client.state == "active"),
            )
        )
        return found

    async def of_client_with_code(self, code: str) -> IdentityProvider | None:
        """The provider of the client with this portal address."""
        found: IdentityProvider | None = await self._session.scalar(
            select(IdentityProvider)
            .join(Client, and_(Client.tenant_id == IdentityProvider.tenant_id, Client.id == IdentityProvider.client_id))
            .where(Client.code == code, Client.state == "active")
        )
        return found

    async def slugs(self, tenant_id: UUID, client_id: UUID | None) -> tuple[str, str]:
        """The short names of the company and, where there is one, the client."""
        slug = await self._session.scalar(select(Tenant.slug).where(Tenant.id == tenant_id)) or ""
        if client_id is None:
            return slug, ""
        return slug, await self._session.scalar(select(Client.code).where(Client.id == client_id)) or ""

    async def member(self, account_id: UUID, client_id: UUID | None) -> Membership | None:
        """What the account is here, locked."""
        found: Membership | None = await self._session.scalar(
            select(Membership).where(Membership.account_id == account_id, _member_of(client_id)).with_for_update()
        )
        return found

    async def member_with(self, email: str, client_id: UUID | None) -> Membership | None:
        """The active member whose address this is, locked; None too when several have it."""
        found = await self._session.scalars(
            select(Membership)
            .where(func.lower(Membership.email) == email, Membership.state == "active", _member_of(client_id))
            .with_for_update()
            .limit(2)
        )
        rows = found.all()
        return rows[0] if len(rows) == 1 else None

    async def reporter_with(self, email: str, client_id: UUID) -> tuple[UUID, UUID] | None:
        """The reporter and the newest device of the client's employee whose address this is."""
        row = (
            await self._session.execute(
                select(Reporter.id, Device.id)
                .select_from(Employee)
                .join(Reporter, and_(Reporter.client_id == Employee.client_id, Reporter.employee_id == Employee.id))
                .join(Device, and_(Device.client_id == Employee.client_id, Device.reporter_id == Reporter.id))
                .where(
                    Employee.client_id == client_id,
                    func.lower(Employee.email) == email,
                    Employee.state == "active",
                    Reporter.state == "active",
                    Device.state.not_in(sorted(RETIRED_OR_LOST)),
                )
                .order_by(Device.created_at.desc(), Device.id.desc())
                .limit(1)
            )
        ).first()
        return (row[0], row[1]) if row is not None else None


class SubjectRepository:
    """Outside the tenants, as the signin role."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def account_of(self, provider_id: UUID, subject: str) -> Account | None:
        """The account that was made for this subject."""
        found: Account | None = await self._session.scalar(
            select(Account)
            .join(AccountSubject, AccountSubject.account_id == Account.id)
            .where(AccountSubject.provider_id == provider_id, AccountSubject.subject == subject)
        )
        return found

    async def seen(self, account_id: UUID, now: datetime) -> None:
        await self._session.execute(
            update(AccountSubject).where(AccountSubject.account_id == account_id).values(last_seen_at=now)
        )


async def tenant_by_slug(session: AsyncSession, slug: str) -> UUID | None:
    """The tenant at this address, if its people may sign in."""
    found: UUID | None = await session.scalar(
        select(Tenant.id).where(Tenant.slug == slug, Tenant.state.in_(OPEN_STATES))
    )
    return found


def _of(client_id: UUID | None) -> ColumnElement[bool]:
    if client_id is None:
        return IdentityProvider.client_id.is_(None)
    return IdentityProvider.client_id == client_id


def _member_of(client_id: UUID | None) -> ColumnElement[bool]:
    return Membership.client_id.is_(None) if client_id is None else Membership.client_id == client_id
