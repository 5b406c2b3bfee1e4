"""Headquarters' figures of money: what a partner's invoices of one month ask for, and what came in. Numbers only."""

from datetime import date, datetime

from sqlalchemy import BigInteger, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.platform.kernel.model import Isolation, TenantModel, tenant_unique


class FinanceMonth(TenantModel):
    """A month of one partner that has been counted, by its first day; locked while it is counted anew."""

    __tablename__ = "finance_month"
    __isolation__ = Isolation.PROVIDER
    __table_args__ = (tenant_unique("finance_month", "month"),)

    month: Mapped[date]
    counted_at: Mapped[datetime]


class FinanceFact(TenantModel):
    """What one partner's invoices of one month, with one due day, ask for in one category. Minor units.

    Money that comes in later counts in the month of the invoice that it settles.
    """

    __tablename__ = "finance_fact"
    __isolation__ = Isolation.PROVIDER
    __table_args__ = (
        tenant_unique("finance_fact", "month", "category", "currency", "due_on"),
        Index("ix_finance_fact_month", "month"),
    )

    month: Mapped[date]
    """The first day of the month in which the invoices were issued, on the partner's calendar."""
    category: Mapped[str] = mapped_column(String(40))
    currency: Mapped[str] = mapped_column(String(3))
    due_on: Mapped[date]
    """Of credits that were granted, the month's first day."""
    billed: Mapped[int] = mapped_column(BigInteger)
    """With tax."""
    credited: Mapped[int] = mapped_column(BigInteger)
    """By credit notes."""
    paid: Mapped[int] = mapped_column(BigInteger)
    granted: Mapped[int] = mapped_column(BigInteger)
    """Credits for missed promises of this month that were approved; they are a negative part of a later invoice."""
