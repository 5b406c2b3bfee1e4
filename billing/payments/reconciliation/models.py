"""Tables of the comparison with the payment provider's books. Amounts are whole minor units."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from app.platform.kernel.model import Isolation, TenantModel, tenant_index, tenant_unique
from billing.payments.models import GATEWAY_ID_LENGTH

KIND_LENGTH, REASON_LENGTH = 40, 200


class ReconciliationDay(TenantModel):
    """A day of the company's of which the provider's lines are fetched, page by page, and then compared."""

    __tablename__ = "reconciliation_day"
    __isolation__ = Isolation.PROVIDER
    __table_args__ = (tenant_unique("reconciliation_day", "account_id", "since"),)

    account_id: Mapped[str] = mapped_column(String(GATEWAY_ID_LENGTH))
    day: Mapped[date]
    since: Mapped[datetime]
    until: Mapped[datetime]
    """Exclusive; the next day begins there."""
    page_after: Mapped[str | None] = mapped_column(String(GATEWAY_ID_LENGTH))
    """Where the next page begins."""
    lines: Mapped[int] = mapped_column(default=0)
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    """When all its lines were there and compared."""


class ProviderLine(TenantModel):
    """A line of the provider's own books about the company's account, as it tells it: once."""

    __tablename__ = "provider_line"
    __isolation__ = Isolation.PROVIDER
    __append_only__ = True
    __table_args__ = (
        tenant_unique("provider_line", "gateway_line_id"),
        tenant_index("provider_line", "subject", "subject_id"),
        tenant_index("provider_line", "account_id", "made_at"),
    )

    gateway_line_id: Mapped[str] = mapped_column(String(GATEWAY_ID_LENGTH))
    account_id: Mapped[str] = mapped_column(String(GATEWAY_ID_LENGTH))
    kind: Mapped[str] = mapped_column(String(KIND_LENGTH))
    """The provider's word."""
    subject: Mapped[str] = mapped_column(String(10))
    subject_id: Mapped[str] = mapped_column(String(GATEWAY_ID_LENGTH))
    """The provider's id of what it is about; of a line about nothing that we keep, its own."""
    currency: Mapped[str] = mapped_column(String(3))
    amount: Mapped[int] = mapped_column(BigInteger)
    fee: Mapped[int] = mapped_column(BigInteger)
    """What the provider keeps, without `application_fee`."""
    application_fee: Mapped[int] = mapped_column(BigInteger)
    """What headquarters keep; negative for what they give back."""
    made_at: Mapped[datetime]


class ReconciliationFinding(TenantModel):
    """Something of which the provider's books say another thing than ours."""

    __tablename__ = "reconciliation_finding"
    __isolation__ = Isolation.PROVIDER
    __table_args__ = (
        tenant_unique("reconciliation_finding", "kind", "subject_id"),
        tenant_index("reconciliation_finding", "state", "day", "id"),
    )

    kind: Mapped[str] = mapped_column(String(24))
    subject: Mapped[str] = mapped_column(String(10))
    subject_id: Mapped[str] = mapped_column(String(GATEWAY_ID_LENGTH))
    day: Mapped[date]
    currency: Mapped[str] = mapped_column(String(3))
    ours: Mapped[int | None] = mapped_column(BigInteger)
    theirs: Mapped[int | None] = mapped_column(BigInteger)
    record_id: Mapped[UUID | None]
    """The payment's, or the payout's."""
    state: Mapped[str] = mapped_column(String(8))
    reason: Mapped[str] = mapped_column(String(REASON_LENGTH), default="")
    """Why it is settled."""
    settled_by_name: Mapped[str] = mapped_column(String(80), default="")
    settled_at: Mapped[datetime | None]
    found_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)
