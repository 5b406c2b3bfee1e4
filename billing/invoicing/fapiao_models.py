"""The table of 发票: what a buyer asked for, and what the tax office's system made of it."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from app.platform.kernel.model import (
    ClientRing,
    Isolation,
    TenantModel,
    client_foreign_key,
    client_unique,
    tenant_index,
)
from billing.invoicing.models import TAX_NUMBER_LENGTH, TITLE_LENGTH

FAPIAO_NUMBER_LENGTH = 20


class Fapiao(ClientRing, TenantModel):
    """One 发票 of an invoice, with a life of its own; `content` is what is entered at the tax office. Of an invoice one
    lives."""

    __tablename__ = "fapiao"
    __isolation__ = Isolation.CLIENT
    __table_args__ = (
        client_unique("fapiao"),
        client_foreign_key("invoice", "invoice_id"),
        Index(
            "uq_fapiao_living",
            "tenant_id",
            "invoice_id",
            unique=True,
            postgresql_where=text("state::text NOT IN ('withdrawn', 'red_issued')"),
        ),
        Index("uq_fapiao_number", "tenant_id", "number", unique=True, postgresql_where=text("number <> ''")),
        Index(
            "uq_fapiao_red_number", "tenant_id", "red_number", unique=True, postgresql_where=text("red_number <> ''")
        ),
        tenant_index("fapiao", "state", "requested_at", "id"),
        tenant_index("fapiao", "invoice_id"),
    )

    invoice_id: Mapped[UUID]
    invoice_number: Mapped[str] = mapped_column(String(28))
    state: Mapped[str] = mapped_column(String(16))
    kind: Mapped[str] = mapped_column(String(12))
    buyer_title: Mapped[str] = mapped_column(String(TITLE_LENGTH))
    buyer_tax_number: Mapped[str] = mapped_column(String(TAX_NUMBER_LENGTH))
    content: Mapped[dict[str, Any]]
    currency: Mapped[str] = mapped_column(String(3))
    net: Mapped[int] = mapped_column(BigInteger)
    tax_amount: Mapped[int] = mapped_column(BigInteger)
    gross: Mapped[int] = mapped_column(BigInteger)
    requested_at: Mapped[datetime]
    requested_by: Mapped[str] = mapped_column(String(80))
    number: Mapped[str] = mapped_column(String(FAPIAO_NUMBER_LENGTH), default="")
    """Twenty digits, given by the tax office."""
    issued_on: Mapped[date | None]
    red_reason: Mapped[str] = mapped_column(String(12), default="")
    red_entered_by: Mapped[str] = mapped_column(String(8), default="")
    """Who entered the 红字信息确认单: seller or buyer."""
    red_confirmation: Mapped[str] = mapped_column(String(40), default="")
    """The number of that."""
    red_requested_at: Mapped[datetime | None]
    red_lapses_at: Mapped[datetime | None]
    """Until when the other side may confirm; NULL: nobody needs to."""
    red_number: Mapped[str] = mapped_column(String(FAPIAO_NUMBER_LENGTH), default="")
    red_issued_on: Mapped[date | None]
    credit_note_id: Mapped[UUID | None]
    """What the red one takes back; NULL: all of it."""
    remark: Mapped[str] = mapped_column(Text, default="")
    version: Mapped[int] = mapped_column(default=1)
