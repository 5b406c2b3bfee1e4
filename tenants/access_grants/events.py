"""Events between the two sides of a grant."""

from typing import ClassVar
from uuid import UUID

from app.platform.kernel.outbox import DueKind, Event


class AccessAsked(Event, frozen=True, kw_only=True):
    """Headquarters asks for access, or has opened it in an emergency."""

    topic: ClassVar[str] = "access_grant.requested"
    lane: ClassVar[DueKind] = DueKind.OUTBOX_FOLLOW_UP

    grant_id: UUID
    partner_id: UUID


class AccessMoved(Event, frozen=True, kw_only=True):
    """One side's row has moved; `other_tenant_id` is where the mirrored row stands."""

    topic: ClassVar[str] = "access_grant.moved"
    lane: ClassVar[DueKind] = DueKind.OUTBOX_FOLLOW_UP

    grant_id: UUID
    other_tenant_id: UUID


class AccessRead(Event, frozen=True, kw_only=True):
    """Headquarters has read a record of the partner under a grant."""

    topic: ClassVar[str] = "access_grant.used"
    lane: ClassVar[DueKind] = DueKind.OUTBOX_FOLLOW_UP

    grant_id: UUID
    membership_id: UUID
    account_id: UUID | None
    record_kind: str
    record_id: UUID | None
