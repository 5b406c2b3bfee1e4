"""Tables of contracts. Days are days of the contract's zone; ranges of days are half-open."""

from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import CheckConstraint, ColumnElement, Index, SmallInteger, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

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
from app.platform.kernel.row_scope import ScopedStaff, row_scope_of

TITLE_LENGTH: Final = 120
NUMBER_LENGTH: Final = 40
LINE_KEY_LENGTH: Final = 40
REASON_LENGTH: Final = 400


class Contract(ClientRing, TenantModel):
    """An agreement with a client. What was agreed stands in its versions."""

    __tablename__ = "contract"
    __isolation__ = Isolation.PROVIDER
    __table_args__ = (
        client_unique("contract"),
        tenant_unique("contract", "number"),
        tenant_index("contract", "client_id", "state"),
        tenant_foreign_key("client", "client_id"),
    )

    number: Mapped[str | None] = mapped_column(String(NUMBER_LENGTH))
    """`HT-2026-000001`, taken when the contract is first offered."""
    former_number: Mapped[str] = mapped_column(String(NUMBER_LENGTH), default="")
    """What it was called before it came here."""
    title: Mapped[str] = mapped_column(String(TITLE_LENGTH))
    state: Mapped[str] = mapped_column(String(12))
    time_zone: Mapped[str] = mapped_column(String(60))
    """The client's, when the contract was begun."""
    current_version_id: Mapped[UUID]
    """The version that came into force last; before the first did, the one that is being agreed."""
    from_day: Mapped[date]
    until_day: Mapped[date]
    """The first day after the contract, which an earlier end moves."""
    notice_given_on: Mapped[date | None]
    """When somebody said that it does not go on after its term."""
    end_reason: Mapped[str] = mapped_column(String(REASON_LENGTH), default="")
    created_at: Mapped[datetime]
    created_by: Mapped[str] = mapped_column(String(80))
    version: Mapped[int] = mapped_column(default=1)


class ContractVersion(ClientRing, TenantModel):
    """What was agreed from a day on. Once it has been offered its terms never change."""

    __tablename__ = "contract_version"
    __isolation__ = Isolation.PROVIDER
    __table_args__ = (
        client_unique("contract_version"),
        tenant_unique("contract_version", "contract_id", "number"),
        Index(
            "uq_contract_version_open",
            "tenant_id",
            "contract_id",
            unique=True,
            postgresql_where=text("state::text IN ('draft', 'offered', 'accepted')"),
        ),
        client_foreign_key("contract", "contract_id"),
    )

    contract_id: Mapped[UUID]
    number: Mapped[int] = mapped_column(SmallInteger)
    state: Mapped[str] = mapped_column(String(12))
    effective_from: Mapped[date]
    until_day: Mapped[date | None]
    """The day from which a later version holds."""
    terms: Mapped[dict[str, Any]]
    """`billing.terms.Terms`."""
    digest: Mapped[str] = mapped_column(String(64))
    reason: Mapped[str] = mapped_column(String(REASON_LENGTH), default="")
    """Why it was amended."""
    accepted_by: Mapped[str] = mapped_column(String(80), default="")
    accepted_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    created_by: Mapped[str] = mapped_column(String(80))


class ContractDevice(ClientRing, TenantModel):
    """A device that a line with a price for periods names, on these days. No device stands in two of them on one day:
    whoever enters devices takes turns (`billing.contracts.devices`)."""

    __tablename__ = "contract_device"
    __isolation__ = Isolation.PROVIDER
    __table_args__ = (
        tenant_unique("contract_device", "version_id", "device_id"),
        tenant_index("contract_device", "device_id", "until_day"),
        client_foreign_key("contract_version", "version_id"),
        client_foreign_key("device", "device_id"),
        CheckConstraint("from_day < until_day", name="days"),
    )

    version_id: Mapped[UUID]
    line_key: Mapped[str] = mapped_column(String(LINE_KEY_LENGTH))
    device_id: Mapped[UUID]
    from_day: Mapped[date]
    until_day: Mapped[date]


class ContractSuspension(ClientRing, TenantModel):
    """Days on which a contract rests."""

    __tablename__ = "contract_suspension"
    __isolation__ = Isolation.PROVIDER
    __table_args__ = (
        tenant_index("contract_suspension", "contract_id"),
        client_foreign_key("contract", "contract_id"),
    )

    contract_id: Mapped[UUID]
    from_day: Mapped[date]
    until_day: Mapped[date | None]
    reason: Mapped[str] = mapped_column(String(REASON_LENGTH))


class ContractDate(ClientRing, TenantModel):
    """A day on which something of a contract falls due: `kind` is a `DateKind`."""

    __tablename__ = "contract_date"
    __isolation__ = Isolation.PROVIDER
    __table_args__ = (
        tenant_unique("contract_date", "contract_id", "kind", "day"),
        client_foreign_key("contract", "contract_id"),
    )

    contract_id: Mapped[UUID]
    kind: Mapped[str] = mapped_column(String(12))
    day: Mapped[date]
    done_at: Mapped[datetime | None]


