"""Tables of recovery cases: the case, its media and the chain of their custody, its people, what was recovered."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, SmallInteger, String, Text, text
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

NAME_LENGTH, SERIAL_LENGTH, PLACE_LENGTH, PATH_LENGTH = 80, 80, 120, 500


class RecoveryCase(ClientRing, TenantModel):
    """One job: the media that a client gave away to have its data back, from the receipt to their end."""

    __tablename__ = "recovery_case"
    __isolation__ = Isolation.CLIENT
    __table_args__ = (
        client_unique("recovery_case"),
        tenant_unique("recovery_case", "number"),
        tenant_index("recovery_case", "state", "opened_at"),
        tenant_index("recovery_case", "client_id", "opened_at"),
        tenant_index("recovery_case", "quote_id"),
        tenant_foreign_key("client", "client_id"),
        client_foreign_key("ticket", "ticket_id"),
        client_foreign_key("device", "device_id"),
        client_foreign_key("employee", "employee_id"),
        CheckConstraint("probability BETWEEN 0 AND 100", name="probability"),
        CheckConstraint("fee_minor >= 0", name="fee"),
    )

    number: Mapped[str] = mapped_column(String(24))
    client_name: Mapped[str] = mapped_column(String(120))
    """As it was when the case was opened: whoever is put on the case may not see the client's file."""
    time_zone: Mapped[str] = mapped_column(String(60))
    """The client's, likewise."""
    ticket_id: Mapped[UUID | None]
    device_id: Mapped[UUID | None]
    employee_id: Mapped[UUID | None]
    """Whose data it is, where it is one person's."""
    state: Mapped[str] = mapped_column(String(12))
    wanted: Mapped[str] = mapped_column(Text)
    """What is missed, in the client's words."""
    giver_name: Mapped[str] = mapped_column(String(NAME_LENGTH))
    """Who at the client gives the media away and signs for them."""
    giver_phone: Mapped[str] = mapped_column(String(40), default="")
    consents: Mapped[bool]
    """Whether the giver agreed to work on the data (C5)."""
    consent_remark: Mapped[str] = mapped_column(Text, default="")
    opened_at: Mapped[datetime]
    opened_by_name: Mapped[str] = mapped_column(String(NAME_LENGTH))
    received_at: Mapped[datetime | None]
    findings: Mapped[str] = mapped_column(Text, default="")
    probability: Mapped[int | None] = mapped_column(SmallInteger)
    """In percent: how likely it is that what is missed comes back."""
    diagnosed_at: Mapped[datetime | None]
    diagnosed_by_name: Mapped[str] = mapped_column(String(NAME_LENGTH), default="")
    quote_id: Mapped[UUID | None]
    fee_terms: Mapped[dict[str, Any] | None]
    """`billing.data_recovery.fees.FeeTerms`, as the quote told them."""
    work_days: Mapped[int | None] = mapped_column(SmallInteger)
    """Days from the approval to the result, as the quote promised."""
    approved_at: Mapped[datetime | None]
    files_recovered: Mapped[int] = mapped_column(default=0)
    files_partial: Mapped[int] = mapped_column(default=0)
    files_lost: Mapped[int] = mapped_column(default=0)
    result_hash: Mapped[str] = mapped_column(String(64), default="")
    """SHA-256 of the list that the client was shown."""
    result_words: Mapped[str] = mapped_column(Text, default="")
    reported_at: Mapped[datetime | None]
    decided_at: Mapped[datetime | None]
    """When the result was accepted, or the case stopped."""
    decided_by_name: Mapped[str] = mapped_column(String(NAME_LENGTH), default="")
    decision: Mapped[str] = mapped_column(Text, default="")
    """What was said with it: why the result was sent back, or the media are wanted."""
    fee_minor: Mapped[int | None] = mapped_column(BigInteger)
    """What it costs by the rule, of the quote's currency and price mode; NULL until it is decided."""
    fee_currency: Mapped[str] = mapped_column(String(3), default="")
    fee_reason: Mapped[str] = mapped_column(String(20), default="")
    closed_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)


class RecoveryMedium(ClientRing, TenantModel):
    """A disk, stick or card of a case, or a working copy of one."""

    __tablename__ = "recovery_medium"
    __isolation__ = Isolation.CLIENT
    __table_args__ = (
        client_unique("recovery_medium"),
        tenant_unique("recovery_medium", "case_id", "position"),
        tenant_index(
            "recovery_medium",
            "client_id",
            "serial",
            unique=True,
            postgresql_where=text("serial <> '' AND state::text IN ('listed', 'held')"),
        ),
        tenant_foreign_key("client", "client_id"),
        client_foreign_key("recovery_case", "case_id"),
    )

    case_id: Mapped[UUID]
    position: Mapped[int] = mapped_column(SmallInteger)
    role: Mapped[str] = mapped_column(String(10))
    kind: Mapped[str] = mapped_column(String(40))
    """Hard disk, solid-state disk, memory stick …, and its maker and model."""
    serial: Mapped[str] = mapped_column(String(SERIAL_LENGTH))
    capacity: Mapped[str] = mapped_column(String(20), default="")
    condition: Mapped[str] = mapped_column(Text, default="")
    """What one sees and hears of it: dents, seals, noises."""
    accessories: Mapped[str] = mapped_column(String(200), default="")
    state: Mapped[str] = mapped_column(String(10))
    holder_id: Mapped[UUID | None]
    """The membership of whoever of the company has it."""
    holder_name: Mapped[str] = mapped_column(String(NAME_LENGTH), default="")
    left_at: Mapped[datetime | None]
    destruction_agreed_at: Mapped[datetime | None]
    destruction_agreed_by: Mapped[str] = mapped_column(String(NAME_LENGTH), default="")


