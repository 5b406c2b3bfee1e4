"""The table of stored files."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from app.platform.kernel.model import Isolation, TenantModel, tenant_foreign_key, tenant_index


class StoredFile(TenantModel):
    """One photo or document. `subject_kind`/`subject_id` name the record it hangs on; who may read that may read this.

    `client_id` and `reporter_id` are NULL for the partner's own files (an uploaded list, an internal photo).
    """

    __tablename__ = "stored_file"
    __isolation__ = Isolation.REPORTER
    __table_args__ = (
        tenant_index("stored_file", "subject_id", "created_at"),
        tenant_foreign_key("client", "client_id"),
    )

    client_id: Mapped[UUID | None]
    reporter_id: Mapped[UUID | None]
    subject_kind: Mapped[str] = mapped_column(String(20))
    subject_id: Mapped[UUID | None]
    name: Mapped[str] = mapped_column(String(200))
    content_type: Mapped[str] = mapped_column(String(80))
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
    has_thumbnail: Mapped[bool] = mapped_column(default=False)
    taken_at: Mapped[datetime | None]
    """When the camera says that a photo was taken. A word of the sender's: shown, and nothing is reckoned by it."""
    created_at: Mapped[datetime]
    created_by: Mapped[str] = mapped_column(String(80))