class PrepaidBlockRow(ClientRing, TenantModel):
    """Minutes or visits that a client bought ahead by one line of a contract. The client sees what is left."""

    __tablename__ = "prepaid_block"
    __isolation__ = Isolation.CLIENT
    __table_args__ = (
        client_unique("prepaid_block"),
        tenant_unique("prepaid_block", "source"),
        tenant_index("prepaid_block", "contract_id", "line_key", "expires_on"),
        client_foreign_key("contract", "contract_id"),
        CheckConstraint('"left" BETWEEN 0 AND quantity', name="left"),
    )

    contract_id: Mapped[UUID]
    line_key: Mapped[str] = mapped_column(String(LINE_KEY_LENGTH))
    line_name: Mapped[str] = mapped_column(String(80))
    unit: Mapped[str] = mapped_column(String(8))
    """A `PrepaidUnit`: what `quantity` and `left` count."""
    quantity: Mapped[int]
    left: Mapped[int]
    bought_on: Mapped[date]
    expires_on: Mapped[date]
    """The first day on which it may not be used any more."""
    source: Mapped[str] = mapped_column(String(120))
    """By what it was bought: once."""
    created_at: Mapped[datetime]


class PrepaidMovement(ClientRing, TenantModel):
    """What one piece of work took from a block; below zero: what was given back."""

    __tablename__ = "prepaid_movement"
    __isolation__ = Isolation.CLIENT
    __append_only__ = True
    __table_args__ = (
        tenant_unique("prepaid_movement", "source_kind", "source_id", "revision", "block_id", "gives_back"),
        tenant_index("prepaid_movement", "block_id"),
        client_foreign_key("prepaid_block", "block_id"),
    )

    block_id: Mapped[UUID]
    quantity: Mapped[int]
    day: Mapped[date]
    source_kind: Mapped[str] = mapped_column(String(20))
    source_id: Mapped[UUID]
    revision: Mapped[int] = mapped_column(SmallInteger)
    gives_back: Mapped[bool]
    moved_at: Mapped[datetime]


class PrepaidDraw(ClientRing, TenantModel):
    """How much one piece of work needed of a prepaid line, and what no block had left of it: the answer that the same
    work gets again."""

    __tablename__ = "prepaid_draw"
    __isolation__ = Isolation.PROVIDER
    __append_only__ = True
    __table_args__ = (
        tenant_unique("prepaid_draw", "source_kind", "source_id", "revision"),
        client_foreign_key("contract", "contract_id"),
    )

    contract_id: Mapped[UUID]
    line_key: Mapped[str] = mapped_column(String(LINE_KEY_LENGTH))
    source_kind: Mapped[str] = mapped_column(String(20))
    source_id: Mapped[UUID]
    revision: Mapped[int] = mapped_column(SmallInteger)
    needed: Mapped[int]
    missing: Mapped[int]


class ContractMilestone(ClientRing, TenantModel):
    """A part of a project, charged once the client has accepted it. The client sees where it stands."""

    __tablename__ = "contract_milestone"
    __isolation__ = Isolation.CLIENT
    __table_args__ = (
        tenant_unique("contract_milestone", "contract_id", "line_key"),
        client_foreign_key("contract", "contract_id"),
    )

    contract_id: Mapped[UUID]
    line_key: Mapped[str] = mapped_column(String(LINE_KEY_LENGTH))
    name: Mapped[str] = mapped_column(String(80))
    state: Mapped[str] = mapped_column(String(12))
    reported_on: Mapped[date | None]
    reported_by: Mapped[str] = mapped_column(String(80), default="")
    report: Mapped[str] = mapped_column(Text, default="")
    report_hash: Mapped[str] = mapped_column(String(64), default="")
    """SHA-256 of what was reported: what the client accepts."""
    accepted_on: Mapped[date | None]
    accepted_by: Mapped[str] = mapped_column(String(80), default="")
    accepted_at: Mapped[datetime | None]
    accepted_how: Mapped[str] = mapped_column(String(8), default="")
    decline_reason: Mapped[str] = mapped_column(Text, default="")
    """What was missing when it was reported last and not accepted."""
    declined_by: Mapped[str] = mapped_column(String(80), default="")
    declined_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)


@row_scope_of(
    Contract,
    ContractVersion,
    ContractDevice,
    ContractSuspension,
    ContractDate,
    PrepaidBlockRow,
    PrepaidMovement,
    PrepaidDraw,
    ContractMilestone,
)
def _of_own_clients(table: Any, staff: ScopedStaff) -> ColumnElement[bool]:
    """Staff who look after some clients see their contracts."""
    return table.client_id.in_(staff.clients)  # type: ignore[no-any-return]