class CustodyEntry(ClientRing, TenantModel):
    """One link of a medium's chain of custody: from whom to whom, when, where. `from_name` is whoever had it before."""

    __tablename__ = "custody_entry"
    __isolation__ = Isolation.CLIENT
    __append_only__ = True
    __table_args__ = (
        tenant_unique("custody_entry", "medium_id", "number"),
        tenant_index("custody_entry", "case_id", "occurred_at"),
        tenant_foreign_key("client", "client_id"),
        client_foreign_key("recovery_case", "case_id"),
        client_foreign_key("recovery_medium", "medium_id"),
    )

    case_id: Mapped[UUID]
    medium_id: Mapped[UUID]
    number: Mapped[int] = mapped_column(SmallInteger)
    """1, 2, 3 … of the medium."""
    kind: Mapped[str] = mapped_column(String(12))
    from_name: Mapped[str] = mapped_column(String(NAME_LENGTH))
    to_id: Mapped[UUID | None]
    """The membership of whoever took it; NULL at the client, or where it was destroyed."""
    to_name: Mapped[str] = mapped_column(String(NAME_LENGTH))
    place: Mapped[str] = mapped_column(String(PLACE_LENGTH))
    occurred_at: Mapped[datetime]
    recorded_by_name: Mapped[str] = mapped_column(String(NAME_LENGTH))
    signed_by: Mapped[str] = mapped_column(String(NAME_LENGTH), default="")
    signature_file_id: Mapped[UUID | None]
    remark: Mapped[str] = mapped_column(Text, default="")


class RecoveryPerson(ClientRing, TenantModel):
    """Somebody of the company who is on the case: they alone touch its media and read its files' names."""

    __tablename__ = "recovery_person"
    __isolation__ = Isolation.CLIENT
    __table_args__ = (
        tenant_unique("recovery_person", "case_id", "membership_id"),
        tenant_index("recovery_person", "membership_id"),
        tenant_foreign_key("client", "client_id"),
        client_foreign_key("recovery_case", "case_id"),
    )

    case_id: Mapped[UUID]
    membership_id: Mapped[UUID]
    name: Mapped[str] = mapped_column(String(NAME_LENGTH))
    joined_at: Mapped[datetime]
    joined_by_name: Mapped[str] = mapped_column(String(NAME_LENGTH))
    left_at: Mapped[datetime | None]


class RecoveredFile(ClientRing, TenantModel):
    """One file that is missed, by its name, and what became of it. Who may read it stands in `row_scope.py`."""

    __tablename__ = "recovered_file"
    __isolation__ = Isolation.CLIENT
    __table_args__ = (
        tenant_unique("recovered_file", "case_id", "position"),
        tenant_foreign_key("client", "client_id"),
        client_foreign_key("recovery_case", "case_id"),
    )

    case_id: Mapped[UUID]
    position: Mapped[int]
    path: Mapped[str] = mapped_column(String(PATH_LENGTH))
    outcome: Mapped[str] = mapped_column(String(10))
    remark: Mapped[str] = mapped_column(String(200), default="")


class CustodyReceipt(ClientRing, DocumentEdition):
    """What the client signed when it gave the media away."""

    __tablename__ = "custody_receipt"
    __isolation__ = Isolation.CLIENT
    __table_args__ = (
        tenant_unique("custody_receipt", "case_id", "edition"),
        tenant_foreign_key("client", "client_id"),
        client_foreign_key("recovery_case", "case_id"),
    )

    case_id: Mapped[UUID]


class DisposalCertificate(ClientRing, DocumentEdition):
    """That a medium went back, signed by whoever took it, or was destroyed, before a witness."""

    __tablename__ = "disposal_certificate"
    __isolation__ = Isolation.CLIENT
    __table_args__ = (
        tenant_unique("disposal_certificate", "medium_id", "edition"),
        tenant_foreign_key("client", "client_id"),
        client_foreign_key("recovery_case", "case_id"),
        client_foreign_key("recovery_medium", "medium_id"),
    )

    case_id: Mapped[UUID]
    medium_id: Mapped[UUID]
