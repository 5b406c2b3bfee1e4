"""Accounts are network-wide; memberships say what an account is in one tenant. Sessions name the active membership."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.platform.kernel.model import (
    ClientRing,
    Isolation,
    Model,
    TenantModel,
    client_foreign_key,
    client_unique,
    tenant_foreign_key,
    tenant_unique,
)


class Account(Model):
    """A person who can sign in. E-mail and mobile are stored normalised."""

    __tablename__ = "account"
    __isolation__ = Isolation.GLOBAL

    id: Mapped[UUID] = mapped_column(primary_key=True)
    email: Mapped[str | None] = mapped_column(String(254), unique=True)
    mobile: Mapped[str | None] = mapped_column(String(20), unique=True)
    display_name: Mapped[str] = mapped_column(String(80))
    password_hash: Mapped[str | None] = mapped_column(Text)
    language: Mapped[str] = mapped_column(String(8), default="zh-CN")
    created_at: Mapped[datetime]
    disabled_at: Mapped[datetime | None]
    credentials_version: Mapped[int] = mapped_column(default=1, server_default=text("1"))
    """Raised whenever something is replaced that the account signs in with: a sign-in begun before ends nowhere."""


class AccountSession(Model):
    """A signed-in browser or API caller: staff and client people by account, reporters by device and PIN.

    Only the token's SHA-256 is kept. `membership_id` is the active membership; NULL for reporters. A row with a
    `token_name` is an API token: a session of a program, with the rights in `scopes` as far as its maker has them.
    """

    __tablename__ = "session"
    __isolation__ = Isolation.GLOBAL
    __table_args__ = (
        Index("ix_session_account_id", "account_id"),
        Index("ix_session_tenant_reporter", "tenant_id", "reporter_id"),
        Index("ix_session_token_tenant_id", "tenant_id", postgresql_where=text("token_name IS NOT NULL")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    account_id: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    tenant_id: Mapped[UUID | None]
    membership_id: Mapped[UUID | None]
    client_id: Mapped[UUID | None]
    reporter_id: Mapped[UUID | None]
    device_id: Mapped[UUID | None]
    """The device that a reporter signed in by."""
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    network_address: Mapped[str] = mapped_column(String(64), default="")
    user_agent: Mapped[str] = mapped_column(String(200), default="")
    token_name: Mapped[str | None] = mapped_column(String(80))
    scopes: Mapped[list[Any] | None]
    reads_only: Mapped[bool] = mapped_column(default=False)
    last_used_at: Mapped[datetime | None]
    """Of an API token; written at most every few minutes."""
    last_used_from: Mapped[str] = mapped_column(String(64), default="")


class AccountToken(Model):
    """A single-use link for an account (password reset, second step of a sign-in, change of address). Only the hash is
    kept."""

    __tablename__ = "account_token"
    __isolation__ = Isolation.GLOBAL

    id: Mapped[UUID] = mapped_column(primary_key=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    purpose: Mapped[str] = mapped_column(String(20))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    address: Mapped[str] = mapped_column(String(254), default="")
    """The e-mail address that the account is to have, where the link is about that."""


class AccountSubject(Model):
    """A person as one identity provider knows them, and the account that was made for exactly that.

    Such an account has no e-mail, mobile or password, and opens memberships of the provider's own company alone: a
    provider vouches for its own company's people. `client_id` is set where the provider is a client's.
    """

    __tablename__ = "account_subject"
    __isolation__ = Isolation.GLOBAL
    __table_args__ = (UniqueConstraint("provider_id", "subject", name="uq_account_subject_provider_id_subject"),)

    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), primary_key=True)
    provider_id: Mapped[UUID]
    """No foreign key: providers stand inside the tenants, which the signin role cannot see."""
    tenant_id: Mapped[UUID | None]
    """NULL where the provider was removed before this column existed: such an account opens no membership."""
    client_id: Mapped[UUID | None]
    subject: Mapped[str] = mapped_column(String(255))
    created_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]


class AccountSecondFactor(Model):
    """The authenticator app of an account (TOTP, RFC 6238). Without `confirmed_at` it is being set up and asks nobody.

    `sealed_seed` is readable by the program only (`app.platform.kernel.encryption`). `last_step` is the time step of
    the code
    that was taken last: none is taken twice.
    """

    __tablename__ = "account_second_factor"
    __isolation__ = Isolation.GLOBAL

    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), primary_key=True)
    sealed_seed: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
    last_step: Mapped[int] = mapped_column(BigInteger, default=0)


class AccountRecoveryCode(Model):
    """A code that stands in for the authenticator app once. Only the hash is kept."""

    __tablename__ = "account_recovery_code"
    __isolation__ = Isolation.GLOBAL
    __table_args__ = (
        UniqueConstraint("account_id", "code_hash", name="uq_account_recovery_code_account_id_code_hash"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    code_hash: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class KnownAttempt(Model):
    """Tries of those who are known, counted here while Redis is away, by a keyed hash of what was tried where."""

    __tablename__ = "known_attempt"
    __isolation__ = Isolation.GLOBAL

    digest: Mapped[str] = mapped_column(String(32), primary_key=True)
    attempts: Mapped[int]
    last_at: Mapped[datetime]


class Membership(TenantModel):
    """What an account is in this tenant: staff (no `client_id`) or a person of one client."""

    __tablename__ = "membership"
    __isolation__ = Isolation.PROVIDER
    __table_args__ = (
        Index("ix_membership_account_id", "account_id"),
        Index(
            "uq_membership_account",
            "tenant_id",
            "account_id",
            "client_id",
            unique=True,
            postgresql_nulls_not_distinct=True,
        ),
        tenant_foreign_key("client", "client_id"),
    )

    account_id: Mapped[UUID]
    client_id: Mapped[UUID | None]
    display_name: Mapped[str] = mapped_column(String(80))
    email: Mapped[str] = mapped_column(String(254), default="")
    mobile: Mapped[str] = mapped_column(String(20), default="")
    roles: Mapped[list[Any]]
    """Codes of system roles, and ids of the company's own."""
    access_scope: Mapped[str] = mapped_column(String(12), default="by_role")
    """How far the rights of staff reach: `rbac.roles.AccessScope`."""
    state: Mapped[str] = mapped_column(String(12), default="active")
    created_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)


