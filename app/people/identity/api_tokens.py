"""API tokens' rules, queries and schemas of what is shown: rows of the session table, read as the signin role (I5)."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Annotated, Final
from uuid import UUID

import msgspec
from sqlalchemy import ColumnElement, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.people.identity.models import AccountSession, Membership
from app.platform.kernel.input_text import LINE, Input, Label
from app.platform.kernel.texts import N_
from rbac import Permission

LONGEST_DAYS: Final = 365
MOST_API_TOKENS: Final = 20
"""Active tokens of one member."""

NOT_FOR_PROGRAMS: Final = frozenset(
    {
        Permission.ACCESS_GRANT_REQUEST,
        Permission.ACCESS_GRANT_DECIDE,
        Permission.ACCESS_GRANT_OVERRIDE,
        Permission.API_TOKEN_WRITE,
        Permission.APPLICATION_DECIDE,
        Permission.MEMBER_INVITE,
        Permission.MEMBER_WRITE,
        Permission.PARTNER_SUSPEND,
        Permission.PARTNER_TERMINATE,
        Permission.PERSONAL_DATA_WRITE,
        Permission.IDENTITY_PROVIDER_WRITE,
        Permission.TENANT_EXPORT,
    }
)
"""Permissions that no API token may have: decisions over people, partners and whole exports need a signed-in person."""


class ApiTokenCreate(Input, frozen=True, forbid_unknown_fields=True):
    """`permissions` are a subset of the maker's; a permission that the maker loses later is lost to the token too."""

    name: Annotated[
        str,
        LINE,
        msgspec.Meta(min_length=1, max_length=80),
        Label(N_("名称"), N_("请写一个名称，例如哪个程序在用。")),
    ]
    permissions: Annotated[
        list[Permission],
        msgspec.Meta(min_length=1, max_length=100),
        Label(N_("权限"), N_("请至少选择一项权限。")),
    ]
    days: Annotated[int, msgspec.Meta(ge=1, le=LONGEST_DAYS)] = 90
    reads_only: bool = False


class ApiToken(msgspec.Struct, frozen=True):
    """A token as it is shown; the token itself never again."""

    id: UUID
    name: str
    maker: str
    permissions: list[str]
    reads_only: bool
    created_at: datetime
    expires_at: datetime
    last_used_at: datetime | None
    last_used_from: str
    own: bool


class ApiTokenCreated(msgspec.Struct, frozen=True):
    """The token, this once: send it as `Authorization: Bearer <token>`."""

    token: str
    shown: ApiToken


class ApiTokenRepository:
    """Tokens of one company, or of one client of it: the signin role sees all, so every query names whose."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def active(self, tenant_id: UUID, client_id: UUID | None, now: datetime) -> Sequence[AccountSession]:
        """Newest first; a client's people see that client's, a company's own people its own."""
        found = await self._session.scalars(
            select(AccountSession)
            .join(
                Membership,
                (Membership.tenant_id == AccountSession.tenant_id) & (Membership.id == AccountSession.membership_id),
            )
            .where(*_of(tenant_id, client_id), *_is_active(now))
            .order_by(AccountSession.created_at.desc(), AccountSession.id.desc())
        )
        return found.all()

    async def makers(self, tenant_id: UUID, membership_ids: Sequence[UUID]) -> dict[UUID, str]:
        rows = await self._session.execute(
            select(Membership.id, Membership.display_name).where(
                Membership.tenant_id == tenant_id, Membership.id.in_(membership_ids)
            )
        )
        return {row[0]: row[1] for row in rows}

    async def end(self, tenant_id: UUID, client_id: UUID | None, token_id: UUID, now: datetime) -> bool:
        """Revoke the token; whether there was an active one."""
        if token_id not in {each.id for each in await self.active(tenant_id, client_id, now)}:
            return False
        await self._session.execute(update(AccountSession).where(AccountSession.id == token_id).values(revoked_at=now))
        return True


def _of(tenant_id: UUID, client_id: UUID | None) -> tuple[ColumnElement[bool], ...]:
    own = Membership.client_id.is_(None) if client_id is None else Membership.client_id == client_id
    return (AccountSession.tenant_id == tenant_id, own)


def _is_active(now: datetime) -> tuple[ColumnElement[bool], ...]:
    return (
        AccountSession.token_name.is_not(None),
        AccountSession.revoked_at.is_(None),
        AccountSession.expires_at > now,
    )


def token_lifetime(days: int) -> timedelta:
    return timedelta(days=days)
