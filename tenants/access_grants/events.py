"""Events between the two sides of a grant."""

from typing import ClassVar
from uuid import UUID

from app.platform.background.mirrors import MirroredRecordChanged
from app.platform.kernel.outbox import DueKind, Event


class AccessGrantChanged(MirroredRecordChanged, frozen=True, kw_only=True):
    """One side's row has changed."""

    topic: ClassVar[str] = "access_grant.changed"


class AccessRead(Event, frozen=True, kw_only=True):
    """Headquarters has read a record of the partner under a grant."""

    topic: ClassVar[str] = "access_grant.used"
    lane: ClassVar[DueKind] = DueKind.OUTBOX_FOLLOW_UP

    grant_id: UUID
    membership_id: UUID
    account_id: UUID | None
    record_kind: str
    record_id: UUID | None
