"""Ticket imports, the imported tickets, and the names found in logs (T16)."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import String, Text, UniqueConstraint
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


class TicketImport(TenantModel):
    """One import of a log: its mapping, the result of its dry run and its progress."""

    __tablename__ = "ticket_import"
    __isolation__ = Isolation.PROVIDER
    __table_args__ = (tenant_index("ticket_import", "created_at"), tenant_foreign_key("client", "client_id"))

    client_id: Mapped[UUID | None]
    """Client of all tickets; NULL where a column of the log names it."""
    source: Mapped[str] = mapped_column(String(40))
    mapping_name: Mapped[str] = mapped_column(String(80))
    mapping: Mapped[str] = mapped_column(Text)
    """The mapping's text as it was used."""
    encoding: Mapped[str] = mapped_column(String(20))
    """Encoding chosen by a person; `auto` leaves it to the mapping."""
    read_as: Mapped[dict[str, Any]]
    """How the text was read, as `app.data_exchange.ticket_import.log_file.LogReading`; empty for older imports."""
    time_zone: Mapped[str] = mapped_column(String(60))
    policy_version_id: Mapped[UUID | None]
    calendar_version_id: Mapped[UUID | None]
    """Versions of the service terms that clocks are computed by; NULL: each client's current ones."""
    file_name: Mapped[str] = mapped_column(String(200))
    file_id: Mapped[UUID]
    state: Mapped[str] = mapped_column(String(12))
    rows_total: Mapped[int] = mapped_column(default=0)
    tickets_total: Mapped[int] = mapped_column(default=0)
    tickets_done: Mapped[int] = mapped_column(default=0)
    """Number of tickets processed by the dry run or the import, in the order of the log."""
    counts: Mapped[dict[str, Any]]
    problem: Mapped[dict[str, Any]]
    """Why it failed: code and parameters."""
    created_by: Mapped[str] = mapped_column(String(80))
    created_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)


class ImportedTicket(ClientRing, TenantModel):
    """The ticket that a number of another system became, with digests of its content, so that a repeated import is
    recognised."""

    __tablename__ = "imported_ticket"
    __isolation__ = Isolation.PROVIDER
    __table_args__ = (
        tenant_unique("imported_ticket", "source", "number_key"),
        tenant_index("imported_ticket", "number_key"),
        tenant_index("imported_ticket", "ticket_id"),
        tenant_index("imported_ticket", "device_name_id"),
        tenant_index("imported_ticket", "caller_name_id"),
        tenant_index("imported_ticket", "engineer_name_id"),
        tenant_foreign_key("client", "client_id"),
        client_foreign_key("ticket", "ticket_id"),
    )

    source: Mapped[str] = mapped_column(String(40))
    external_number: Mapped[str] = mapped_column(String(60))
    number_key: Mapped[str] = mapped_column(String(80, collation="C"))
    """The number without spaces, half-width, upper case."""
    ticket_id: Mapped[UUID]
    import_id: Mapped[UUID]
    """The import that created it. No foreign key: an import for many clients has no client."""
    ticket_version: Mapped[int]
    """The ticket's version after the import; a higher one means that it was changed here since."""
    taken: Mapped[dict[str, Any]]
    """What a longer log is compared with: the digests of the changes, and the engineers that names referred to."""
    device_name_id: Mapped[UUID | None]
    caller_name_id: Mapped[UUID | None]
    engineer_name_id: Mapped[UUID | None]
    """Name of the last engineer."""


class ImportedName(TenantModel):
    """A name in a log, and the record that it refers to, once matched by a person or automatically."""

    __tablename__ = "imported_name"
    __isolation__ = Isolation.PROVIDER
    __table_args__ = (
        UniqueConstraint(
            "tenant_id",
            "source",
            "kind",
            "client_id",
            "name",
            name="uq_imported_name",
            postgresql_nulls_not_distinct=True,
        ),
        tenant_foreign_key("client", "client_id"),
    )

    client_id: Mapped[UUID | None]
    """Devices, callers and sites belong to a client; engineers and clients themselves do not."""
    source: Mapped[str] = mapped_column(String(40))
    kind: Mapped[str] = mapped_column(String(12))
    name: Mapped[str] = mapped_column(String(200))
    record_id: Mapped[UUID | None]
    matched_by: Mapped[str] = mapped_column(String(80), default="")
    matched_at: Mapped[datetime | None]


class ImportOutcome(TenantModel):
    """The import report on one ticket, with the outcome of each row."""

    __tablename__ = "ticket_import_outcome"
    __isolation__ = Isolation.PROVIDER
    __table_args__ = (
        tenant_unique("ticket_import_outcome", "import_id", "sequence"),
        tenant_foreign_key("ticket_import", "import_id"),
    )

    import_id: Mapped[UUID]
    sequence: Mapped[int]
    external_number: Mapped[str] = mapped_column(String(60))
    ticket_id: Mapped[UUID | None]
    result: Mapped[str] = mapped_column(String(12))
    rows: Mapped[list[Any]]
    """`[row, outcome, [[code, parameters], …]]`, as `app.data_exchange.ticket_import.findings.RowReport`."""
