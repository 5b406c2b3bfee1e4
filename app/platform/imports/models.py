"""Imports: what was uploaded and how far it has come, and what headings meant before."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.platform.kernel.model import Isolation, TenantModel, tenant_foreign_key, tenant_index


class ImportRun(TenantModel):
    """One upload of a list: its dry run, its issues, how far it has come. `client_id` is NULL where the list is not one
    client's."""

    __tablename__ = "import_run"
    __isolation__ = Isolation.PROVIDER
    __table_args__ = (tenant_index("import_run", "client_id", "created_at"), tenant_foreign_key("client", "client_id"))

    client_id: Mapped[UUID | None]
    kind: Mapped[str] = mapped_column(String(20))
    """Name of an `ImportKind`."""
    file_name: Mapped[str] = mapped_column(String(200))
    file_id: Mapped[UUID]
    state: Mapped[str] = mapped_column(String(16))
    sheet: Mapped[str] = mapped_column(String(80), default="")
    heading_row: Mapped[int] = mapped_column(default=0)
    mapping: Mapped[dict[str, Any]]
    rows_total: Mapped[int] = mapped_column(default=0)
    rows_done: Mapped[int] = mapped_column(default=0)
    summary: Mapped[dict[str, Any]]
    issues: Mapped[list[Any]]
    """Quotes what people wrote; forgotten some weeks after the import (`tasks.py`)."""
    created_by: Mapped[str] = mapped_column(String(80))
    created_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)


class ImportMapping(TenantModel):
    """Which heading means which field, as the lists of this kind (of this client, where each has its own) were read
    before."""

    __tablename__ = "import_mapping"
    __isolation__ = Isolation.PROVIDER
    __table_args__ = (
        UniqueConstraint(
            *("tenant_id", "client_id", "kind"),
            name="uq_import_mapping_client_id_kind",
            postgresql_nulls_not_distinct=True,
        ),
        tenant_foreign_key("client", "client_id"),
    )

    client_id: Mapped[UUID | None]
    kind: Mapped[str] = mapped_column(String(20))
    mapping: Mapped[dict[str, Any]]
    updated_at: Mapped[datetime]
