"""Tables of charges. A charge is added and read, never changed; what does change of it has tables of its own."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import BigInteger, Index, Integer, Numeric, SmallInteger, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from app.platform.kernel.model import (
    ClientRing,
    Isolation,
    TenantModel,
    client_foreign_key,
    tenant_foreign_key,
    tenant_index,
    tenant_unique,
)

QUANTITY, UNIT_PRICE = Numeric(12, 3), Numeric(18, 6)
NAME_LENGTH, RULE_LENGTH, REASON_LENGTH = 200, 120, 200


class Charge(ClientRing, TenantModel):
    """One amount that a client owes, once: source, rule and revision name it.

    A mistake is taken back by a charge with the opposite amount that names it in `reverses_id`, and charged anew under
    the next revision. Amounts are minor units, with or without tax as `price_mode` says, for `day` of the contract's
    zone (the day of the work): price and tax rate are that day's.
    """

    __tablename__ = "charge"
    __isolation__ = Isolation.PROVIDER
    __append_only__ = True
    __table_args__ = (
        tenant_unique("charge", "source_kind", "source_id", "rule", "revision"),
        tenant_unique("charge", "reverses_id"),
        tenant_index("charge", "day", "id"),
        tenant_index("charge", "client_id", "day", "id"),
        tenant_index("charge", "ticket_id"),
        tenant_foreign_key("client", "client_id"),
        client_foreign_key("ticket", "ticket_id"),
        client_foreign_key("visit", "visit_id"),
    )

    source_kind: Mapped[str] = mapped_column(String(30))
    source_id: Mapped[UUID]
    rule: Mapped[str] = mapped_column(String(RULE_LENGTH))
    """Which part of which line of the terms: `care/travel`; of periods with the period's first day."""
    revision: Mapped[int] = mapped_column(SmallInteger, default=0)
    reverses_id: Mapped[UUID | None]
    contract_id: Mapped[UUID | None]
    contract_version_id: Mapped[UUID | None]
    quote_line_id: Mapped[UUID | None]
    addon_order_id: Mapped[UUID | None]
    ticket_id: Mapped[UUID | None]
    visit_id: Mapped[UUID | None]
    site_id: Mapped[UUID | None]
    department_id: Mapped[UUID | None]
    device_id: Mapped[UUID | None]
    day: Mapped[date]
    name: Mapped[str] = mapped_column(String(NAME_LENGTH))
    quantity: Mapped[Decimal] = mapped_column(QUANTITY)
    unit: Mapped[str] = mapped_column(String(10))
    unit_price: Mapped[Decimal] = mapped_column(UNIT_PRICE)
    amount: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str] = mapped_column(String(3))
    tax: Mapped[str] = mapped_column(String(20))
    """Code of the tax rate."""
    price_mode: Mapped[str] = mapped_column(String(12))
    category: Mapped[str] = mapped_column(String(20))
    period_start: Mapped[date | None]
    period_end: Mapped[date | None]
    """The first day that does not belong to it any more."""
    period_price: Mapped[int | None] = mapped_column(BigInteger)
    """Of a part of a billing period: what the whole period costs at this price."""
    made_at: Mapped[datetime]


class ChargeMark(TenantModel):
    """That a charge is waived, or disputed, until it is lifted. Of each kind a charge has one that stands."""

    __tablename__ = "charge_mark"
    __isolation__ = Isolation.PROVIDER
    __table_args__ = (
        Index(
            "uq_charge_mark_standing",
            "tenant_id",
            "charge_id",
            "kind",
            unique=True,
            postgresql_where=text("lifted_at IS NULL"),
        ),
        tenant_foreign_key("charge", "charge_id"),
    )

    charge_id: Mapped[UUID]
    kind: Mapped[str] = mapped_column(String(10))
    reason: Mapped[str] = mapped_column(String(REASON_LENGTH))
    marked_at: Mapped[datetime]
    marked_by: Mapped[str] = mapped_column(String(80))
    lifted_at: Mapped[datetime | None]
    lifted_by: Mapped[str] = mapped_column(String(80), default="")


class RatedRecord(ClientRing, TenantModel):
    """What became of something that may cost money when it was rated last: whoever rates it holds its row."""

    __tablename__ = "rated_record"
    __isolation__ = Isolation.PROVIDER
    __table_args__ = (
        tenant_unique("rated_record", "source_kind", "source_id"),
        tenant_index("rated_record", "outcome", "day", "id"),
        tenant_index("rated_record", "ticket_id"),
        tenant_foreign_key("client", "client_id"),
        client_foreign_key("ticket", "ticket_id"),
    )

    source_kind: Mapped[str] = mapped_column(String(30))
    source_id: Mapped[UUID]
    ticket_id: Mapped[UUID | None]
    day: Mapped[date]
    outcome: Mapped[str] = mapped_column(String(12))
    """`billing.rating.outcomes.Outcome`"""
    reason: Mapped[str] = mapped_column(String(30), default="")
    contract_version_id: Mapped[UUID | None]
    line_key: Mapped[str] = mapped_column(String(40), default="")
    minutes_inside: Mapped[int] = mapped_column(Integer, default=0)
    minutes_outside: Mapped[int] = mapped_column(Integer, default=0)
    facts: Mapped[str] = mapped_column(String(64), default="")
    """SHA-256 of what it was rated by: the same again changes nothing."""
    draws: Mapped[int] = mapped_column(SmallInteger, default=0)
    """How often it drew from prepaid blocks: a correction gives back and draws again."""
    charged_because: Mapped[str] = mapped_column(Text, default="")
    """Why somebody decided that rework is charged all the same."""
    rated_at: Mapped[datetime]


class RatingRun(TenantModel):
    """One walk through what is charged by the day: contracts' periods, add-ons. It goes on where it was interrupted;
    of each day there is one."""

    __tablename__ = "rating_run"
    __isolation__ = Isolation.PROVIDER
    __table_args__ = (tenant_unique("rating_run", "until"),)

    until: Mapped[date]
    """The day after the last whose charges it makes, of the company's zone."""
    state: Mapped[str] = mapped_column(String(10))
    source: Mapped[str] = mapped_column(String(30), default="")
    """The source that it is at."""
    cursor: Mapped[UUID | None]
    """The last record of that source that is done."""
    made: Mapped[int] = mapped_column(Integer, default=0)
    reversed: Mapped[int] = mapped_column(Integer, default=0)
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