class Reporter(ClientRing, TenantModel):
    """Who a report comes from and who may follow it: an employee, or a shared device itself."""

    __tablename__ = "reporter"
    __isolation__ = Isolation.REPORTER
    __table_args__ = (
        client_unique("reporter"),
        tenant_unique("reporter", "employee_id"),
        tenant_unique("reporter", "device_id"),
        tenant_foreign_key("client", "client_id"),
        client_foreign_key("employee", "employee_id"),
        client_foreign_key("device", "device_id"),
    )

    employee_id: Mapped[UUID | None]
    device_id: Mapped[UUID | None]
    """Set for a shared device that reports as itself."""
    display_name: Mapped[str] = mapped_column(String(80))
    state: Mapped[str] = mapped_column(String(12), default="active")


class Invitation(TenantModel):
    """An invitation to become a member; the link's token is single-use and kept as a hash."""

    __tablename__ = "invitation"
    __isolation__ = Isolation.PROVIDER
    __table_args__ = (
        tenant_unique("invitation", "token_hash"),
        Index(
            "uq_invitation_open",
            "tenant_id",
            "email",
            "client_id",
            unique=True,
            postgresql_nulls_not_distinct=True,
            postgresql_where=text("accepted_at IS NULL AND revoked_at IS NULL"),
        ),
        tenant_foreign_key("client", "client_id"),
    )

    client_id: Mapped[UUID | None]
    email: Mapped[str] = mapped_column(String(254))
    """Empty for the first administrator of an installation, who names an address when accepting."""
    display_name: Mapped[str] = mapped_column(String(80))
    roles: Mapped[list[Any]]
    token_hash: Mapped[str] = mapped_column(String(64))
    invited_by: Mapped[UUID | None]
    """The inviting member; NULL when the platform itself invites."""
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime]
    """When the present link was made; a new link replaces the old one."""
    expires_at: Mapped[datetime]
    accepted_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
