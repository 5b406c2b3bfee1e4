"""The table of payouts."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from app.platform.kernel.model import Isolation, TenantModel, tenant_index, tenant_unique
from billing.payments.models import GATEWAY_ID_LENGTH, REFERENCE_LENGTH


class Payout(TenantModel):
    """Money that the payment provider sends to the company's bank account, as it tells of it."""

    __tablename__ = "payout"
    __isolation__ = Isolation.PROVIDER
    __table_args__ = (
        tenant_unique("payout", "gateway_payout_id"),
        Index(
            "uq_payout_bank_line_id",
            "tenant_id",
            "bank_line_id",
            unique=True,
            postgresql_where=text("bank_line_id IS NOT NULL"),
        ),
        tenant_index("payout", "amount", "arrives_on"),
        CheckConstraint("amount <> 0", name="amount"),
    )

    gateway_payout_id: Mapped[str] = mapped_column(String(GATEWAY_ID_LENGTH))
    amount: Mapped[int] = mapped_column(BigInteger)
    """Negative where the provider takes from the bank account what the company owes it."""
    currency: Mapped[str] = mapped_column(String(3))
    state: Mapped[str] = mapped_column(String(12))
    arrives_on: Mapped[date]
    failure_reason: Mapped[str] = mapped_column(String(REFERENCE_LENGTH), default="")
    """The provider's word."""
    bank_line_id: Mapped[UUID | None]
    """The line of the bank statement with which it came."""
    recorded_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)
