"""What identity tells other areas, after the commit."""

from typing import ClassVar
from uuid import UUID

from app.platform.kernel.outbox import DueKind, Event


class MemberJoined(Event, frozen=True):
    """A new membership of this tenant. `roles` are codes of system roles; `client_id` is set for a client's people."""

    topic: ClassVar[str] = "member.joined"
    lane: ClassVar[DueKind] = DueKind.OUTBOX_FOLLOW_UP

    membership_id: UUID
    roles: tuple[str, ...]
    client_id: UUID | None = None


class MemberChanged(Event, frozen=True):
    """A member has other roles, was suspended or came back. Both are given as they are now."""

    topic: ClassVar[str] = "member.changed"
    lane: ClassVar[DueKind] = DueKind.OUTBOX_FOLLOW_UP

    membership_id: UUID
    roles: tuple[str, ...]
    state: str
    client_id: UUID | None = None
