"""Tables of lists: saved views, what each person prefers, and actions on many rows."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from app.platform.kernel.model import Isolation, TenantModel, tenant_unique


class SavedView(TenantModel):
    """Filters, order and columns of a list under a name: its owner's, or `shared` with the whole company."""

    __tablename__ = "saved_view"
    __isolation__ = Isolation.PROVIDER
    __table_args__ = (tenant_unique("saved_view", "list_key", "membership_id", "name"),)

    list_key: Mapped[str] = mapped_column(String(40))
    membership_id: Mapped[UUID]
    owner_name: Mapped[str] = mapped_column(String(80), default="")
    name: Mapped[str] = mapped_column(String(60))
    shared: Mapped[bool] = mapped_column(default=False)
    query: Mapped[dict[str, Any]]
    """Parameters of the list's address, texts by name."""
    columns: Mapped[list[Any]]
    """Keys in order; empty for the list's own."""
    created_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)


class ListPreference(TenantModel):
    """How one person likes lists: `id` is the membership's."""

    __tablename__ = "list_preference"
    __isolation__ = Isolation.PROVIDER

    compact: Mapped[bool] = mapped_column(default=False)
    columns: Mapped[dict[str, Any]]
    """List → keys of columns in order."""
    default_views: Mapped[dict[str, Any]]
    """List → id of a saved view, or empty."""


class BulkRun(TenantModel):
    """One action on many rows: what was done, what was refused and why, and what undoing it needs."""

    __tablename__ = "bulk_run"
    __isolation__ = Isolation.PROVIDER

    list_key: Mapped[str] = mapped_column(String(40))
    action: Mapped[str] = mapped_column(String(40))
    membership_id: Mapped[UUID | None]
    done: Mapped[list[Any]]
    """`[[row id, what undo needs], …]`"""
    refused: Mapped[list[Any]]
    """`[[title of the row, source text, its parameters], …]`"""
    created_at: Mapped[datetime]
    undone_at: Mapped[datetime | None]
    undo_refused: Mapped[list[Any]]
    """As `refused`, of undoing."""
