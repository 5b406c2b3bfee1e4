"""Tables of quotes. Unit prices and costs are of the currency's main unit; amounts are whole minor units.

What the company alone knows (cost, margin, drafts) stands in provider tables; offering copies a version into the
client's ring, without them.
"""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Numeric, SmallInteger, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from app.platform.documents.models import DocumentEdition
from app.platform.kernel.model import (
    ClientRing,
    Isolation,
    TenantModel,
    client_foreign_key,
    client_unique,
    tenant_foreign_key,
    tenant_index,
    tenant_unique,
)

UNIT_PRICE = Numeric(18, 6)
QUANTITY = Numeric(12, 3)
SHARE = Numeric(5, 4)
"""0.1500 is 15 %."""


class Quote(ClientRing, TenantModel):
    """What a client may approve: for a ticket, or by itself. Its content stands in versions; the last one counts."""

    __tablename__ = "quote"
    __isolation__ = Isolation.PROVIDER
    __table_args__ = (
        client_unique("quote"),
        tenant_index("quote", "created_at", "id"),
        tenant_index("quote", "state", "created_at"),
        tenant_index("quote", "client_id", "created_at"),
        tenant_index("quote", "ticket_id"),
        tenant_index("quote", "number", unique=True, postgresql_where=text("number <> ''")),
        tenant_foreign_key("client", "client_id"),
        client_foreign_key("ticket", "ticket_id"),
    )

    ticket_id: Mapped[UUID | None]
    number: Mapped[str] = mapped_column(String(28), default="")
    """`BJ-2026-0001` from the first offer on; empty before."""
    title: Mapped[str] = mapped_column(String(120))
    state: Mapped[str] = mapped_column(String(16))
    version_number: Mapped[int] = mapped_column(SmallInteger)
    """The version that counts."""
    currency: Mapped[str] = mapped_column(String(3))
    gross_minor: Mapped[int] = mapped_column(BigInteger)
    """With tax, of the version that counts."""
    margin: Mapped[Decimal | None] = mapped_column(Numeric(9, 4))
    """(net − cost) ÷ net of the lines whose cost is known; NULL where none is."""
    created_at: Mapped[datetime]
    created_by_name: Mapped[str] = mapped_column(String(80))
    submitted_by: Mapped[UUID | None]
    """Who wanted the version that counts to go out."""
    submitted_by_account: Mapped[UUID | None]
    submitted_by_name: Mapped[str] = mapped_column(String(80), default="")
    offered_at: Mapped[datetime | None]
    decided_at: Mapped[datetime | None]
    review_reason: Mapped[str] = mapped_column(Text, default="")
    """What was said when it was sent back inside the company."""
    version: Mapped[int] = mapped_column(default=1)


class QuoteVersion(ClientRing, TenantModel):
    """What a quote says, in one version. Once it was offered it does not change any more."""

    __tablename__ = "quote_version"
    __isolation__ = Isolation.PROVIDER
    __table_args__ = (
        client_unique("quote_version"),
        tenant_unique("quote_version", "quote_id", "number"),
        tenant_foreign_key("client", "client_id"),
        client_foreign_key("quote", "quote_id"),
    )

    quote_id: Mapped[UUID]
    number: Mapped[int] = mapped_column(SmallInteger)
    """Counts from 1."""
    currency: Mapped[str] = mapped_column(String(3))
    valid_until: Mapped[date | None]
    """The last day, in the client's zone; NULL: as many days after offering as the company's rule says."""
    words: Mapped[str] = mapped_column(Text, default="")
    """What the client reads beside the lines."""
    created_at: Mapped[datetime]
    created_by_name: Mapped[str] = mapped_column(String(80))
    offered_at: Mapped[datetime | None]


class QuoteLine(ClientRing, TenantModel):
    """One line of a version. `code` is the price book's; a free line has none."""

    __tablename__ = "quote_line"
    __isolation__ = Isolation.PROVIDER
    __table_args__ = (
        tenant_unique("quote_line", "version_id", "position"),
        tenant_foreign_key("client", "client_id"),
        client_foreign_key("quote_version", "version_id"),
        CheckConstraint("quantity > 0", name="quantity"),
        CheckConstraint("unit_price >= 0", name="unit_price"),
        CheckConstraint("cost IS NULL OR cost >= 0", name="cost"),
        CheckConstraint("discount >= 0 AND discount <= 1", name="discount"),
    )

    version_id: Mapped[UUID]
    position: Mapped[int] = mapped_column(SmallInteger)
    kind: Mapped[str] = mapped_column(String(8))
    code: Mapped[str] = mapped_column(String(40), default="")
    name: Mapped[str] = mapped_column(String(120))
    unit: Mapped[str] = mapped_column(String(10))
    quantity: Mapped[Decimal] = mapped_column(QUANTITY)
    unit_price: Mapped[Decimal] = mapped_column(UNIT_PRICE)
    """Before the discount."""
    cost: Mapped[Decimal | None] = mapped_column(UNIT_PRICE)
    """Of one unit, without tax; NULL: not known."""
    discount: Mapped[Decimal] = mapped_column(SHARE)
    """A share of the price: 0.1 is 10 % off."""
    price_mode: Mapped[str] = mapped_column(String(12))
    """Whether the price holds its tax: `billing.money.PriceMode`."""
    tax: Mapped[str] = mapped_column(String(20))
    service_category: Mapped[str] = mapped_column(String(40))


