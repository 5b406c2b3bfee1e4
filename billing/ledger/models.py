"""Tables of the ledger: entries and postings are added and read, never changed."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKeyConstraint, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.platform.kernel.model import (
    Isolation,
    Model,
    TenantModel,
    tenant_foreign_key,
    tenant_index,
    tenant_unique,
)


class LedgerAccount(TenantModel):
    """One account in one currency; made when it is first posted to."""

    __tablename__ = "ledger_account"
    __isolation__ = Isolation.PROVIDER
    __table_args__ = (
        UniqueConstraint(
            "tenant_id",
            "kind",
            "client_id",
            "detail",
            "currency",
            name="uq_ledger_account_name",
            postgresql_nulls_not_distinct=True,
        ),
        UniqueConstraint("tenant_id", "id", "currency", name="uq_ledger_account_currency"),
        tenant_foreign_key("client", "client_id"),
    )

    kind: Mapped[str] = mapped_column(String(20))
    client_id: Mapped[UUID | None]
    detail: Mapped[str] = mapped_column(String(40), default="")
    currency: Mapped[str] = mapped_column(String(3))


class LedgerEntry(TenantModel):
    """What one document or payment means for the books: some postings on one day of the company's zone.

    `source_kind`, `source_id` and `purpose` name what it follows from, once: the same is never posted twice.
    `reverses_id` is the entry that this one takes back, which only one may.
    """

    __tablename__ = "ledger_entry"
    __isolation__ = Isolation.PROVIDER
    __append_only__ = True
    __table_args__ = (
        tenant_unique("ledger_entry", "source_kind", "source_id", "purpose"),
        tenant_unique("ledger_entry", "reverses_id"),
        UniqueConstraint("tenant_id", "id", "day", name="uq_ledger_entry_day"),
        tenant_index("ledger_entry", "day", "id"),
    )

    day: Mapped[date]
    source_kind: Mapped[str] = mapped_column(String(30))
    source_id: Mapped[UUID]
    purpose: Mapped[str] = mapped_column(String(30))
    reverses_id: Mapped[UUID | None]
    remark: Mapped[str] = mapped_column(String(200), default="")
    """A document's number, or why an entry was taken back; no names of people."""
    posted_at: Mapped[datetime]


class LedgerPosting(TenantModel):
    """A transfer between two accounts of one currency, so that whatever is posted balances.

    The currency stands in both keys to the accounts, the day in the key to the entry: neither can differ.
    """

    __tablename__ = "ledger_posting"
    __isolation__ = Isolation.PROVIDER
    __append_only__ = True
    __table_args__ = (
        ForeignKeyConstraint(
            ["tenant_id", "entry_id", "day"],
            ["ledger_entry.tenant_id", "ledger_entry.id", "ledger_entry.day"],
            name="fk_ledger_posting_entry",
        ),
        ForeignKeyConstraint(
            ["tenant_id", "debit_account_id", "currency"],
            ["ledger_account.tenant_id", "ledger_account.id", "ledger_account.currency"],
            name="fk_ledger_posting_debit_account",
        ),
        ForeignKeyConstraint(
            ["tenant_id", "credit_account_id", "currency"],
            ["ledger_account.tenant_id", "ledger_account.id", "ledger_account.currency"],
            name="fk_ledger_posting_credit_account",
        ),
        CheckConstraint("amount > 0", name="amount"),
        CheckConstraint("debit_account_id <> credit_account_id", name="two_accounts"),
        tenant_index("ledger_posting", "entry_id"),
        tenant_index("ledger_posting", "debit_account_id", "day"),
        tenant_index("ledger_posting", "credit_account_id", "day"),
    )

    entry_id: Mapped[UUID]
    day: Mapped[date]
    debit_account_id: Mapped[UUID]
    credit_account_id: Mapped[UUID]
    amount: Mapped[int] = mapped_column(BigInteger)
    """Minor units."""
    currency: Mapped[str] = mapped_column(String(3))


class LedgerBook(TenantModel):
    """Up to where a company's books are closed. One row; `id` is the tenant's. Whoever posts holds it shared, whoever
    closes a month holds it alone: nothing slips in between."""

    __tablename__ = "ledger_book"
    __isolation__ = Isolation.PROVIDER

    open_from: Mapped[date]
    """The first day that may still be posted to."""


class LedgerMonthClosing(Model):
    """A month that was closed, by whom and when."""

    __tablename__ = "ledger_month_closing"
    __isolation__ = Isolation.PROVIDER
    __append_only__ = True

    tenant_id: Mapped[UUID] = mapped_column(primary_key=True)
    month: Mapped[date] = mapped_column(primary_key=True)
    """Its first day."""
    closed_at: Mapped[datetime]
    closed_by: Mapped[str] = mapped_column(String(80))
