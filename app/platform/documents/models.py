"""Columns of every table of documents."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import SmallInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from app.platform.kernel.model import TenantModel


class DocumentEdition(TenantModel):
    """One edition of a document. The table adds the record that it is about, whose rule says who may read it, and its
    ring; (record, edition) is unique. A signed edition never changes."""

    __abstract__ = True

    edition: Mapped[int] = mapped_column(SmallInteger)
    """Counts from 1."""
    number: Mapped[str] = mapped_column(String(28))
    """The same for all editions."""
    content: Mapped[dict[str, Any]]
    content_hash: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime]
    signed_by: Mapped[str] = mapped_column(String(60), default="")
    signed_at: Mapped[datetime | None]
    signature_requested_by: Mapped[str] = mapped_column(String(80), default="")
    """Who held out the screen, or sent the link."""
    signature_file_id: Mapped[UUID | None]
    document_file_id: Mapped[UUID | None]
    """The archived PDF."""