class OfferedQuote(ClientRing, DocumentEdition):
    """A version as it was put before the client, with the hash of what it says. Nothing but its fate changes."""

    __tablename__ = "offered_quote"
    __isolation__ = Isolation.CLIENT
    __table_args__ = (
        client_unique("offered_quote"),
        tenant_unique("offered_quote", "quote_id", "edition"),
        tenant_index("offered_quote", "client_id", "created_at"),
        tenant_index("offered_quote", "ticket_id"),
        tenant_foreign_key("client", "client_id"),
        client_foreign_key("quote", "quote_id"),
        client_foreign_key("quote_version", "version_id"),
        client_foreign_key("ticket", "ticket_id"),
    )

    quote_id: Mapped[UUID]
    version_id: Mapped[UUID]
    ticket_id: Mapped[UUID | None]
    title: Mapped[str] = mapped_column(String(120))
    words: Mapped[str] = mapped_column(Text)
    valid_until: Mapped[date]
    expires_at: Mapped[datetime]
    """The end of that day in the client's zone."""
    currency: Mapped[str] = mapped_column(String(3))
    net_minor: Mapped[int] = mapped_column(BigInteger)
    tax_minor: Mapped[int] = mapped_column(BigInteger)
    gross_minor: Mapped[int] = mapped_column(BigInteger)
    state: Mapped[str] = mapped_column(String(16))
    decided_at: Mapped[datetime | None]
    decided_by_name: Mapped[str] = mapped_column(String(80), default="")
    decision: Mapped[str] = mapped_column(Text, default="")
    """What the client said with it."""


class OfferedQuoteLine(ClientRing, TenantModel):
    """One line as it was offered, and what the client said of it. Its id is that of the quote's line."""

    __tablename__ = "offered_quote_line"
    __isolation__ = Isolation.CLIENT
    __table_args__ = (
        tenant_unique("offered_quote_line", "offered_quote_id", "position"),
        tenant_foreign_key("client", "client_id"),
        client_foreign_key("offered_quote", "offered_quote_id"),
    )

    offered_quote_id: Mapped[UUID]
    position: Mapped[int] = mapped_column(SmallInteger)
    kind: Mapped[str] = mapped_column(String(8))
    code: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(120))
    unit: Mapped[str] = mapped_column(String(10))
    quantity: Mapped[Decimal] = mapped_column(QUANTITY)
    unit_price: Mapped[Decimal] = mapped_column(UNIT_PRICE)
    discount: Mapped[Decimal] = mapped_column(SHARE)
    price_mode: Mapped[str] = mapped_column(String(12))
    tax: Mapped[str] = mapped_column(String(20))
    tax_rate: Mapped[Decimal | None] = mapped_column(Numeric(6, 4))
    service_category: Mapped[str] = mapped_column(String(40))
    net_minor: Mapped[int] = mapped_column(BigInteger)
    tax_minor: Mapped[int] = mapped_column(BigInteger)
    gross_minor: Mapped[int] = mapped_column(BigInteger)
    decision: Mapped[str] = mapped_column(String(8), default="")
    """approved or declined; empty while nobody has decided."""


class QuoteRule(TenantModel):
    """A company's rule of quotes; its id is the tenant's, so there is one. Without a row the standard rule holds."""

    __tablename__ = "quote_rule"
    __isolation__ = Isolation.PROVIDER

    lowest_margin: Mapped[Decimal | None] = mapped_column(SHARE)
    """Below it somebody with `quote:decide` lets the quote go out; NULL: any margin."""
    discount_limits: Mapped[dict[str, Any]]
    """Role → how much discount on one quote it may give, in minor units; null is any amount."""
    valid_days: Mapped[int] = mapped_column(SmallInteger)
    version: Mapped[int] = mapped_column(default=1)
