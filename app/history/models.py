"""Imports of another system's history, what they brought, and the names that nobody has recognised yet (T16)."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.model import (
    ClientRing,
    Isolation,
    TenantModel,
    client_key,
    tenant_index,
    tenant_key,
    tenant_unique,
)


class HistoryImport(TenantModel):
    """One upload of a log: how it is read, what the dry run said, how far it has come."""

    __tablename__ = "history_import"
    __isolation__ = Isolation.PROVIDER
    __table_args__ = (tenant_index("history_import", "created_at"), tenant_key("client", "client_id"))

    client_id: Mapped[UUID | None]
    """Whose tickets these are; NULL where a column of the log says it."""
    source: Mapped[str] = mapped_column(String(40))
    mapping_name: Mapped[str] = mapped_column(String(80))
    mapping: Mapped[str] = mapped_column(Text)
    """The mapping's text as it was used."""
    encoding: Mapped[str] = mapped_column(String(20))
    """What a person chose; `auto` leaves it to the mapping."""
    read_as: Mapped[dict[str, Any]]
    """How the text was read, as `app.history.reading.LogReading`; empty of imports from before it was kept."""
    time_zone: Mapped[str] = mapped_column(String(60))
    policy_version_id: Mapped[UUID | None]
    calendar_version_id: Mapped[UUID | None]
    """The service level that clocks are computed by; NULL: what each client is served by now."""
    file_name: Mapped[str] = mapped_column(String(200))
    file_id: Mapped[UUID]
    state: Mapped[str] = mapped_column(String(12))
    rows_total: Mapped[int] = mapped_column(default=0)
    tickets_total: Mapped[int] = mapped_column(default=0)
    tickets_done: Mapped[int] = mapped_column(default=0)
    """How many tickets of the log the dry run or the import has behind it, in the order of the log."""
    counts: Mapped[dict[str, Any]]
    problem: Mapped[dict[str, Any]]
    """Why it failed: code and parameters."""
    created_by: Mapped[str] = mapped_column(String(80))
    created_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)


class HistoryTicket(ClientRing, TenantModel):
    """Which ticket here a number of another system is, and what of it was taken. The same log again changes nothing."""

    __tablename__ = "history_ticket"
    __isolation__ = Isolation.PROVIDER
    __table_args__ = (
        tenant_unique("history_ticket", "source", "number_key"),
        tenant_index("history_ticket", "number_key"),
        tenant_index("history_ticket", "ticket_id"),
        tenant_index("history_ticket", "device_name_id"),
        tenant_index("history_ticket", "caller_name_id"),
        tenant_index("history_ticket", "engineer_name_id"),
        tenant_key("client", "client_id"),
        client_key("ticket", "ticket_id"),
    )

    source: Mapped[str] = mapped_column(String(40))
    external_number: Mapped[str] = mapped_column(String(60))
    number_key: Mapped[str] = mapped_column(String(80, collation="C"))
    """The number without spaces, half-width, upper case."""
    ticket_id: Mapped[UUID]
    import_id: Mapped[UUID]
    """The import that brought it. No key: imports of a log of many clients belong to none."""
    ticket_version: Mapped[int]
    """The ticket's version as the import left it: a higher one says that somebody has worked on it here."""
    taken: Mapped[dict[str, Any]]
    """What a longer log is compared with: a digest of each change, and what the names meant then."""
    device_name_id: Mapped[UUID | None]
    caller_name_id: Mapped[UUID | None]
    engineer_name_id: Mapped[UUID | None]
    """Whoever had the work last."""


class HistoryName(TenantModel):
    """A name in a log, and the record here that it means once somebody (or an exact equal) has said so."""

    __tablename__ = "history_name"
    __isolation__ = Isolation.PROVIDER
    __table_args__ = (
        UniqueConstraint(
            "tenant_id",
            "source",
            "kind",
            "client_id",
            "name",
            name="uq_history_name",
            postgresql_nulls_not_distinct=True,
        ),
        tenant_key("client", "client_id"),
    )

    client_id: Mapped[UUID | None]
    """Devices, callers and sites belong to a client; engineers and clients themselves do not."""
    source: Mapped[str] = mapped_column(String(40))
    kind: Mapped[str] = mapped_column(String(12))
    name: Mapped[str] = mapped_column(String(200))
    record_id: Mapped[UUID | None]
    matched_by: Mapped[str] = mapped_column(String(80), default="")
    matched_at: Mapped[datetime | None]


class HistoryOutcome(TenantModel):
    """What became of one ticket of a log, row by row: a page of the import's report."""

    __tablename__ = "history_outcome"
    __isolation__ = Isolation.PROVIDER
    __table_args__ = (
        tenant_unique("history_outcome", "import_id", "sequence"),
        tenant_key("history_import", "import_id"),
    )

    import_id: Mapped[UUID]
    sequence: Mapped[int]
    external_number: Mapped[str] = mapped_column(String(60))
    ticket_id: Mapped[UUID | None]
    result: Mapped[str] = mapped_column(String(12))
    rows: Mapped[list[Any]]
    """`[row, outcome, [[code, parameters], …]]`, as `app.history.findings.RowReport`."""
