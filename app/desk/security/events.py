"""What the security service tells, after the commit."""

from typing import ClassVar
from uuid import UUID

from app.platform.kernel.outbox import Event


class SecurityBulletinPublished(Event, frozen=True, kw_only=True):
    """The client may read a bulletin."""

    topic: ClassVar[str] = "security_bulletin.published"

    bulletin_id: UUID
    client_id: UUID
    edition_id: UUID
